"""The log patterns of Terraform's alarms match the lines that the router writes."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestration.configuration.loader import LOG_CONFIG_FALLBACK, ConfigLoader
from orchestration.joining.join_router import LOG_JOIN_LATE
from orchestration.reports import LOG_DUPLICATE_CONFLICT
from orchestration.router import Router
from orchestration.settings import Settings

ALARMS = (Path(__file__).parents[2] / "terraform" / "alarms.tf").read_text()
PATTERN = re.compile(r'([\w-]+) = \{\s*pattern = "\{ \$\.level = \\"(\w+)\\" && \$\.message = \\"([^"\\]+)\\" \}"')
PATTERNS = {name: (level, message) for name, level, message in PATTERN.findall(ALARMS)}
CONFIG = {"workflows": {"j": {"on_success": [{"type": "glue_job", "job_name": "g"}]}}}
SETTINGS = Settings(
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m",
    config_s3_uri="s3://bucket/key",
    config_ssm_parameter="/config",
)


class UnavailableS3:
    def get_object(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "Reduce your rate"}}, "GetObject")


class Ssm:
    def get_parameter(self, **_: Any) -> Any:
        return {"Parameter": {"Value": json.dumps(CONFIG)}}


class StepFunctions:
    """Has one execution of another event under every name."""

    def start_execution(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": "ExecutionAlreadyExists", "Message": ""}}, "StartExecution")

    def describe_execution(self, **_: Any) -> Any:
        return {"status": "SUCCEEDED", "startDate": datetime(2026, 1, 1, tzinfo=UTC), "input": "{}"}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and message of the lines for a duplicate that is routed with the fallback configuration."""
    with caplog.at_level(logging.INFO, logger="orchestration"):
        event: Any = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}
        step_functions: Any = StepFunctions()
        Router(ConfigLoader(UnavailableS3(), Ssm), step_functions).route(event, "request-1", SETTINGS)
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_alarms_have_router_log_patterns() -> None:
    assert sorted(PATTERNS) == ["config-fallback", "duplicate-conflict", "join-late"]


# tests/orchestration/joining/test_join_router.py writes the line of join-late.
@pytest.mark.parametrize("alarm", sorted(set(PATTERNS) - {"join-late"}))
def test_pattern_matches_one_written_line(lines: list[tuple[str, str]], alarm: str) -> None:
    level, pattern = PATTERNS[alarm]
    matching = [message for written, message in lines if written == level and fnmatchcase(message, pattern)]
    assert len(matching) == 1, lines


@pytest.mark.parametrize(
    ("alarm", "line"),
    [
        ("config-fallback", LOG_CONFIG_FALLBACK % ("S3", "", "")),
        ("duplicate-conflict", LOG_DUPLICATE_CONFLICT),
        ("join-late", LOG_JOIN_LATE),
    ],
)
def test_pattern_matches_the_named_constant(alarm: str, line: str) -> None:
    assert fnmatchcase(line, PATTERNS[alarm][1])
