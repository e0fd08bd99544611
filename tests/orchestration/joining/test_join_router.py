"""Joins: every complete key starts once, and no incomplete one ever, even if the router is killed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from orchestration.errors import RoutingError
from orchestration.event.identity import execution_name
from orchestration.joining.join_router import MAX_EVENTS
from orchestration.router import MAX_ERROR
from orchestration.values import strictjson
from tests.orchestration.fake_aws import Killed
from tests.orchestration.join_stack import JOBS, JoinAws, create_table, document
from tests.pasting import HOSTILE, pasted


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield create_table()


@pytest.fixture
def aws(dynamodb: Any) -> JoinAws:
    made = JoinAws(dynamodb=dynamodb)
    made.upload(document())
    return made


def arrive(aws: JoinAws, jobs: list[str], key: str = "d") -> list[str]:
    return [aws.success(job, key)["joins"][0]["status"] for job in jobs]


def test_last_arrival_starts_the_join(aws: JoinAws) -> None:
    assert arrive(aws, JOBS[:4]) == ["WAITING"] * 4
    record = aws.success("load_4", "d", artifacts={"path": "s3://b/4"})
    assert record["status"] == "JOINED"
    (report,) = record["joins"]
    assert (report["status"], report["missing"]) == ("COMPLETE", [])
    (execution,) = aws.executions.values()
    event = execution["input"]["event"]
    assert (event["job_name"], event["job_run_id"]) == ("report", "d")
    assert event["artifacts"]["load_4"] == {"path": "s3://b/4"}
    assert event["upstream"]["load_0"]["job_run_id"] == "load_0-d"
    assert aws.starts == {"report": 1}


def test_names_jobs_and_key_of_a_join_have_placeholders(aws: JoinAws) -> None:
    entry = document(all_of=["load_${aws.region}", "load_1"], key="${aws.account}/${start_date}")["joins"]["report"]
    aws.upload({"workflows": {}, "joins": {"report_${aws.region}": entry}})
    assert arrive(aws, ["load_us-west-1", "load_1"]) == ["WAITING", "COMPLETE"]
    (execution,) = aws.executions.values()
    assert execution["input"]["event"]["job_name"] == "report_us-west-1"
    assert execution["input"]["event"]["job_run_id"] == "123456789012/d"


def test_job_name_with_dots_is_read_by_a_quoted_segment(aws: JoinAws) -> None:
    arguments = {"--p": '${upstream."dwh.orders".artifacts.path}', "--q": '${artifacts."dwh.orders".path}'}
    report = {"type": "glue_job", "job_name": "report", "arguments": arguments}
    aws.upload(document(all_of=["dwh.orders", "b"], on_complete=[report]))
    aws.success("dwh.orders", "d", artifacts={"path": "s3://b/o"})
    aws.success("b", "d")
    (execution,) = aws.executions.values()
    sent = execution["input"]["triggers"][0]["request"]["Arguments"]
    assert (sent["--p"], sent["--q"]) == ("s3://b/o", "s3://b/o")


def test_keys_do_not_mix(aws: JoinAws) -> None:
    arrive(aws, JOBS[:3], "a")
    arrive(aws, JOBS[3:], "b")
    assert not aws.executions


def test_workflow_of_the_job_starts_too(aws: JoinAws) -> None:
    workflow = {"on_success": [{"type": "glue_job", "job_name": "own"}]}
    aws.upload(document() | {"workflows": {"load_0": workflow}})
    record = aws.success("load_0", "d")
    assert (record["status"], record["joins"][0]["status"]) == ("STARTED", "WAITING")
    assert aws.starts == {"own": 1}


def test_repeated_arrival_is_waiting_again(aws: JoinAws) -> None:
    assert arrive(aws, ["load_0", "load_0"]) == ["WAITING", "WAITING"]


def test_corrected_run_is_ignored_with_a_warning(aws: JoinAws) -> None:
    aws.success("load_0", "d", "first")
    (report,) = aws.success("load_0", "d", "second")["joins"]
    assert report["status"] == "REPEATED"
    assert "load_0 has arrived with run first, so run second was ignored" in report["warning"]
    arrive(aws, JOBS[1:])
    (execution,) = aws.executions.values()
    assert execution["input"]["event"]["upstream"]["load_0"]["job_run_id"] == "first"


def test_late_arrival_is_a_warning_that_the_alarm_matches(aws: JoinAws, caplog: pytest.LogCaptureFixture) -> None:
    arrive(aws, JOBS)
    aws.success("load_0", "d", "second")
    (line,) = (one.getMessage() for one in caplog.records if one.levelname == "WARNING")
    assert line.startswith("late arrival at join report key d: load_0 has arrived with run load_0-d, so run second")


def test_event_without_the_key_starts_its_workflow_and_fails(aws: JoinAws) -> None:
    workflow = {"on_success": [{"type": "glue_job", "job_name": "own"}]}
    aws.upload(document() | {"workflows": {"load_0": workflow}})
    with pytest.raises(RoutingError, match=r"joins.report.key: the event has no field 'start_date'"):
        aws.deliver({"job_name": "load_0", "job_run_id": "r", "status": "SUCCESS"})
    assert aws.starts == {"own": 1}


@pytest.mark.parametrize(("value", "described"), [(None, "null"), ([], "a list"), ({}, "an object")])
def test_event_with_a_null_in_the_key_does_not_arrive(aws: JoinAws, value: Any, described: str) -> None:
    for job in JOBS:
        with pytest.raises(RoutingError, match=rf"joins\.report\.key: the event's field 'start_date' is {described}"):
            aws.success(job, "d", start_date=value)
    assert aws.executions == {}
    assert "UpdateItem" not in aws.calls
    assert arrive(aws, JOBS) == ["WAITING"] * 4 + ["COMPLETE"]


def test_large_event_is_refused_with_its_size(aws: JoinAws) -> None:
    with pytest.raises(RoutingError, match=r"found an event of 30,\d+ bytes, expected at most 24,000 for 5 jobs"):
        aws.success("load_0", "d", artifacts={"x": "y" * 30_000})


def test_invocation_error_is_one_bounded_line(aws: JoinAws) -> None:
    """Lambda logs it itself, and its text names fields of the event."""
    fields = {"\n[INFO]\tStarted: forged\x1b[2J": 1, "x" * 30_000: 1}
    with pytest.raises(RoutingError) as raised:
        aws.deliver({"job_name": "load_0", "job_run_id": "r", "status": "SUCCESS", **fields})
    text = str(raised.value)
    assert text.isprintable()
    assert "\\n[INFO]" in text
    assert len(text) == MAX_ERROR


def test_approval_does_not_arrive(aws: JoinAws) -> None:
    record = aws.success("load_0", "d", status="", decision="APPROVED")
    assert record["status"] == "IGNORED"
    assert "joins" not in record


def test_shorter_list_completes_with_the_next_arrival(aws: JoinAws) -> None:
    arrive(aws, JOBS[:3])
    aws.upload(document(all_of=JOBS[:4]))
    assert arrive(aws, ["load_3"]) == ["COMPLETE"]


def test_longer_list_waits_for_the_new_job(aws: JoinAws) -> None:
    arrive(aws, JOBS[:4])
    aws.upload(document(all_of=[*JOBS, "load_5"]))
    assert arrive(aws, ["load_4", "load_5"]) == ["WAITING", "COMPLETE"]


def test_two_joins_of_one_job(aws: JoinAws) -> None:
    both = document()
    both["joins"]["small"] = both["joins"]["report"] | {"all_of": JOBS[:2]}
    aws.upload(both)
    aws.success("load_0", "d")
    assert [(one["join"], one["status"]) for one in aws.success("load_1", "d")["joins"]] == [
        ("report", "WAITING"),
        ("small", "COMPLETE"),
    ]


def test_invalid_join_fails_loudly(aws: JoinAws) -> None:
    aws.upload(document(deadline_hours=-1))
    with pytest.raises(RoutingError, match=r"joins.report.deadline_hours: found -1"):
        aws.success("load_0", "d")


def test_deadline_names_the_missing_and_starts_its_list(aws: JoinAws) -> None:
    aws.upload(document(deadline_hours=6, on_deadline=[{"type": "glue_job", "job_name": "warn"}]))
    arrive(aws, JOBS[:3])
    (watch,) = aws.watches.values()
    assert watch == {"join": "report", "key": "d", "seconds": 21_600}
    answer = aws.deadline("d")
    assert (answer["status"], answer["missing"]) == ("EXPIRED", JOBS[3:])
    assert "load_3, load_4 did not succeed within 6 hours. Arrived: load_0, load_1, load_2" in answer["cause"]
    assert aws.starts == {"warn": 1}
    late = [aws.success(job, "d")["joins"][0] for job in JOBS[3:]]
    assert [one["status"] for one in late] == ["LATE", "LATE"]
    assert late[0]["warning"] == "load_3 run load_3-d arrived after the deadline. Nothing was started"
    assert aws.deadline("d")["status"] == "EXPIRED"
    assert aws.starts == {"warn": 1}


def test_deadline_is_started_by_the_first_arrival_only(aws: JoinAws) -> None:
    aws.upload(document(deadline_hours=6))
    arrive(aws, JOBS)
    assert aws.calls.count("StartDeadline") == 1
    assert list(aws.watches) == [execution_name("on_deadline", "report", "d")]


def test_join_without_a_deadline_starts_none(aws: JoinAws) -> None:
    arrive(aws, JOBS)
    assert not aws.watches


def test_deadline_that_runs_already_is_noted(aws: JoinAws) -> None:
    """A killed router did not note it, so the next arrival gets the error of a used name."""
    aws.upload(document(deadline_hours=6))
    aws.refusal = "ExecutionAlreadyExists"
    assert arrive(aws, JOBS[:2]) == ["WAITING", "WAITING"]
    assert aws.calls.count("StartDeadline") == 1


def test_refused_deadline_fails_the_arrival(aws: JoinAws) -> None:
    """Lambda retries: without its deadline, the join would wait for ever."""
    aws.upload(document(deadline_hours=6))
    aws.refusal = "AccessDeniedException"
    with pytest.raises(RoutingError, match="AccessDeniedException"):
        aws.success("load_0", "d")
    aws.refusal = ""
    arrive(aws, JOBS[:1])
    assert len(aws.watches) == 1


def test_deadline_without_arrivals_is_refused(aws: JoinAws) -> None:
    aws.upload(document(deadline_hours=6))
    with pytest.raises(RoutingError, match="join report has no arrival for key nobody, so it has no deadline"):
        aws.deadline("nobody")


def test_event_of_an_expired_join_names_the_missing_jobs(aws: JoinAws) -> None:
    aws.upload(document(deadline_hours=6, on_deadline=[{"type": "glue_job", "job_name": "warn"}]))
    arrive(aws, JOBS[:3])
    aws.deadline("d")
    (execution,) = aws.executions.values()
    given = execution["input"]
    assert given["event"]["missing"] == JOBS[3:]
    assert list(given["event"]["upstream"]) == JOBS[:3]
    assert given["routing"]["event_kind"] == "on_deadline"


@pytest.mark.parametrize("key", HOSTILE)
def test_cause_of_a_deadline_has_a_command_to_paste(aws: JoinAws, key: str, tmp_path: Path) -> None:
    aws.upload(document(deadline_hours=6))
    arrive(aws, JOBS[:3], key)
    cause = aws.deadline(key)["cause"]
    (call,) = pasted(cause.partition(" Look: ")[2], tmp_path)
    of_router = ["--function", "router"]
    assert call == (
        ["inspect", *of_router, "--", "report", key] if key.startswith("-") else ["inspect", "report", key, *of_router]
    )


def test_costly_condition_of_a_join_rejects_its_trigger_only(aws: JoinAws) -> None:
    costly = {"upstream": {"load_0": {"a": {"b": {name: [{"exists": True}] for name in "cdef"}}}}}
    report = {"type": "glue_job", "id": "report", "job_name": "report"}
    aws.upload(document(on_complete=[report | {"id": "costly", "when": costly}, report]))
    elements = 250
    fields: dict[str, Any] = {"a": [{"b": {"c": 1, "e": 1}}] * elements, "a.b": [{"d": 1, "f": 1}] * elements}
    aws.success("load_0", "d", **fields)
    for job in JOBS[1:]:
        record = aws.success(job, "d")
    (join,) = record["joins"]
    assert (join["status"], [one["id"] for one in join["rejected"]]) == ("COMPLETE", ["costly"])
    assert join["rejected"][0]["Cause"].startswith("glue_job report: the condition 'when' needs more than 50,000 combi")
    assert aws.starts == {"report": 1}


def test_repeated_arrival_reports_the_execution_of_the_join(aws: JoinAws) -> None:
    arrive(aws, JOBS)
    (report,) = aws.success("load_0", "d")["joins"]
    assert (report["status"], report["executions"][0]["status"]) == ("COMPLETE", "DUPLICATE")
    assert aws.starts == {"report": 1}


def test_failed_arrival_does_not_stop_the_other_joins(aws: JoinAws) -> None:
    both = document()
    both["joins"] = {"a": both["joins"]["report"] | {"key": "${nowhere}"}, "b": both["joins"]["report"]}
    both["joins"]["c"] = both["joins"]["a"]
    aws.upload(both)
    with pytest.raises(RoutingError, match=r"joins\.a\.key: .*; joins\.c\.key: "):
        aws.success("load_0", "d")
    aws.upload(document() | {"joins": {"b": both["joins"]["b"]}})
    assert arrive(aws, JOBS[1:]) == ["WAITING"] * 3 + ["COMPLETE"]


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (1, False)])
def test_event_is_limited_to_the_last_byte(aws: JoinAws, spare: int, fits: bool) -> None:
    """Five jobs share the bytes of one join."""
    event = {"job_name": "load_0", "job_run_id": "1", "status": "SUCCESS", "start_date": "d", "x": ""}
    event["x"] = "y" * (MAX_EVENTS // 5 + spare - strictjson.size({**event}))
    if fits:
        assert aws.deliver(event)["joins"][0]["status"] == "WAITING"
        return
    with pytest.raises(RoutingError, match=r"found an event of 24,001 bytes, expected at most 24,000"):
        aws.deliver(event)


def test_repeated_event_that_arrived_in_time_is_not_late(aws: JoinAws, caplog: pytest.LogCaptureFixture) -> None:
    aws.upload(document(deadline_hours=6))
    arrive(aws, JOBS[:1])
    aws.deadline("d")
    (report,) = aws.success("load_0", "d")["joins"]
    assert report == {"join": "report", "key": "d", "missing": JOBS[1:], "status": "EXPIRED"}
    assert not [one for one in caplog.records if one.levelname == "WARNING"]
    assert aws.success("load_0", "d", "second")["joins"][0]["status"] == "LATE"


WHEN = {"when": {"metrics": {"rows": [{"numeric": [">", 0]}]}}}


def skipped_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.getMessage().startswith("Skipped: ")]


def test_joined_event_reports_its_skipped_triggers(aws: JoinAws, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    workflow = {"on_success": [{"type": "glue_job", "id": "own", "job_name": "own"} | WHEN]}
    aws.upload(document() | {"workflows": {"load_0": workflow}})
    record = aws.success("load_0", "d", metrics={"rows": 0})
    assert (record["status"], [one["id"] for one in record["skipped"]]) == ("JOINED", ["own"])
    assert len(skipped_lines(caplog)) == 1


def test_skipped_triggers_of_a_complete_join_are_logged(aws: JoinAws, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    aws.upload(document(on_complete=[{"type": "glue_job", "id": "report", "job_name": "report"} | WHEN]))
    arrive(aws, JOBS)
    assert not aws.starts
    (line,) = skipped_lines(caplog)
    assert "metrics.rows: found nothing" in line


def test_deadline_of_a_complete_join_is_quiet(aws: JoinAws) -> None:
    aws.upload(document(deadline_hours=6, on_deadline=[{"type": "glue_job", "job_name": "warn"}]))
    arrive(aws, JOBS)
    assert aws.deadline("d")["status"] == "COMPLETE"
    assert aws.starts == {"report": 1}


def test_decided_join_gets_no_deadline_afterwards(aws: JoinAws) -> None:
    arrive(aws, JOBS)
    aws.upload(document(deadline_hours=6))
    assert arrive(aws, JOBS[:1]) == ["COMPLETE"]
    assert not aws.watches


def test_deadline_completes_what_a_killed_router_left(aws: JoinAws) -> None:
    """All have arrived, and the last delivery never came again."""
    aws.upload(document(deadline_hours=6, on_deadline=[{"type": "glue_job", "job_name": "warn"}]))
    arrive(aws, JOBS[:4])
    # The calls before are the configuration and the question whether the event has started.
    aws.kill_at, aws.after = len(aws.calls) + 2, True
    with pytest.raises(Killed):
        aws.success("load_4", "d")
    assert aws.calls[-1] == "UpdateItem"
    aws.kill_at = None
    assert aws.deadline("d")["status"] == "COMPLETE"
    assert aws.starts == {"report": 1}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_call_starts_once(dynamodb: Any, after: bool) -> None:
    """The router is killed at each call in turn, then Lambda delivers again."""
    calls = 0
    while True:
        aws = JoinAws(dynamodb=dynamodb)
        aws.upload(document(deadline_hours=6))
        key = f"{after}-{calls}"
        arrive(aws, JOBS[:4], key)
        before = len(aws.calls)
        aws.kill_at, aws.after = before + calls, after
        try:
            aws.success("load_4", key)
        except Killed:
            aws.kill_at = None
            aws.success("load_4", key)
            assert aws.started() == {key: 1}
            assert aws.starts == {"report": 1}
            calls += 1
            continue
        assert aws.started() == {key: 1}
        break
    assert calls >= 4


@pytest.mark.slow
def test_50_deadlines_ten_of_them_race_with_the_last_arrival(aws: JoinAws) -> None:
    aws.upload(document(deadline_hours=1, on_deadline=[{"type": "glue_job", "job_name": "warn"}]))
    keys = [f"k{number}" for number in range(50)]
    for key in keys:
        arrive(aws, JOBS[:4], key)
    racing = keys[:10]
    with ThreadPoolExecutor(16) as pool:
        answers = {key: pool.submit(aws.deadline, key) for key in keys}
        late = {key: pool.submit(aws.success, "load_4", key) for key in racing}
        status = {key: one.result() for key, one in answers.items()}
        arrived = {key: one.result()["joins"][0]["status"] for key, one in late.items()}
    for key in keys:
        complete, expired = aws.started()[key], aws.started("on_deadline")[key]
        assert complete + expired == 1
        assert status[key]["status"] == ("COMPLETE" if complete else "EXPIRED")
        assert complete or status[key]["missing"] == ["load_4"]
        assert key not in racing or arrived[key] == ("COMPLETE" if complete else "LATE")
