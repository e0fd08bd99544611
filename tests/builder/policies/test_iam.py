"""Generated policies: every action exists, each state has the documented ones, and no grant is wider than declared.

``permissions.json`` lists the permissions that are not API operations, with their pages. ``tests/trigger_types`` lists those
of each service integration.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from builder.policies import iam
from orchestration.triggers import REGISTRY
from tests.trigger_types import TYPE_CASES

POLICIES = {f"{name}.iam.json": policy for name, policy in iam.build().items()}
KNOWN = json.loads((Path(__file__).parent / "permissions.json").read_text())

TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
UNSCOPED = {
    "downstream_orchestrator.iam.json": TRACES,
    "glue_run.iam.json": TRACES,
    "mwaa_dag.iam.json": TRACES,
    "join_deadline.iam.json": {allow.action for allow in iam.UNSCOPED},
    "joins.iam.json": set(),
    "state_machine.iam.json": {allow.action for allow in iam.UNSCOPED},
    "state_machine_waiting.iam.json": {allow.action for allow in iam.UNSCOPED},
}


def granted(policy: iam.Policy) -> Iterator[tuple[str, str]]:
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            yield action, statement["Resource"]


GRANTS = [(name, action, resource) for name, policy in POLICIES.items() for action, resource in granted(policy)]
each_grant = pytest.mark.parametrize(
    ("policy", "action", "resource"), GRANTS, ids=[f"{name}-{action}" for name, action, _ in GRANTS]
)


def test_each_role_has_a_policy() -> None:
    assert set(POLICIES) == set(UNSCOPED)


def test_waiting_adds_the_documented_actions_only() -> None:
    """docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html and connect-stepfunctions.html, Run a Job (.sync)."""
    plain, waiting = (set(granted(POLICIES[f"{name}.iam.json"])) for name in ("state_machine", "state_machine_waiting"))
    assert plain < waiting
    assert {action for action, _ in waiting - plain} == {
        "glue:GetJobRun",
        "glue:GetJobRuns",
        "glue:BatchStopJobRun",
        "states:DescribeExecution",
        "states:StopExecution",
        "events:PutTargets",
        "events:PutRule",
        "events:DescribeRule",
        "sns:Publish",
    }


@each_grant
def test_the_action_exists(policy: str, action: str, resource: str) -> None:
    prefix, _, operation = action.partition(":")
    if action in KNOWN["permission_only"]:
        return
    model = botocore.session.get_session().get_service_model(KNOWN["service_of_prefix"][prefix])
    assert operation in model.operation_names


def test_check_finds_a_misspelled_action() -> None:
    with pytest.raises(AssertionError):
        test_the_action_exists("", "glue:StartJobRuns", "")


@each_grant
def test_wildcard_resources_are_the_declared_ones(policy: str, action: str, resource: str) -> None:
    assert (resource == "*") == (action in UNSCOPED[policy])
    assert "*" not in action


@pytest.mark.parametrize("allow", iam.UNSCOPED, ids=lambda allow: allow.action)
def test_wildcard_grant_cites_its_page(allow: Any) -> None:
    assert allow.doc_url.startswith("https://docs.aws.amazon.com/step-functions/")


@pytest.mark.parametrize("trigger", REGISTRY, ids=lambda trigger: trigger.TYPE)
def test_state_has_the_actions_that_aws_documents(trigger: Any) -> None:
    documented = TYPE_CASES[trigger.TYPE]
    assert sorted(allow.action for allow in trigger.INTEGRATION.iam) == sorted(documented.iam_actions)
    assert {allow.doc_url for allow in trigger.INTEGRATION.iam} == {documented.iam_page}
    actions = {action for action, _ in granted(POLICIES["state_machine.iam.json"])}
    assert set(documented.iam_actions) <= actions


def test_machine_may_always_start_itself_for_batches() -> None:
    assert ("states:StartExecution", "${state_machine_arn}") in granted(POLICIES["state_machine.iam.json"])


def test_policy_grants_actions_of_the_states_only() -> None:
    needed = {action for cases in TYPE_CASES.values() for action in cases.iam_actions} | {"states:StartExecution"}
    extra = {action for action, _ in granted(POLICIES["state_machine.iam.json"])} - needed
    assert extra == {allow.action for allow in iam.UNSCOPED}


def test_function_that_looks_for_glue_runs_may_start_none() -> None:
    actions = {action for action, _ in granted(POLICIES["glue_run.iam.json"])}
    assert actions == {"glue:GetJobRuns", "logs:CreateLogStream", "logs:PutLogEvents", *TRACES}
    assert ("lambda:InvokeFunction", "${glue_run_function_arn}") in granted(POLICIES["state_machine.iam.json"])
