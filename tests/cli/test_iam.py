"""``orchestrator iam``: allow-lists, policies, and the comparison with roles on the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from local.engine.engine import Engine, run_engine
from orchestration.triggers import REGISTRY
from tests.cli.helpers import Orchestrator


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture
def iam(engine: Engine, monkeypatch: pytest.MonkeyPatch, orchestrator: Orchestrator) -> Any:
    variables = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    for name, value in {**variables, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    return boto3.client("iam")


def test_allow_lists_name_every_target(orchestrator: Orchestrator) -> None:
    result = orchestrator("iam")
    assert result.exit_code == 0, result.stderr
    used = ("glue_jobs", "state_machines", "event_buses", "mwaa_environments", "queues")
    unused = [trigger.ALLOW_LIST for trigger in REGISTRY if trigger.ALLOW_LIST not in used]
    assert result.stdout == (
        'glue_jobs         = ["load_images_to_redshift"]\n'
        'state_machines    = ["publish_image_catalog"]\n'
        'event_buses       = ["default"]\n'
        'mwaa_environments = ["us-west-2/dwh-airflow"]\n'
        'queues            = ["local-mwaa-triggers"]\n' + "".join(f"{name:<17} = []\n" for name in unused)
    )


def test_role_with_the_printed_policies_lacks_nothing(orchestrator: Orchestrator, iam: Any) -> None:
    policies = json.loads(orchestrator("iam", "--policy").stdout)
    for role, policy in policies.items():
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
        iam.put_role_policy(RoleName=role, PolicyName="targets", PolicyDocument=json.dumps(policy))
    every = ["--check", "state_machine", "--check", "glue_run", "--check", "mwaa_dag"]
    checked = orchestrator("iam", *every)
    assert (checked.exit_code, checked.stdout) == (0, "6 permissions needed, 0 missing, 0 wider than the targets\n")
    one = orchestrator("iam", "--check", "state_machine")
    assert one.exit_code == 1
    assert "missing in the role of mwaa_dag: airflow:InvokeRestApi on arn:aws:airflow:" in one.stdout
    assert "missing in the role of glue_run: glue:GetJobRuns on arn:aws:glue:" in one.stdout


def test_attached_policy_counts_and_wide_statement_is_listed(orchestrator: Orchestrator, iam: Any) -> None:
    wide = {"Effect": "Allow", "Action": "glue:StartJobRun", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": wide})
    arn = iam.create_policy(PolicyName="wide", PolicyDocument=document)["Policy"]["Arn"]
    iam.create_role(RoleName="attached", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="attached", PolicyArn=arn)
    result = orchestrator("iam", "--check", "attached", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert found["unused"] == [{"action": "glue:StartJobRun", "resource": "*"}]
    assert "glue:StartJobRun" not in {one["action"] for one in found["missing"]["state_machine"]}


def test_unknown_role_exits_2_with_one_line(orchestrator: Orchestrator, iam: Any) -> None:
    result = orchestrator("iam", "--check", "nobody")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "role 'nobody': does not exist" in result.stderr
