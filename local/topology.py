"""Deploys into the engine what Terraform deploys into an account: topics, filters, queues, functions, machine, config."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.state_machine import render
from local.account import PREFIX
from local.engine import Engine

ROOT = Path(__file__).resolve().parent.parent
DEFINITION = ROOT / "statemachines" / "downstream_orchestrator.asl.json"

FILTERS: dict[str, dict[str, list[str]]] = {
    "job_events": {"status": ["SUCCESS"]},
    "job_approvals": {"decision": ["APPROVED"]},
}
"""Filter policy of each topic's subscription, on the message's body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Names of what was deployed, as AWS names them."""

    topics: dict[str, str]
    router: str
    state_machine: str
    config_uri: str
    queue_url: str
    delivery_dlq_url: str
    failure_bucket: str


def deploy(engine: Engine, config: str, prefix: str = PREFIX) -> Stack:
    """Deploy the orchestrator with ``config`` as its configuration's text."""
    role = _role(engine, f"{prefix}-downstream-orchestrator")
    s3, sqs = engine.client("s3"), engine.client("sqs")
    location = {} if engine.region == "us-east-1" else {"LocationConstraint": engine.region}
    bucket, failures = f"{prefix}-code", f"{prefix}-downstream-orchestrator-failures"
    for name in (bucket, failures):
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": location} if location else {}))
    config_uri = f"s3://{bucket}/orchestration/workflow_config.json"
    upload_config(engine, config_uri, config)
    dlq = sqs.create_queue(QueueName=f"{prefix}-downstream-orchestrator-delivery-dlq")["QueueUrl"]
    queue = sqs.create_queue(QueueName=f"{prefix}-mwaa-triggers")["QueueUrl"]
    mwaa = _function(engine, f"{prefix}-mwaa-dag", "tasks.mwaa_dag.handler", role, {})
    state_machine = engine.client("stepfunctions").create_state_machine(
        name=f"{prefix}-downstream-orchestrator",
        definition=render(DEFINITION.read_text(encoding="utf-8"), {"mwaa_dag_function_arn": mwaa}),
        roleArn=role,
    )["stateMachineArn"]
    topics = {name: engine.client("sns").create_topic(Name=f"{prefix}-{name}")["TopicArn"] for name in FILTERS}
    environment = {
        "STATE_MACHINE_ARN": state_machine,
        "WORKFLOW_CONFIG_S3_URI": config_uri,
        "MWAA_TRIGGER_QUEUE_URL": queue,
        "REQUIRE_CONFIG": "true",
        "JOB_APPROVALS_TOPIC_ARN": topics["job_approvals"],
        "LOG_LEVEL": "INFO",
    }
    router = _function(
        engine, f"{prefix}-downstream-orchestrator", "tasks.downstream_orchestrator.handler", role, environment
    )
    engine.client("lambda").put_function_event_invoke_config(
        FunctionName=f"{prefix}-downstream-orchestrator",
        MaximumRetryAttempts=2,
        DestinationConfig={"OnFailure": {"Destination": f"arn:{state_machine.split(':')[1]}:s3:::{failures}"}},
    )
    dlq_arn = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for name, policy in FILTERS.items():
        _subscribe(engine, topics[name], router, policy, dlq_arn)
    return Stack(
        topics=topics,
        router=router,
        state_machine=state_machine,
        config_uri=config_uri,
        queue_url=queue,
        delivery_dlq_url=dlq,
        failure_bucket=failures,
    )


def upload_config(engine: Engine, uri: str, config: str) -> None:
    """Put the configuration where the router reads it: the next event follows it."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    engine.client("s3").put_object(Bucket=bucket, Key=key, Body=config.encode())


def _role(engine: Engine, name: str) -> str:
    principals = {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}
    statement = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn: str = engine.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    return arn


def _function(engine: Engine, name: str, handler: str, role: str, environment: dict[str, str]) -> str:
    arn: str = engine.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler=handler,
        Code={"ZipFile": _empty_zip()},  # the runtime imports the handler from this checkout
        Timeout=90,
        Environment={"Variables": environment},
    )["FunctionArn"]
    return arn


def _subscribe(engine: Engine, topic: str, function: str, policy: dict[str, list[str]], dlq_arn: str) -> None:
    attributes: dict[str, Any] = {
        "FilterPolicy": json.dumps(policy),
        "FilterPolicyScope": "MessageBody",
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": dlq_arn}),
    }
    engine.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function, Attributes=attributes)


def _empty_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty", "")
    return buffer.getvalue()
