"""The doctor reads the deployed configuration, checks every entry, and names at most twenty problems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from local.stack import object_address, upload_config
from operations.doctor import ExaminedStack, Finding, configuration
from operations.stack.deployed_router import DeployedRouter
from tests.operations.doctor.conftest import ROUTER


@contextmanager
def uploaded(simulator: Simulator, text: str | None) -> Iterator[None]:
    """Another configuration, or none."""
    engine, uri = simulator.engine, simulator.stack.config_uri
    if text is None:
        engine.client("s3").delete_object(**object_address(uri))
    else:
        upload_config(engine, uri, text)
    try:
        yield
    finally:
        upload_config(engine, uri, json.dumps(simulator.document))


def found(stack: ExaminedStack | None = None) -> list[Finding]:
    return list(configuration.check(stack or ExaminedStack(DeployedRouter.find(ROUTER))))


def test_valid_configuration_fills_the_stack(simulator: Simulator) -> None:
    stack = ExaminedStack(DeployedRouter.find(ROUTER))
    (finding,) = found(stack)
    assert (finding.status, finding.subject) == ("ok", simulator.stack.config_uri)
    assert finding.message.startswith("readable and valid: version ")
    assert finding.message.endswith(", 2 workflows, 7 triggers")
    assert (len(stack.entries), len(stack.triggers), stack.topics) == (7, 7, {})


def test_topics_of_workflows_are_collected(simulator: Simulator) -> None:
    topic = "arn:aws:sns:us-west-1:123456789012:team"
    stack = ExaminedStack(DeployedRouter.find(ROUTER))
    text = json.dumps({"workflows": {"a": {"notify": topic, "on_success": []}, "b": {"on_success": []}}})
    with uploaded(simulator, text):
        assert [finding.status for finding in found(stack)] == ["ok"]
    assert stack.topics == {"a": topic}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "the router's configuration cannot be read: "),
        ('{"workflows": ', "the router cannot use it: it is not JSON"),
        ("[]", "the router cannot use it: "),
        ('{"workflows": {"j": {"on_success": [{"type": "glue_jop"}]}}}', "glue_jop"),
    ],
)
def test_unusable_configuration_is_a_problem(simulator: Simulator, text: str | None, words: str) -> None:
    with uploaded(simulator, text):
        (finding,) = found()
    assert (finding.check, finding.status) == ("configuration", "problem")
    assert finding.subject == simulator.stack.config_uri
    assert words in finding.message
    assert "./deploy.sh --config-only" in finding.advice


def test_unset_configuration_names_the_router(engine: Engine) -> None:
    router = DeployedRouter.find(ROUTER)
    settings = replace(router.settings, config_s3_uri="", config_ssm_parameter="")
    (finding,) = found(ExaminedStack(replace(router, settings=settings)))
    assert (finding.subject, finding.status) == (ROUTER, "problem")


@pytest.mark.parametrize(("count", "more"), [(20, []), (23, ["3 more problems"])])
def test_twenty_problems_are_listed(simulator: Simulator, count: int, more: list[str]) -> None:
    entries = [{"type": f"unknown_{number}"} for number in range(count)]
    with uploaded(simulator, json.dumps({"workflows": {"j": {"on_success": entries}}})):
        messages = [finding.message for finding in found()]
    assert len(messages) == 20 + len(more)
    assert all(f"unknown_{number}" in messages[number] for number in range(20))
    assert messages[20:] == more
