"""Inputs of a simulation are checked before the engine starts, with one line for each error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.defaults import DEFAULT_REGION
from local.validation import SNS_LIMIT, check_config, check_event, local_settings, read_config, region_of
from orchestration.errors import ConfigError, EventError


def arn(region: str) -> dict[str, str]:
    return {"type": "step_function", "arn": f"arn:aws:states:{region}:123456789012:stateMachine:m"}


def document(*entries: Any) -> dict[str, Any]:
    return {"workflows": {"job": {"on_success": list(entries)}}}


@pytest.mark.parametrize(
    ("configuration", "region"),
    [
        (document(arn("eu-west-1"), arn("us-east-1"), arn("eu-west-1")), "eu-west-1"),
        (document({"queue_url": "https://sqs.us-west-2.amazonaws.com/1/q"}), "us-west-2"),
        (document({"queue_url": "https://sqs.eusc-de-east-1.amazonaws.eu/1/q"}), "eusc-de-east-1"),
        (document({"event_bus": "arn:aws-cn:events:cn-north-1:1:event-bus/b"}), "cn-north-1"),
        (document({"type": "glue_job", "job_name": "j"}), DEFAULT_REGION),
        (document(7, {"arn": 7}), DEFAULT_REGION),
        ({"workflows": {"a": 1, "b": {"on_success": "x"}}}, DEFAULT_REGION),
        ([], DEFAULT_REGION),
    ],
)
def test_region_is_that_of_most_targets(configuration: Any, region: str) -> None:
    assert region_of(configuration) == region


@pytest.mark.parametrize(
    ("region", "partition"), [("us-west-1", "aws"), ("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc")]
)
def test_settings_are_in_the_partition_of_the_region(region: str, partition: str) -> None:
    assert local_settings(region).state_machine_arn.startswith(f"arn:{partition}:states:{region}:123456789012:")


def test_unknown_region_is_refused() -> None:
    with pytest.raises(ConfigError, match="found 'mars-1', expected a region with Step Functions"):
        local_settings("mars-1")


def test_text_that_is_not_json_is_refused() -> None:
    with pytest.raises(ConfigError, match="the configuration: it is not JSON"):
        read_config("{")


def test_first_problem_is_named_and_the_others_counted() -> None:
    settings = local_settings("us-west-1")
    check_config(document({"type": "glue_job", "job_name": "j"}), settings)
    with pytest.raises(ConfigError, match=r"on_success\[0\].*\(and 1 more; run: orchestrator validate\)"):
        check_config(document({"type": "glue"}, {"type": "glue_job"}), settings)


def test_event_has_at_most_the_size_of_an_sns_message() -> None:
    event = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS", "text": ""}
    event["text"] = "é" * ((SNS_LIMIT - len(json.dumps(event))) // 2)
    text = json.dumps(event, ensure_ascii=False)
    assert check_event(text).job_name == "j"
    with pytest.raises(EventError, match=f"found {SNS_LIMIT + 2:,} bytes, expected at most"):
        check_event(text + " " * (SNS_LIMIT + 2 - len(text.encode())))


def test_event_that_the_router_refuses_is_refused() -> None:
    with pytest.raises(EventError):
        check_event("[]")
