"""Service calls and visited states of an execution's history, from histories as Step Functions writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from operations.executions.timeline import Call, StateCount, calls, states

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def history(*events: tuple[str, int, float, dict[str, Any]]) -> list[dict[str, Any]]:
    """Events with ids 1, 2, …, each as type, previous id, seconds since the start, and details."""
    return [
        {"id": number, "type": kind, "previousEventId": before, "timestamp": BEGIN + timedelta(seconds=at), **details}
        for number, (kind, before, at, details) in enumerate(events, 1)
    ]


def iteration(index: int, before: int, at: float = 0) -> tuple[str, int, float, dict[str, Any]]:
    return "MapIterationStarted", before, at, {"mapIterationStartedEventDetails": {"name": "m", "index": index}}


def entered(name: str, before: int, kind: str = "Task") -> tuple[str, int, float, dict[str, Any]]:
    return f"{kind}StateEntered", before, 0, {"stateEnteredEventDetails": {"name": name}}


def failed(before: int, at: float, kind: str = "TaskFailed") -> tuple[str, int, float, dict[str, Any]]:
    return kind, before, at, {"taskFailedEventDetails": {"error": "Glue.X", "cause": "because"}}


def start(seconds: float) -> str:
    return (BEGIN + timedelta(seconds=seconds)).isoformat()


def test_interleaved_calls_belong_to_their_items() -> None:
    events = history(
        iteration(0, 0),
        iteration(1, 0),
        ("TaskScheduled", 1, 1, {}),
        ("TaskScheduled", 2, 2, {}),
        ("TaskSucceeded", 4, 2.5, {"taskSucceededEventDetails": {"resource": "sqs"}}),
        ("TaskSucceeded", 3, 5, {"taskSucceededEventDetails": {"resource": "glue"}}),
    )
    assert calls(events) == {
        0: [Call(start=start(1), seconds=4.0, waited=0.0)],
        1: [Call(start=start(2), seconds=0.5, waited=0.0)],
    }


def test_retried_call_has_error_and_wait() -> None:
    events = history(
        iteration(0, 0),
        ("TaskScheduled", 1, 1, {}),
        failed(2, 2),
        ("TaskScheduled", 3, 62, {}),
        ("TaskTimedOut", 4, 72, {}),
        ("TaskScheduled", 5, 80.25, {}),
    )
    assert calls(events) == {
        0: [
            Call(start=start(1), seconds=1.0, waited=0.0, error="Glue.X", cause="because"),
            Call(start=start(62), seconds=10.0, waited=60.0, error="States.Timeout"),
            Call(start=start(80.25), seconds=None, waited=8.25),
        ]
    }


def test_running_first_call_has_not_waited() -> None:
    assert calls(history(iteration(3, 0), ("TaskScheduled", 1, 1, {}))) == {
        3: [Call(start=start(1), seconds=None, waited=0.0)]
    }


def test_events_outside_of_items_are_no_calls() -> None:
    assert calls(history(("ExecutionStarted", 0, 0, {}), ("TaskScheduled", 1, 1, {}), failed(2, 2))) == {}


def test_states_count_visits_errors_and_retries() -> None:
    events = history(
        entered("Start job", 0),
        entered("Start job", 0),
        entered("Start job", 0),
        ("TaskScheduled", 1, 0, {}),
        ("TaskSucceeded", 4, 0, {}),
        failed(2, 0),
        failed(3, 0, "TaskSubmitFailed"),
        ("TaskSucceeded", 7, 0, {}),
        entered("Failed", 6, "Fail"),
        entered("Done", 8, "Succeed"),
    )
    assert states(events) == {
        "Start job": StateCount(entered=3, failed=1, retried=1),
        "Failed": StateCount(entered=1, failed=1, retried=0),
        "Done": StateCount(entered=1, failed=0, retried=0),
    }


def test_events_before_the_first_state_are_ignored() -> None:
    assert states(history(("ExecutionStarted", 0, 0, {}), failed(1, 0))) == {}
