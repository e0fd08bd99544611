"""Report of a replay, with its log lines."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from orchestration.event.replay_request import Replay
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.item import Item
from orchestration.input.routing import Routing
from orchestration.planning.plan import PlannedExecution
from orchestration.replaying.decisions import Decision
from orchestration.replaying.report import replay_report, started_by
from orchestration.reports import Report
from orchestration.starting.executions import StartedExecution
from orchestration.values import strictjson

ITEM = Item(id="a", type="glue_job", name="load", request={"JobName": "load"})
REPLAYED = StartedExecution(
    name="e", arn="arn:e", status="STARTED", input=ExecutionInput(event={}, items=(ITEM,), routing=Routing())
)
DECISION = Decision(
    id="a",
    now="a",
    type="glue_job",
    name="load",
    attempt=1,
    action="STARTED",
    planned=PlannedExecution("e", REPLAYED.input),
    started=REPLAYED,
    warnings=("from the decision",),
)
LEFT_OUT = Decision(id="b", now="b", type="sqs_mwaa", name="q", attempt=0, action="LEFT_OUT", reason="it runs")


def test_replay_is_reported_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    report = replay_report(Replay(of="first"), [DECISION, LEFT_OUT], 3, ["w"])
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", 'Started: {"id":"a","type":"glue_job","name":"load","execution":"e"}'),
        ("INFO", "Replay: b sqs_mwaa q: LEFT_OUT: it runs"),
        ("WARNING", "w"),
        ("WARNING", "from the decision"),
    ]
    decisions = [DECISION.report(with_request=False), LEFT_OUT.report(with_request=False)]
    assert report.replay == {"of": "first", "triggers": decisions, "already_started": 3}
    assert (report.status, report.warnings) == ("STARTED", ["w", "from the decision"])
    assert report.executions == [REPLAYED.report()]
    assert report.triggers == [ITEM]


def test_replay_that_starts_nothing_has_its_status() -> None:
    assert replay_report(Replay(of="first"), [LEFT_OUT], 0, []).status == "NOT_STARTED"
    would = replace(DECISION, action="WOULD_START", started=None)
    dry = replay_report(Replay(of="first", dry_run=True), [would], 0, [])
    assert (dry.status, dry.executions) == ("DRY_RUN", [])
    assert dry.replay == {"of": "first", "triggers": [would.report(with_request=True)], "already_started": 0}


@pytest.mark.parametrize("order", [1, -1])
def test_replay_that_starts_and_follows_is_started(order: int) -> None:
    both = [DECISION, replace(DECISION, id="c", action="FOLLOWED")][::order]
    assert replay_report(Replay(of="first"), both, 0, []).status == "STARTED"
    assert replay_report(Replay(of="first"), [replace(DECISION, action="FOLLOWED")], 0, []).status == "FOLLOWED"


def test_execution_of_another_replay_is_not_this_one() -> None:
    """The other replay reports it."""
    assert started_by([replace(DECISION, action="LEFT_OUT"), DECISION, LEFT_OUT]) == [REPLAYED]
    assert started_by([replace(DECISION, started=None)]) == []


def would_start(name: str, request: str) -> Decision:
    planned = PlannedExecution("e", replace(REPLAYED.input, items=(replace(ITEM, request={"JobName": request}),)))
    return replace(DECISION, id=name, action="WOULD_START", planned=planned, started=None)


def with_requests(report: Report) -> list[str]:
    triggers = (report.replay or {})["triggers"]
    assert isinstance(triggers, list)
    return [str(trigger["id"]) for trigger in triggers if isinstance(trigger, dict) and "input" in trigger]


@pytest.mark.parametrize("text", ["a", "\u20ac"])
def test_requests_of_a_dry_run_fit_into_lambdas_answer(text: str) -> None:
    large = [would_start(str(number), text * (190_000 // len(text.encode()))) for number in range(40)]
    report = replay_report(Replay(of="first", dry_run=True), [*large, LEFT_OUT], 0, [])
    assert with_requests(report) == [str(number) for number in range(21)]
    assert len((report.replay or {}).get("triggers", ())) == 41  # type: ignore[arg-type] # a list
    assert strictjson.size(report.to_json()) < 6_000_000
    assert (report.warnings or [""])[-1].startswith("the answer leaves out the requests of 19 triggers")


def test_small_request_follows_one_that_does_not_fit() -> None:
    decisions = [
        would_start("first", "x" * 2_000_000),
        would_start("second", "x" * 3_000_000),
        would_start("third", "x"),
    ]
    assert with_requests(replay_report(Replay(of="first", dry_run=True), decisions, 0, [])) == ["first", "third"]
