"""The router's settings: every variable, its default, and the ARNs that they make."""

from __future__ import annotations

import dataclasses

import pytest

from orchestration.errors import SettingsError
from orchestration.settings import EXECUTION_ARN, Settings

ARN = "arn:aws-us-gov:states:us-west-1:123456789012:stateMachine:m"
VARIABLES = {
    "STATE_MACHINE_ARN": ("state_machine_arn", ARN),
    "STATE_MACHINE_VERSION": ("state_machine_version", "7"),
    "WORKFLOW_CONFIG_S3_URI": ("config_s3_uri", "s3://b/k"),
    "WORKFLOW_CONFIG_SSM_PARAMETER": ("config_ssm_parameter", "/p"),
    "MWAA_TRIGGER_QUEUE_URL": ("mwaa_trigger_queue_url", "https://q"),
    "JOB_EVENTS_TOPIC_ARN": ("events_topic_arn", "arn:e"),
    "JOB_APPROVALS_TOPIC_ARN": ("approvals_topic_arn", "arn:a"),
    "JOINS_TABLE": ("joins_table", "joins"),
    "JOIN_DEADLINE_ARN": ("join_deadline_arn", "arn:d"),
    "AWS_LAMBDA_FUNCTION_NAME": ("function_name", "router"),
    "DEPLOY_ENV": ("deploy_env", "prod"),
}


def settings(**variables: str) -> Settings:
    return Settings.from_environment({"STATE_MACHINE_ARN": ARN, **variables})


@pytest.mark.parametrize(("variable", "field", "value"), [(name, *pair) for name, pair in VARIABLES.items()])
def test_variable_fills_its_field_only(variable: str, field: str, value: str) -> None:
    expected = {**dataclasses.asdict(settings()), field: value}
    assert dataclasses.asdict(settings(**{variable: value})) == expected


def test_defaults_without_variables() -> None:
    expected = Settings(state_machine_arn=ARN, region="us-west-1", wait_for_runs=False)
    assert settings() == expected
    assert (expected.log_level, expected.require_config) == ("INFO", False)


@pytest.mark.parametrize("variable", ["REQUIRE_CONFIG", "WAIT_FOR_RUNS"])
@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), (" TRUE ", True), ("false", False), ("1", False), ("", False)]
)
def test_flag_is_true_for_the_word_true_only(variable: str, text: str, expected: bool) -> None:
    assert getattr(settings(**{variable: text}), variable.lower()) is expected


@pytest.mark.parametrize(("text", "level"), [("debug", "DEBUG"), (" warning ", "WARNING"), (" ", "INFO"), ("", "INFO")])
def test_log_level_is_upper_case(text: str, level: str) -> None:
    assert settings(LOG_LEVEL=text).log_level == level


@pytest.mark.parametrize(
    "arn", ["", "m", f"{ARN}:7", ARN.replace("stateMachine", "execution"), ARN.replace("123", "x")]
)
def test_wrong_arn_is_refused(arn: str) -> None:
    with pytest.raises(SettingsError, match=r"environment variable STATE_MACHINE_ARN: found .*Terraform sets it"):
        settings(STATE_MACHINE_ARN=arn)


def test_missing_arn_is_refused() -> None:
    with pytest.raises(SettingsError, match="found '', expected the ARN"):
        Settings.from_environment({})


@pytest.mark.parametrize("version", ["v1", "1.0", " 1", "-1"])
def test_version_that_is_no_number_is_refused(version: str) -> None:
    with pytest.raises(SettingsError, match="environment variable STATE_MACHINE_VERSION: found "):
        settings(STATE_MACHINE_VERSION=version)


def test_account_and_partition_come_from_the_arn() -> None:
    assert (settings().account, settings().partition) == ("123456789012", "aws-us-gov")
    assert (Settings().account, Settings().partition) == ("", "")


def test_account_of_the_caller_replaces_the_account() -> None:
    assert Settings(only_account="1").account == "1"
    assert dataclasses.replace(settings(), only_account="1").account == "1"


def test_start_arn_has_the_version_if_one_is_set() -> None:
    assert settings().start_arn == ARN
    assert settings(STATE_MACHINE_VERSION="7").start_arn == f"{ARN}:7"


def test_execution_arn_names_the_execution() -> None:
    match = EXECUTION_ARN.fullmatch(settings(STATE_MACHINE_VERSION="7").execution_arn("x"))
    assert match is not None
    assert match.groupdict() == {
        "partition": "aws-us-gov",
        "region": "us-west-1",
        "account": "123456789012",
        "machine": "m",
        "name": "x",
    }
