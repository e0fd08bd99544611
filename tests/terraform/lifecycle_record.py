"""Records of the stack's life, which the tests check."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from local.engine.call_recorder import Call
from local.engine.engine import Engine
from local.simulation.cascade import Link
from local.simulation.result import Simulation
from tests.terraform.policies import Need, needs

PREFIX = "sfly-aws-dwh-sandbox-jc"
NAME = f"{PREFIX}-downstream-orchestrator"
BUCKET = f"{PREFIX}-code-us-west-1"
VERSION = "0.3.0"
ALARM_TOPIC = "arn:aws:sns:us-west-1:123456789012:on-call"
TEAM_TOPIC = "arn:aws:sns:us-west-1:123456789012:warehouse-team"
PARTNER_TOPIC = "arn:aws:sns:us-west-1:210987654321:partner-team"
"""A topic of another account: EventBridge publishes to it with a role."""
NEXT = "0.3.1"
JOIN: dict[str, Any] = {
    "all_of": ["orders", "customers"],
    "key": "${start_date}",
    "deadline_hours": 1,
    "on_complete": [{"type": "sqs_mwaa", "id": "report", "dag_id": "report"}],
}
COMPLETION_EVENTS = {"glue_jobs": ["vendor_job"], "state_machines": ["vendor_machine"]}
_ENDED: dict[str, Any] = {
    "source": "aws.states",
    "detail-type": "Step Functions Execution Status Change",
    "time": "2026-01-31T03:00:00Z",
}
COMPLETED: tuple[tuple[Any, str, str], ...] = (
    (
        {
            "source": "aws.glue",
            "detail-type": "Glue Job State Change",
            "time": "2026-01-31T03:00:00Z",
            "detail": {
                "jobName": "vendor_job",
                "severity": "INFO",
                "state": "SUCCEEDED",
                "jobRunId": "jr_1",
                "message": "",
            },
        },
        "vendor_job",
        "jr_1",
    ),
    (
        _ENDED
        | {
            "detail": {
                "executionArn": "arn:e:1",
                "stateMachineArn": "arn:aws:states:us-west-1:123456789012:stateMachine:vendor_machine",
                "name": "1",
                "status": "SUCCEEDED",
            }
        },
        "vendor_machine",
        "arn:e:1",
    ),
)
"""EventBridge's events of ended runs, each with the names of the job and of the run.

