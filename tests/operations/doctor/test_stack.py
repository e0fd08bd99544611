"""The stack under examination: its name, valid triggers, and clients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestration.configuration.workflows import checked_entries
from tests.operations.doctor.conftest import ROUTER, Examined


@pytest.mark.parametrize(
    "name", [ROUTER, f"arn:aws:lambda:us-west-1:123456789012:function:{ROUTER}", f"x:function:{ROUTER}:live"]
)
def test_name_is_that_of_the_function(examined: Examined, name: str) -> None:
    stack = examined()
    stack.router = replace(stack.router, name=name)
    assert stack.name == ROUTER


def test_triggers_are_the_valid_entries(examined: Examined) -> None:
    stack = examined()
    entries: Any = [{"type": "glue_job", "job_name": "a"}, {"type": "glue_jop"}]
    stack.entries = list(checked_entries({"workflows": {"j": {"on_success": entries}}}, stack.settings))
    assert (len(stack.entries), [trigger.target_name() for trigger in stack.triggers]) == (2, ["a"])


def test_each_region_has_one_client(examined: Examined) -> None:
    stack = examined()
    assert stack.client("sns") is stack.client("sns", "us-west-1")
    assert stack.client("sns", "eu-west-1").meta.region_name == "eu-west-1"
    assert stack.client("sns").meta.region_name == "us-west-1"


@pytest.mark.parametrize(("service", "prefix"), [("mwaa", False), ("stepfunctions", True)])
def test_local_endpoint_has_no_host_prefix(examined: Examined, service: str, prefix: bool) -> None:
    """The hosts of MWAA's API begin with "env."; a local endpoint has one host only."""
    assert (examined().client(service).meta.config.inject_host_prefix is not False) is prefix


def test_endpoint_of_aws_has_a_host_prefix(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = examined()
    for name in ("AWS_ENDPOINT_URL_MWAA", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    assert stack.client("mwaa").meta.config.inject_host_prefix is not False
