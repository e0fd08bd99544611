from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration import strictjson
from orchestration.config import LoadedConfig
from orchestration.errors import OversizedEventError
from orchestration.events import Delivery, JobEvent, Replay, read_event
from orchestration.plan import MAX_CAUSE, MAX_INPUT, MAX_NAME, MAX_TRIGGERS, Plan, execution_name, plan
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.mwaa_dag import MwaaDag
from orchestration.workflows import InvalidTrigger

SETTINGS = Settings(region="us-west-1")
CONFIG = LoadedConfig({"workflows": {}}, "s3://b/k", "v1")
text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda value: bool(value.strip()))


def event(**fields: Any) -> JobEvent:
    body = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"} | fields
    return read_event(Delivery(source="test", body=body))


def planned(of: JobEvent, triggers: list[Trigger | InvalidTrigger]) -> Plan:
    return plan(of, list(enumerate(triggers)), CONFIG, SETTINGS, "req")


def glue(count: int, **fields: Any) -> list[Trigger | InvalidTrigger]:
    return [GlueJob(job_name=f"job-{number}", **fields) for number in range(count)]


@given(text, text, st.sampled_from(["SUCCESS", "x"]), st.none() | text)
def test_names_are_short_and_use_allowed_characters(job: str, run: str, status: str, tag: str | None) -> None:
    one = event(job_name=job, job_run_id=run, status=status)
    replay = None if tag is None else Replay("e", tag)
    named = JobEvent(job_name=job, job_run_id=run, event_kind=one.event_kind, fields=one.fields, replay=replay)
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_NAME - 6}}}", execution_name(named))


@given(st.lists(st.tuples(text, text), min_size=2, max_size=2, unique=True))
def test_other_jobs_and_runs_get_other_names(pairs: list[tuple[str, str]]) -> None:
    names = {execution_name(event(job_name=job, job_run_id=run)) for job, run in pairs}
    assert len(names) == 2


def test_name_depends_only_on_the_event_identity() -> None:
    name = execution_name(event())
    assert name == execution_name(event(artifacts={"a": 1}, other="x")) == "j-r-" + name[-16:]
    assert name != execution_name(event(decision="APPROVED"))


def test_input() -> None:
    (execution,) = planned(event(artifacts={"a": 1}), glue(2)).executions
    assert execution.input["event"] == event(artifacts={"a": 1}).fields
    assert [item["name"] for item in execution.input["triggers"]] == ["job-0", "job-1"]
    assert execution.input["routing"] == {
        "event_kind": "on_success",
        "config_source": "s3://b/k",
        "config_version": "v1",
        "delivery_id": "req",
        "batch": "1/1",
        "positions": [0, 1],
    }


def test_100_triggers_make_three_executions() -> None:
    executions = planned(event(), glue(100)).executions
    assert [len(one.input["triggers"]) for one in executions] == [40, 40, 20]
    assert [one.name.removeprefix(executions[0].name) for one in executions] == ["", "-b02", "-b03"]
    assert [one.input["routing"]["batch"] for one in executions] == ["1/3", "2/3", "3/3"]
    positions = [position for one in executions for position in one.input["routing"]["positions"]]
    assert positions == list(range(100))


def test_empty_trigger_list_makes_zero_executions() -> None:
    assert planned(event(), []).executions == []


@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=60), st.integers(0, 200_000))
def test_executions_fit_quotas_and_keep_every_trigger(sizes: list[int], event_size: int) -> None:
    triggers: list[Trigger | InvalidTrigger] = [
        GlueJob(job_name=f"job-{number}", arguments={"--x": "ä" * (size // 2)}) for number, size in enumerate(sizes)
    ]
    result = planned(event(blob="x" * event_size), triggers)
    for execution in result.executions:
        assert strictjson.size(execution.input) <= MAX_INPUT
        assert len(execution.input["triggers"]) <= MAX_TRIGGERS
        for item in execution.input["triggers"]:
            assert strictjson.size({"event": execution.input["event"], "request": item["request"]}) <= 262_144 - 8_192
    assert [item["name"] for item in result.items()] == [f"job-{number}" for number in range(len(sizes))]


def test_oversized_request_is_rejected_alone() -> None:
    triggers = [*glue(1), GlueJob(job_name="fat", arguments={"--x": "${blob}", "--y": "${blob}"}), *glue(1)]
    items = planned(event(blob="x" * 100_000), triggers).items()
    assert [item["type"] for item in items] == ["glue_job", "rejected", "glue_job"]
    assert items[1]["request"]["Error"] == "OversizedEventError"
    assert "glue_job fat: found a request of 200," in items[1]["request"]["Cause"]


def test_oversized_event_is_refused_with_its_size() -> None:
    with pytest.raises(OversizedEventError, match=r"found 300,0\d\d bytes, expected at most 23\d,\d\d\d"):
        planned(event(blob="x" * 300_000), glue(1))


def test_unresolved_trigger_becomes_a_rejected_item() -> None:
    triggers: list[Trigger | InvalidTrigger] = [
        GlueJob(job_name="a", arguments={"--x": "${nowhere}"}),
        InvalidTrigger("workflows.j.on_success[1]", "ConfigError", "c" * 9000),
        GlueJob(job_name="b"),
    ]
    items = planned(event(), triggers).items()
    assert [item["type"] for item in items] == ["rejected", "rejected", "glue_job"]
    assert items[0]["name"] == "a"
    assert items[0]["request"]["Error"] == "ResolutionError"
    assert len(items[1]["request"]["Cause"]) == MAX_CAUSE
    assert items[0]["declared"] == {"type": "glue_job", "name": "a"}
    assert "declared" not in items[1]


def test_run_ids_are_unique_and_deterministic() -> None:
    dags: list[Trigger | InvalidTrigger] = [MwaaDag(environment_name="e", dag_id="d")] * 90
    runs = [item["request"]["dag_run_id"] for item in planned(event(), dags).items()]
    assert len(set(runs)) == 90
    assert runs == [item["request"]["dag_run_id"] for item in planned(event(other=1), dags).items()]
    assert all(re.fullmatch(r"[A-Za-z0-9_.~:+-]+", run) for run in runs)


def test_missing_mapped_field_gives_a_warning() -> None:
    mapping = {"a": "artifacts.a", "b": "nowhere"}
    result = planned(event(artifacts={"a": 1}), [MwaaDag(environment_name="e", dag_id="d", parameter_mapping=mapping)])
    conf = result.items()[0]["request"]["conf"]
    assert (conf["a"], "b" in conf) == (1, False)
    assert result.warnings == ["mwaa_dag d: the event has no field 'nowhere', so parameter 'b' was left out"]
