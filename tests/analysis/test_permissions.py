"""The permissions of a configuration's targets, and what a role's statements lack or allow too widely."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from analysis.permissions import Permission, missing, permissions, unused
from analysis.policy_evaluation import read_statements
from orchestration.configuration.workflows import checked_entries
from orchestration.settings import Settings
from orchestration.triggers import REGISTRY
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.step_function import StepFunction
from orchestration.values.strictjson import Json, JsonObject

ACCOUNT, OTHER = "123456789012", "210987654321"
SETTINGS = Settings(
    state_machine_arn=f"arn:aws:states:us-west-1:{ACCOUNT}:stateMachine:m",
    region="us-west-1",
    mwaa_trigger_queue_url=f"https://sqs.us-west-1.amazonaws.com/{ACCOUNT}/default-queue",
)
CASES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "glue job": (
        {"type": "glue_job", "job_name": "load"},
        "load",
        "glue:StartJobRun",
        f"arn:aws:glue:us-west-1:{ACCOUNT}:job/load",
    ),
    "version of a state machine": (
        {"type": "step_function", "arn": f"arn:aws:states:us-west-1:{OTHER}:stateMachine:child:7"},
        "child",
        "states:StartExecution",
        f"arn:aws:states:us-west-1:{ACCOUNT}:stateMachine:child",
    ),
    "default bus": (
        {"type": "eventbridge", "source": "s", "detail_type": "d"},
        "default",
        "events:PutEvents",
        f"arn:aws:events:us-west-1:{ACCOUNT}:event-bus/default",
    ),
    "bus in another account": (
        {
            "type": "eventbridge",
            "source": "s",
            "detail_type": "d",
            "event_bus": f"arn:aws:events:us-west-1:{OTHER}:event-bus/b",
        },
        f"arn:aws:events:us-west-1:{OTHER}:event-bus/b",
        "events:PutEvents",
        f"arn:aws:events:us-west-1:{OTHER}:event-bus/b",
    ),
    "default queue": (
        {"type": "sqs_mwaa", "dag_id": "d"},
        "default-queue",
        "sqs:SendMessage",
        f"arn:aws:sqs:us-west-1:{ACCOUNT}:default-queue",
    ),
    "queue in another account": (
        {"type": "sqs_mwaa", "dag_id": "d", "queue_url": f"https://sqs.us-west-1.amazonaws.com/{OTHER}/q"},
        f"arn:aws:sqs:us-west-1:{OTHER}:q",
        "sqs:SendMessage",
        f"arn:aws:sqs:us-west-1:{OTHER}:q",
    ),
    "environment": (
        {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"},
        "e",
        "airflow:InvokeRestApi",
        f"arn:aws:airflow:us-west-1:{ACCOUNT}:role/e/Op",
    ),
    "environment in another region": (
        {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "region": "us-east-1"},
        "us-east-1/e",
        "airflow:InvokeRestApi",
        f"arn:aws:airflow:us-east-1:{ACCOUNT}:role/e/Op",
    ),
}


def needed_by(*entries: dict[str, Any]) -> Any:
    document: dict[str, Any] = {"workflows": {"j": {"on_success": list(entries)}}}
    triggers = [entry.trigger for entry in checked_entries(document, SETTINGS) if entry.trigger]
    assert len(triggers) == len(entries)
    return permissions(triggers, SETTINGS, "Op")


@pytest.mark.parametrize(("trigger", "entry", "action", "resource"), CASES.values(), ids=list(CASES))
def test_target_is_one_permission(trigger: dict[str, Any], entry: str, action: str, resource: str) -> None:
    found = needed_by(trigger, trigger | {"description": "again"})
    role = "mwaa_dag" if trigger["type"] == "mwaa_dag" else "state_machine"
    assert found.roles[role] == [Permission(action, resource)]
    assert [entries for entries in found.allow_lists.values() if entries] == [[entry]]
    policy = found.policies()[role]
    assert policy["Statement"] == [{"Effect": "Allow", "Action": [action], "Resource": [resource]}]
    statements = read_statements(policy)
    assert missing(found.roles[role], statements) == unused(found.roles[role], statements) == []


def test_terraform_has_each_allow_list() -> None:
    variables = (Path(__file__).parents[2] / "terraform" / "variables.tf").read_text()
    declared = set(re.findall(r'variable "(\w+)"', variables))
    assert {trigger.ALLOW_LIST for trigger in REGISTRY} <= declared
    written = needed_by({"type": "glue_job", "job_name": "load"}).tfvars()
    assert 'glue_jobs         = ["load"]\n' in written
    assert "queues            = []\n" in written


ONE = Permission("glue:StartJobRun", f"arn:aws:glue:us-west-1:{ACCOUNT}:job/load")


def test_denied_permission_is_missing() -> None:
    allow: JsonObject = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny: JsonObject = {"Effect": "Deny", "Action": "glue:*", "Resource": "*"}
    assert missing([ONE], read_statements({"Statement": [allow, deny]})) == [ONE]
    assert missing([ONE], read_statements({"Statement": [allow]})) == []


def test_wide_statement_is_unused() -> None:
    wide: JsonObject = {
        "Effect": "Allow",
        "Action": ["glue:StartJobRun", "logs:PutLogEvents"],
        "Resource": "arn:aws:glue:*:*:job/*",
    }
    assert unused([ONE], read_statements({"Statement": wide})) == [
        Permission("glue:StartJobRun", "arn:aws:glue:*:*:job/*")
    ]
    every: JsonObject = {"Effect": "Allow", "Action": "states:*", "Resource": "*"}
    assert unused([ONE], read_statements({"Statement": every})) == [Permission("states:*", "*")]


def test_inverted_statement_is_unused_as_one_text() -> None:
    allow: JsonObject = {"Effect": "Allow", "NotAction": ["s3:*", "iam:*"], "Resource": "*"}
    assert unused([ONE], read_statements({"Statement": allow})) == [Permission("all but s3:*, iam:*", "*")]
    starts: list[Json] = [cls.TARGET_PERMISSION.action for cls in REGISTRY]
    assert unused([ONE], read_statements({"Statement": allow | {"NotAction": starts}})) == []


def test_waiting_needs_permissions_for_the_runs() -> None:
    machine = "arn:aws:states:us-west-1:123456789012:stateMachine:m:live"
    triggers = [GlueJob(job_name="a", wait=True), GlueJob(job_name="b"), StepFunction(arn=machine, wait=True)]
    found = permissions(triggers, SETTINGS)
    needed = {(one.action, one.resource) for one in found.roles["state_machine"]}
    assert ("glue:GetJobRun", "arn:aws:glue:us-west-1:123456789012:job/a") in needed
    assert ("glue:GetJobRun", "arn:aws:glue:us-west-1:123456789012:job/b") not in needed
    assert ("states:DescribeExecution", "arn:aws:states:us-west-1:123456789012:execution:m:*") in needed
    assert {action for action, _ in needed if action.startswith("events:")} == {
        "events:PutRule",
        "events:PutTargets",
        "events:DescribeRule",
    }
    assert "wait_for_runs     = true" in found.tfvars()
    assert "wait_for_runs" not in permissions(triggers[1:2], SETTINGS).tfvars()
