"""A decision is reported with its reason, and the reason says how to start the trigger all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.item import Item
from orchestration.input.routing import Routing
from orchestration.planning.plan import PlannedExecution
from orchestration.replaying.decisions import Decision, left_out, listed, target_of
from orchestration.replaying.ledger import Attempt, Status
from orchestration.triggers.glue_job import GlueJob

ITEM = Item(id="a", type="glue_job", name="load", request={"JobName": "load"})
PLANNED = PlannedExecution("name-r2", ExecutionInput(event={}, items=(ITEM,), routing=Routing()))
STARTS = Decision(
    id="a", now="a", type="glue_job", name="load", attempt=2, action="WOULD_START", planned=PLANNED, warnings=("w",)
)


def test_report_names_the_execution() -> None:
    assert STARTS.report(with_request=False) == {
        "id": "a",
        "type": "glue_job",
        "name": "load",
        "attempt": 2,
        "action": "WOULD_START",
        "execution": "name-r2",
    }


def test_dry_run_shows_the_request() -> None:
    assert STARTS.report(with_request=True)["input"] == [ITEM.to_json()]


def test_refusal_has_its_reason_and_no_execution() -> None:
    refused = replace(STARTS, action="REFUSED", reason="why", planned=None)
    for with_request in (False, True):
        assert refused.report(with_request=with_request) == {
            "id": "a",
            "type": "glue_job",
            "name": "load",
            "attempt": 2,
            "action": "REFUSED",
            "reason": "why",
        }


def test_successor_is_shown_if_it_differs() -> None:
    assert replace(STARTS, now="b").report(with_request=False)["now"] == "b"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("TRIGGERED", "it has started: detail (execution e). To start it once more: --again"),
        ("RUNNING", "execution e is still running. Wait until it ends"),
        ("UNKNOWN", "it may have started: detail (execution e). Check the target. If it did not start: --again"),
        ("FAILED", ""),
        ("NOT_STARTED", ""),
    ],
)
def test_attempt_without_failure_needs_again(status: Status, words: str) -> None:
    assert left_out(Attempt(number=1, execution="e", status=status, detail="detail")) == words


def test_target_has_its_description() -> None:
    assert target_of(ConfiguredTrigger("a", GlueJob(job_name="load"))) == ("glue_job", "load")
    described = GlueJob(job_name="load", description="d" * 70)
    assert target_of(ConfiguredTrigger("a", described)) == ("glue_job", f"load: {'d' * 60}")


def test_invalid_trigger_has_its_declared_target() -> None:
    invalid = InvalidTrigger("workflows.j.on_success[0]", "ConfigError", "c", ("glue_job", "load"))
    assert target_of(ConfiguredTrigger("a", invalid)) == ("invalid", "load")
    assert target_of(ConfiguredTrigger("a", invalid._replace(declared=None))) == ("invalid", "")


@pytest.mark.parametrize(("count", "end"), [(0, ""), (1, "t0 (glue_job n0)"), (40, "t39 (glue_job n39)")])
def test_up_to_40_triggers_are_listed(count: int, end: str) -> None:
    text = listed((f"t{number}", "glue_job", f"n{number}") for number in range(count))
    assert text.endswith(end)
    assert text.count("glue_job") == count
    assert "more" not in text


def test_further_triggers_are_counted() -> None:
    text = listed((f"t{number}", "glue_job", f"n{number}") for number in range(43))
    assert text.endswith("t39 (glue_job n39) and 3 more")
