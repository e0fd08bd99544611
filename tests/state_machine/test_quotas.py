"""Measures the largest execution on the engine and compares it with ``docs/quotas.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from builder.pages import quotas
from local.engine.engine import Engine
from local.engine.faults import Fault
from orchestration.planning.items import MAX_TRIGGERS
from orchestration.triggers.glue_job import GlueJob
from orchestration.values import strictjson
from tests.state_machine.harness import Machine, shortened, trigger

pytestmark = pytest.mark.slow  # 20 s of CPU

SDK_TEXT = " (Service: Glue, Status Code: 400, Request ID: injected) (SDK Attempt Count: 1)"
"""Text that Step Functions adds to the service's message."""


@pytest.fixture(scope="module")
def worst(engine: Engine) -> Iterator[dict[str, Any]]:
    """40 Glue triggers, each refused until its retrier is used up, with a long cause and a long name."""
    machine = Machine(engine)
    fault = Fault(code="ConcurrentRunsExceededException", message="c" * (quotas.LONG_CAUSE - len(SDK_TEXT)))
    with shortened(), engine.patch_context.faults.inject("glue.StartJobRun", fault):
        described, outcomes = machine.run([trigger("glue_job", f"{number:n>256}") for number in range(MAX_TRIGGERS)])
        yield {
            "described": described,
            "outcomes": outcomes,
            "history": machine.history(described),
            "calls": engine.patch_context.faults.calls["glue.StartJobRun"],
        }


def test_every_item_was_retried_to_the_end(worst: dict[str, Any]) -> None:
    retry = GlueJob.INTEGRATION.retries[0]
    assert worst["calls"] == MAX_TRIGGERS * (1 + retry.max_attempts)
    assert worst["described"]["status"] == "FAILED"
    assert [len(one["error"]["Cause"]) for one in worst["outcomes"]] == [quotas.LONG_CAUSE] * MAX_TRIGGERS


def test_history(worst: dict[str, Any]) -> None:
    assert len(worst["history"]) <= quotas.most_events(GlueJob.INTEGRATION, MAX_TRIGGERS) < quotas.HISTORY


def test_output(worst: dict[str, Any]) -> None:
    measured = strictjson.size({"outcomes": worst["outcomes"], "any_failed": True})
    assert measured <= strictjson.size({"outcomes": quotas.failed_outcomes(MAX_TRIGGERS), "any_failed": True})
    assert measured < quotas.PAYLOAD


def test_cause(worst: dict[str, Any]) -> None:
    cause = worst["described"]["cause"]
    assert len(cause) <= quotas.cause_size(MAX_TRIGGERS) < quotas.CAUSE
    assert cause.startswith("40 of 40 triggers failed")


def test_figures(worst: dict[str, Any], record_property: Any) -> None:
    """The figures of the closing note: ``pytest -rP tests/state_machine/test_quotas.py -k figures``."""
    measured = {
        "calls": worst["calls"],
        "history events": len(worst["history"]),
        "output bytes": strictjson.size({"outcomes": worst["outcomes"], "any_failed": True}),
        "cause characters": len(worst["described"]["cause"]),
    }
    for name, value in measured.items():
        record_property(name, value)
        print(f"{name}: {value:,}")  # noqa: T201
    assert all(measured.values())
