"""Reports of the router, with the log lines that people and alarms read."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.event.job_event import JobEvent
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.item import Item, Target
from orchestration.input.routing import Routing, Skipped
from orchestration.joining.join_router import JoinReport
from orchestration.reports import (
    Report,
    ignored_reason,
    ignored_report,
    joined_report,
    log_notes,
    start_report,
)
from orchestration.starting.executions import Execution, StartedExecution
from orchestration.triggers.glue_job import GlueJob

EVENT = JobEvent(job_name="j", job_run_id="r", event_kind="on_success", fields={"job_name": "j", "job_run_id": "r"})
CONFIG = LoadedConfig({"workflows": {}}, "s3://b/k", "v1")
SKIPPED = Skipped(id="s", type="glue_job", name="n", reason="why")
ITEM = Item(id="a", type="glue_job", name="load", request={"JobName": "load"})
REJECTED = Item(
    id="b",
    type="rejected",
    name="workflows.j.on_success[1]",
    request={"Error": "ConfigError", "Cause": "c"},
    declared=Target(type="sqs_mwaa", name="q"),
)
INPUT = ExecutionInput(event={"a": 1}, items=(ITEM, REJECTED), routing=Routing(skipped=(SKIPPED,)))
STARTED = StartedExecution(name="e", arn="arn:e", status="STARTED", input=INPUT)
EXISTING = Execution(name="e", status="SUCCEEDED", start="2026-01-01", input=INPUT)
DUPLICATE = STARTED._replace(status="DUPLICATE", existing=EXISTING)
LINE = 'Skipped: {"id":"s","type":"glue_job","name":"n","reason":"why"}'


@pytest.fixture(autouse=True)
def _info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_record_without_fields_is_empty() -> None:
    assert Report().to_json() == {}


def test_fields_of_a_report_keep_their_order() -> None:
    whole = Report(
        status="STARTED",
        event=EVENT,
        config=CONFIG,
        reason="why",
        replay={"of": "e"},
        executions=[{"name": "e"}],
        triggers=[ITEM, REJECTED],
        skipped=[SKIPPED],
        warnings=["w"],
        joins=[{"join": "x"}],
        fields={"more": 1},
    )
    assert list(whole.to_json().items()) == [
        ("job_name", "j"),
        ("job_run_id", "r"),
        ("event_kind", "on_success"),
        ("config_source", "s3://b/k"),
        ("config_version", "v1"),
        ("status", "STARTED"),
        ("reason", "why"),
        ("replay", {"of": "e"}),
        ("executions", [{"name": "e"}]),
        ("triggers", [{"id": "a", "type": "glue_job", "name": "load"}]),
        (
            "rejected",
            [
                {
                    "id": "b",
                    "type": "sqs_mwaa",
                    "name": "workflows.j.on_success[1]",
                    "Error": "ConfigError",
                    "Cause": "c",
                }
            ],
        ),
        ("skipped", [SKIPPED.to_json()]),
        ("warnings", ["w"]),
        ("joins", [{"join": "x"}]),
        ("more", 1),
    ]


def test_record_without_executions_has_no_trigger_lists() -> None:
    report = Report(status="JOINED", skipped=[SKIPPED], warnings=[], joins=[{"join": "x"}]).to_json()
    assert list(report) == ["status", "warnings", "joins", "skipped"]
    assert Report(executions=[]).to_json() == {"executions": [], "triggers": [], "rejected": []}


def test_later_fields_win() -> None:
    """The report of a deadline has its status there."""
    assert Report(status="FAILED", fields={"status": "EXPIRED"}).to_json() == {"status": "EXPIRED"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "(status None, decision None)"),
        ({"status": "FAILED"}, "(status 'FAILED', decision None)"),
        ({"status": "success "}, "(status 'success ', decision None). Write 'SUCCESS' instead of 'success '"),
        ({"status": "Completed"}, "(status 'Completed', decision None). Write 'SUCCESS' instead of 'Completed'"),
        ({"decision": "approve"}, "(status None, decision 'approve'). Write 'APPROVED' instead of 'approve'"),
        ({"status": ["SUCCESS"]}, "(status ['SUCCESS'], decision None)"),
        ({"status": "x" * 100}, f"(status '{'x' * 39}, decision None)"),
    ],
)
def test_reason_of_another_status_advises_the_accepted_one(fields: dict[str, Any], reason: str) -> None:
    event = replace(EVENT, event_kind=None, fields=fields)
    begin = "no status SUCCESS, and no decision APPROVED from the approvals topic "
    assert ignored_reason(event, None) == begin + reason


def test_reason_names_the_missing_workflow_or_list() -> None:
    assert ignored_reason(EVENT, None) == "the configuration has no workflow for job 'j'"
    assert ignored_reason(EVENT, []) == "workflow 'j' has no on_success triggers"


def test_reason_escapes_names_that_look_alike() -> None:
    event = replace(EVENT, job_name="cafe\u0301")
    assert ignored_reason(event, None, (), ["j", "caf\u00e9"]) == (
        r'the configuration has no workflow for job "cafe\u0301", but has "caf\u00e9", which looks alike. Write both names with '
        "the same characters"
    )


@pytest.mark.parametrize(("count", "end"), [(1, "why"), (3, "why"), (4, "why; and 1 more"), (10, "why; and 7 more")])
def test_reason_shows_three_conditions(count: int, end: str) -> None:
    reason = ignored_reason(
        EVENT,
        [ConfiguredTrigger("a", GlueJob(job_name="n"))] * count,
        [replace(SKIPPED, id=f"s{number}") for number in range(count)],
    )
    assert reason.startswith(f"no condition of the {count} on_success triggers matches: s0 (glue_job n): why")
    assert reason.endswith(end)
    assert reason.count("glue_job n") == min(count, 3)


def test_start_is_logged_for_each_trigger(caplog: pytest.LogCaptureFixture) -> None:
    report = start_report([STARTED], ["w"])
    assert lines(caplog) == [
        ("INFO", 'Started: {"id":"a","type":"glue_job","name":"load","execution":"e"}'),
        ("ERROR", "Rejected: b workflows.j.on_success[1]: ConfigError: c"),
        ("INFO", LINE),
        ("WARNING", "w"),
    ]
    assert (report.status, report.warnings, report.skipped) == ("STARTED", ["w"], (SKIPPED,))
    assert report.triggers == [ITEM, REJECTED]
    assert report.executions == [{"name": "e", "arn": "arn:e", "status": "STARTED"}]


def test_duplicate_logs_that_nothing_started(caplog: pytest.LogCaptureFixture) -> None:
    report = start_report([DUPLICATE], [])
    assert lines(caplog) == [("INFO", "Duplicate: execution e already exists; nothing started")]
    assert (report.status, report.warnings) == ("DUPLICATE", [])
    assert report.skipped == (SKIPPED,)


def test_conflict_is_a_warning_that_the_alarm_matches(caplog: pytest.LogCaptureFixture) -> None:
    report = start_report([DUPLICATE._replace(conflict="other content")], ["w"])
    conflict = "duplicate of execution e: other content"
    assert lines(caplog) == [("WARNING", "w"), ("WARNING", conflict)]
    assert report.warnings == ["w", conflict]


def test_one_started_part_makes_a_start() -> None:
    """The first part existed, and this delivery started the second one."""
    second = STARTED._replace(name="e-p2", input=ExecutionInput(event={}, items=(ITEM,), routing=Routing()))
    report = start_report([DUPLICATE, second], [])
    assert report.status == "STARTED"
    assert report.triggers == [ITEM, REJECTED, ITEM]
    assert [execution["name"] for execution in report.executions or ()] == ["e", "e-p2"]


def test_arrival_is_reported_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    join = JoinReport(join="report", key="d", missing=["k"], status="WAITING")
    record = joined_report(EVENT, CONFIG, [join, replace(join, join="other")], ["w"], [SKIPPED]).to_json()
    assert lines(caplog) == [
        ("INFO", "Joined: job j run r: join report key d: WAITING; join other key d: WAITING"),
        ("INFO", LINE),
        ("WARNING", "w"),
    ]
    assert (record["status"], record["config_version"], record["job_name"]) == ("JOINED", "v1", "j")
    assert record["joins"] == [join.to_json(), replace(join, join="other").to_json()]
    assert (record["warnings"], record["skipped"]) == (["w"], [SKIPPED.to_json()])


def test_ignored_event_is_reported_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    record = ignored_report(EVENT, CONFIG, "why", ["w"], [SKIPPED]).to_json()
    assert lines(caplog) == [("INFO", "Ignored: job j run r: why"), ("INFO", LINE), ("WARNING", "w")]
    assert (record["status"], record["reason"], record["warnings"]) == ("IGNORED", "why", ["w"])
    assert (record["skipped"], record["config_source"]) == ([SKIPPED.to_json()], "s3://b/k")
    assert "config_source" not in ignored_report(EVENT, None, "why", []).to_json()


def test_notes_are_logged_in_order(caplog: pytest.LogCaptureFixture) -> None:
    log_notes(["one", "100%s"], [SKIPPED])
    assert lines(caplog) == [("INFO", LINE), ("WARNING", "one"), ("WARNING", "100%s")]
