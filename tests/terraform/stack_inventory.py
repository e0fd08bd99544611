"""Inventory of a deployed stack, read through AWS's APIs, for Terraform's stack and the local one."""

from __future__ import annotations

import json
from typing import Any

from local.engine.engine import Engine
from operations.stack.topics import FILTERS
from orchestration.settings import LIVE


def describe(engine: Engine, prefix: str) -> dict[str, Any]:
    """Names, filters, environment, code, state machine and failure stores of the stack under ``prefix``."""
    name = f"{prefix}-downstream-orchestrator"
    aws_lambda, machines = engine.client("lambda"), engine.client("stepfunctions")
    invoke = aws_lambda.get_function_event_invoke_config(FunctionName=name, Qualifier=LIVE)
    machine = next(one for one in machines.list_state_machines()["stateMachines"] if one["name"] == name)
    definition = machines.describe_state_machine(stateMachineArn=machine["stateMachineArn"])["definition"]
    return {
        "topics": {topic: _subscriptions(engine, f"{prefix}-{topic}") for topic in FILTERS},
        "router": _function(aws_lambda, name, LIVE),
        "glue_run": _function(aws_lambda, f"{prefix}-glue-run", "1"),
        "mwaa_dag": _function(aws_lambda, f"{prefix}-mwaa-dag", "1"),
        "retries": invoke["MaximumRetryAttempts"],
        "failure_destination": invoke["DestinationConfig"]["OnFailure"]["Destination"],
        "state_machine": {"type": machine["type"], "definition": json.loads(definition)},
    }


def _function(client: Any, name: str, qualifier: str) -> dict[str, Any]:
    found = client.get_function_configuration(FunctionName=name, Qualifier=qualifier)
    kept = ("FunctionName", "Handler", "Runtime", "Timeout", "CodeSha256")
    return {key: found[key] for key in kept} | {"environment": found.get("Environment", {}).get("Variables", {})}


def _subscriptions(engine: Engine, topic: str) -> list[dict[str, Any]]:
    sns = engine.client("sns")
    pages = sns.get_paginator("list_topics").paginate()
    arn = next(one["TopicArn"] for page in pages for one in page["Topics"] if one["TopicArn"].endswith(f":{topic}"))
    found = []
    for one in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
        attributes = sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])["Attributes"]
        found.append(
            {
                "protocol": one["Protocol"],
                "endpoint": one["Endpoint"],
                "filter": json.loads(attributes["FilterPolicy"]),
                "scope": attributes["FilterPolicyScope"],
                "dead_letters": json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"],
            }
        )
    return found
