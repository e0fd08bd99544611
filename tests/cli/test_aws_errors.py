"""Errors of boto3 before any answer: one line with the next step, and exit code 2."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from cli.aws_errors import advice
from tests.cli.helpers import Orchestrator

COMMAND = ("executions", "--function", "router")


@pytest.fixture(autouse=True)
def _machine_without_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "missing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_missing_region_says_which_variable_to_set(orchestrator: Orchestrator) -> None:
    result = orchestrator(*COMMAND)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "orchestrator: You must specify a region. Set AWS_REGION to the region of the stack.\n"


def test_missing_credentials_say_how_to_log_in(orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-1")
    result = orchestrator(*COMMAND)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "orchestrator: Unable to locate credentials. Log in to AWS in this shell, or set AWS_PROFILE to a profile with "
        "credentials.\n"
    )


def test_unknown_profile_says_how_to_list_profiles(orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert orchestrator(*COMMAND).stderr == (
        "orchestrator: The config profile (nobody) could not be found. Set AWS_PROFILE to one of: aws configure "
        "list-profiles\n"
    )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ClientError({"Error": {"Code": "ExpiredTokenException", "Message": "expired"}}, "GetAlias"), "Log in to AWS"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1/"), "A local stack prints a new address"),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetAlias"), ""),
    ],
)
def test_advice_follows_a_full_stop(error: Exception, expected: str) -> None:
    found = advice(error)
    assert expected in found
    assert found.startswith(". " if expected else "")