Source: docs.aws.amazon.com/glue/latest/dg/automating-awsglue-with-cloudwatch-events.html; status_change has the other page.
"""


@dataclass(frozen=True, slots=True)
class Observed:
    """One stage.

    Attributes:
        calls: by role, what was asked of AWS.
        policies: by role, the policy as it is deployed.
    """

    calls: dict[str, list[Call]]
    policies: dict[str, dict[str, Any]]

    def asked(self, role: str) -> set[Need]:
        """Permissions that the role needed."""
        return {need for call in self.calls[role] for need in needs(call)}


@dataclass(slots=True)
class Life:
    """Records of one life of the stack.

    Attributes:
        seconds: of each step.
        outputs: of Terraform.
        second_plan: its JSON: what an apply would change that has just been applied.
        terraform_stack: the deployed stack, as ``describe`` reads it.
        local_stack: the one that ``orchestrator local`` deploys, under the same names.
        simulations: by step, what an event did.
        chain: the events of a chain of workflows.
        observed: by stage, what each role asked of AWS in it, and the policies that were in force.
        logs: lines that the router wrote.
        commands: by step, output and exit code of a command.
        notification: the rule about failed executions, its target, and a failed execution.
        completions: the rules about runs that do not publish themselves.
        examined: by broken thing, findings of the doctor.
        left: by service, what destroy left behind.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    second_plan: dict[str, Any] = field(default_factory=dict)
    terraform_stack: dict[str, Any] = field(default_factory=dict)
    local_stack: dict[str, Any] = field(default_factory=dict)
    simulations: dict[str, Simulation] = field(default_factory=dict)
    chain: list[Link] = field(default_factory=list)
    observed: dict[str, Observed] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    commands: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    notification: dict[str, Any] = field(default_factory=dict)
    completions: dict[str, Any] = field(default_factory=dict)
    examined: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step, and say on standard error that it has begun."""
        print(f"  {name} ...", file=sys.stderr, flush=True)  # noqa: T201 - long work shows progress, with pytest -s
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began

    def observe(self, stage: str, engine: Engine) -> None:
        """Keep what was asked of AWS since the stage before, and the policies in force."""
        made_so_far = calls(engine)
        seen = {role: sum(len(one.calls[role]) for one in self.observed.values()) for role in made_so_far}
        since = {role: made[seen[role] :] for role, made in made_so_far.items()}
        self.observed[stage] = Observed(since, policies(engine))


def policies(engine: Engine) -> dict[str, dict[str, Any]]:
    iam, roles = (
        engine.client("iam"),
        {
            "state_machine": "machine",
            "downstream_orchestrator": "router",
            "glue_run": "glue-run",
            "mwaa_dag": "mwaa-dag",
        },
    )
    return {
        role: iam.get_role_policy(RoleName=f"{PREFIX}-orchestrator-{name}-{engine.region}", PolicyName=role)[
            "PolicyDocument"
        ]
        for role, name in roles.items()
    }


def calls(engine: Engine) -> dict[str, list[Call]]:
    of = {NAME: "downstream_orchestrator", f"{PREFIX}-glue-run": "glue_run", f"{PREFIX}-mwaa-dag": "mwaa_dag"}
    calls: dict[str, list[Call]] = {
        "state_machine": list(engine.patch_context.calls),
        "downstream_orchestrator": [],
        "glue_run": [],
        "mwaa_dag": [],
    }
    for invocation in engine.runtime.invocations:
        calls[of[invocation.function]].extend(invocation.calls)
    return calls


def notification(engine: Engine, execution: str, of_a_team: str) -> dict[str, Any]:
    """The rules about failed executions by their topic, with their target, and two failed executions."""
    sfn = engine.client("stepfunctions")
    return {
        "rules": {one["target"]["Arn"]: one for one in rules(engine, f"{NAME}-failed").values()},
        "execution": sfn.describe_execution(executionArn=execution),
        "execution of a team": sfn.describe_execution(executionArn=of_a_team),
    }


def rules(engine: Engine, prefix: str) -> dict[str, Any]:
    """EventBridge rules by name, each with its pattern, state and only target."""
    events, found = engine.client("events"), {}
    for rule in events.list_rules(NamePrefix=prefix)["Rules"]:
        (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        found[rule["Name"]] = {"pattern": rule["EventPattern"], "state": rule["State"], "target": target}
    return found


def transformed(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The text that EventBridge's input transformer makes of an event.

    Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html.
    """
    text: str = target["InputTransformer"]["InputTemplate"]
    for name, path in target["InputTransformer"]["InputPathsMap"].items():
        value = functools.reduce(lambda found, key: found[key], path.removeprefix("$.").split("."), event)
        assert f"<{name}>" in text
        text = text.replace(f"<{name}>", json.dumps(value)[1:-1])
    assert not re.search("<[a-z]+>", text)
    return text


def status_change(life: Life, **changes: str) -> Any:
    """The event that Step Functions sends when the failed execution of the cycle ends."""
    return execution_ended(life.notification["execution"], **changes)


def execution_ended(execution: Any, **changes: str) -> Any:
    """The event that Step Functions sends: docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html.

    Args:
        execution: the answer of DescribeExecution about a failed execution.
        **changes: other values of the event's ``detail``.
    """
    fields = ("executionArn", "stateMachineArn", "name", "status", "error", "cause")
    return _ENDED | {"detail": {name: execution[name] for name in fields} | changes}


def objects(engine: Engine, bucket: str) -> list[dict[str, str]]:
    found = engine.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return [{"Key": one["Key"]} for one in found]


def left(engine: Engine) -> dict[str, list[str]]:
    """Names of what is still there; the targets, their queues and the code bucket are not the stack's."""
    found = {
        "functions": [one["FunctionName"] for one in engine.client("lambda").list_functions()["Functions"]],
        "machines": [one["name"] for one in engine.client("stepfunctions").list_state_machines()["stateMachines"]],
        "topics": [one["TopicArn"] for one in engine.client("sns").list_topics()["Topics"]],
        "queues": engine.client("sqs").list_queues().get("QueueUrls", []),
        "roles": [one["RoleName"] for one in engine.client("iam").list_roles()["Roles"]],
        "buckets": [one["Name"] for one in engine.client("s3").list_buckets()["Buckets"] if one["Name"] != BUCKET],
        "alarms": [one["AlarmName"] for one in engine.client("cloudwatch").describe_alarms()["MetricAlarms"]],
        "log groups": [one["logGroupName"] for one in engine.client("logs").describe_log_groups()["logGroups"]],
    }
    return {kind: [name for name in names if PREFIX in name] for kind, names in found.items()}
