"""The first error of a newcomer says what to run.

Causes: nothing uploaded, another account or region, names that are too long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.s3.exceptions import BucketAccessDeniedError
from moto.s3.models import S3Backend

from local.engine.engine import Engine
from local.engine.patches.replace import replaced
from tests.terraform.example_lives import release
from tests.terraform.harness import Terraform, workspace
from tests.terraform.names import LIMITS

pytestmark = pytest.mark.timeout(900)

Plan = Callable[..., str]


@pytest.fixture(scope="module")
def stack(engine: Engine, terraform: str, folder: Path) -> Terraform:
    made = workspace(terraform, folder, engine)
    made.run("init", "-input=false")
    return made


@pytest.fixture
def refused(stack: Terraform) -> Plan:
    """Return a function that plans, and returns the errors in one line each."""

    def plan(*variables: str, **environment: str) -> str:
        given = [f"-var={one}" for one in ("prefix=acme", "account=sandbox", "code_version=0.3.0", *variables)]
        module = Terraform(stack.binary, stack.folder, stack.environment | environment)
        answer = module.run("plan", "-input=false", *given, ok=(1,))
        return " ".join(re.sub(r"[│╷╵]", " ", answer.stderr).split())

    return plan


def test_missing_code_bucket(refused: Plan) -> None:
    error = refused("env=nowhere")
    assert error.count("Error:") == 1, error
    assert "NoSuchBucket" in error
    assert "create the code bucket, then run ./deploy.sh (docs/deploying.md)" in error


def test_version_that_was_not_uploaded(engine: Engine, refused: Plan) -> None:
    release(engine, "old")
    error = refused("env=old", "code_version=9.9.9")
    assert error.count("Error:") == 1, error
    assert "Version 9.9.9 is not in s3://acme-sandbox-old-code-us-west-1/code/. Nothing was changed." in error
    assert "./deploy.sh --prefix=acme --account=sandbox --env=old --region=us-west-1 --version=9.9.9" in error


def test_credentials_of_another_account(engine: Engine, refused: Plan) -> None:
    error = refused("env=nowhere", "aws_account_id=999999999999")
    assert error.count("Error:") == 1, error
    assert "The credentials are of account 123456789012, expected 999999999999 (aws_account_id)." in error
    assert "export AWS_PROFILE=" in error


def test_bucket_of_another_account(engine: Engine, refused: Plan) -> None:
    """Without aws_account_id: the bucket of that name belongs to the other account, and S3 denies access."""
    release(engine, "theirs")

    def deny(*_: Any, **__: Any) -> None:
        raise BucketAccessDeniedError("acme-sandbox-theirs-code-us-west-1")

    with replaced(S3Backend, "list_objects_v2", deny), replaced(S3Backend, "list_objects", deny):
        error = refused("env=theirs")
    assert error.count("Error:") == 1, error
    assert "AccessDenied" in error
    assert (
        "AccessDenied: another account owns it, or s3:ListBucket is missing; run aws sts get-caller-identity" in error
    )


def test_provider_in_another_region(refused: Plan) -> None:
    error = refused("env=nowhere", AWS_REGION="eu-west-1")
    assert error.count("Error:") == 1, error
    assert "The AWS provider is in region eu-west-1, expected us-west-1 (region). Nothing was changed." in error
    assert "Run: export AWS_REGION=us-west-1." in error


@pytest.mark.parametrize(
    ("length", "variables", "expected"),
    [
        (41, [], ["function", "role", "failure bucket"]),
        (33, [], ["role", "failure bucket"]),
        (32, [], ["failure bucket"]),
        (25, ['notify_topics=["arn:aws:sns:us-west-1:123456789012:team"]'], ["rules"]),
        (25, ['completion_events={state_machines=["vendor"]}'], ["rules"]),
        (31, ['completion_events={glue_jobs=["vendor"]}'], ["rule"]),
        (28, ["region=ap-southeast-2"], ["role", "failure bucket"]),
    ],
)
def test_each_limit_of_names_has_its_message(
    refused: Plan, length: int, variables: list[str], expected: list[str]
) -> None:
    """prefix-account-env of ``length`` characters."""
    env = "e" * (length - len("acme-sandbox-"))
    error = refused(f"env={env}", *variables)
    assert error.count("Error: Invalid value for variable") == len(expected), error
    for thing in expected:
        assert f"together {length} characters, too long for the {thing} " in error


@pytest.mark.parametrize(
    ("length", "variables"),
    [
        (
            24,
            [
                'notify_topics=["arn:aws:sns:us-west-1:123456789012:team"]',
                'completion_events={state_machines=["vendor"]}',
            ],
        ),
        (30, ['completion_events={glue_jobs=["vendor"]}']),
        (31, []),
    ],
)
def test_longest_accepted_names_fit_every_limit(
    engine: Engine, stack: Terraform, length: int, variables: list[str]
) -> None:
    """Every name in the plan with the longest names that validation accepts."""
    env = "e" * (length - len("acme-sandbox-"))
    release(engine, env)
    given = [
        f"-var={one}"
        for one in ("prefix=acme", "account=sandbox", f"env={env}", "code_version=0.3.0", "joins=true", *variables)
    ]
    stack.run(
        "plan",
        "-input=false",
        "-out=longest",
        "-var=alarm_topic_arn=arn:aws:sns:us-west-1:210987654321:on-call",  # another account: one more role
        *given,
    )
    seen = set()
    for change in stack.json("show", "-json", "longest")["resource_changes"]:
        attribute, limit = LIMITS.get(change["type"], ("", 0))
        if attribute and change["mode"] == "managed":
            seen.add(change["type"])
            name = change["change"]["after"][attribute]
            assert len(name) <= limit, (change["address"], name, len(name))
    assert seen | {"aws_cloudwatch_event_rule"} == set(LIMITS)
