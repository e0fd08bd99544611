from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.errors import OversizedEventError
from orchestration.event.identity import execution_name
from orchestration.event.job_event import Delivery, JobEvent, read_event
from orchestration.input.item import BATCH, Item
from orchestration.planning.items import MAX_CAUSE, MAX_INPUT, MAX_ITEM, MAX_REJECTED, MAX_TRIGGERS
from orchestration.planning.plan import Plan, plan
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.mwaa_dag import MwaaDag
from orchestration.triggers.step_function import StepFunction
from orchestration.values import strictjson
from tests.orchestration.fake_aws import child_input

MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:m"
SETTINGS = Settings(region="us-west-1", state_machine_arn=MACHINE, state_machine_version="7")
CONFIG = LoadedConfig({"workflows": {}}, "s3://b/k", "v1", "id-1")


def event(**fields: Any) -> JobEvent:
    body = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"} | fields
    return read_event(Delivery(source="test", body=body))


def planned(of: JobEvent, triggers: Sequence[Trigger | InvalidTrigger]) -> Plan:
    configured = [ConfiguredTrigger(f"id-{number}", trigger) for number, trigger in enumerate(triggers)]
    return plan(of, configured, CONFIG, SETTINGS, "req")


def inputs(of: Plan) -> list[Any]:
    return [one.input.to_json() for one in of.pack(of.items)]


def items_of(of: Plan) -> list[Any]:
    return [item.to_json() for item in of.items]


def children(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Inputs of the executions that the state machine starts for the batches of ``given``."""
    return [child_input(given["event"], item["request"]) for item in given["triggers"] if item["type"] == BATCH]


def glue(count: int, **fields: Any) -> list[Trigger | InvalidTrigger]:
    return [GlueJob(job_name=f"job-{number}", **fields) for number in range(count)]


def test_input() -> None:
    made = planned(event(artifacts={"a": 1}), glue(2))
    (execution,) = made.pack(made.items)
    assert execution.name == made.name
    assert execution.input.event == event(artifacts={"a": 1}).fields
    assert [(item.id, item.name) for item in execution.input.items] == [("id-0", "job-0"), ("id-1", "job-1")]
    assert execution.input.routing.to_json() == {
        "event_kind": "on_success",
        "config_source": "s3://b/k",
        "config_version": "v1",
        "config_version_id": "id-1",
        "delivery_id": "req",
        "batch": "1/1",
    }


def test_100_triggers_are_one_execution_with_three_batches() -> None:
    made = planned(event(), glue(100))
    (given,) = inputs(made)
    assert [item["id"] for item in given["triggers"]] == ["batch:1", "batch:2", "batch:3"]
    first = given["triggers"][0]
    assert (first["type"], first["name"]) == ("batch", "batch 1 of 3, 40 triggers")
    assert (first["request"]["StateMachineArn"], first["request"]["Name"]) == (f"{MACHINE}:7", f"{made.name}-b1")
    started = children(given)
    assert [len(one["triggers"]) for one in started] == [40, 40, 20]
    assert [one["routing"]["batch"] for one in started] == ["1/3", "2/3", "3/3"]
    assert all(one["routing"]["of"] == made.name and one["event"] == event().fields for one in started)
    ids = [item["id"] for one in started for item in one["triggers"]]
    assert ids == [f"id-{number}" for number in range(100)]


@pytest.mark.parametrize(("count", "batches"), [(40, 0), (41, 2)])
def test_batches_begin_above_40_triggers(count: int, batches: int) -> None:
    (given,) = inputs(planned(event(), glue(count)))
    assert len(children(given)) == batches


def test_event_beyond_one_input_has_parts() -> None:
    made = planned(event(), glue(5, arguments={"--x": "x" * 100_000}))
    parts = made.pack(made.items)
    assert [one.name.removeprefix(made.name) for one in parts] == ["", "-p2", "-p3"]
    assert [one.input.routing.part for one in parts] == ["1/3", "2/3", "3/3"]
    assert [len(one.input.items) for one in parts] == [2, 2, 1]


def test_remaining_items_continue_the_numbers() -> None:
    made = planned(event(), glue(100, arguments={"--x": "x" * 4_000}))
    (first, *rest) = made.pack(made.items)
    started = first.input.triggers
    again = made.pack(made.items[len(started) :], first_part=2, first_batch=1 + len(first.input.items))
    assert [one.input for one in again] == [one.input for one in rest]
    assert [one.name for one in again] == [one.name for one in rest]


def test_empty_trigger_list_makes_zero_executions() -> None:
    assert inputs(planned(event(), [])) == []


@settings(deadline=None)
@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=120), st.integers(0, 200_000))
def test_executions_fit_quotas_and_keep_every_trigger(sizes: list[int], event_size: int) -> None:
    triggers = [
        GlueJob(job_name=f"job-{number}", arguments={"--x": "ä" * (size // 2)}) for number, size in enumerate(sizes)
    ]
    made = planned(event(blob="x" * event_size), triggers)
    executions = [one for given in inputs(made) for one in (given, *children(given))]
    for one in executions:
        assert strictjson.size(one) <= MAX_INPUT
        assert len(one["triggers"]) <= MAX_TRIGGERS
        for item in one["triggers"]:
            assert strictjson.size({"event": one["event"], "request": item["request"]}) <= 262_144 - 8_192
    names = [item["name"] for one in executions for item in one["triggers"] if item["type"] != BATCH]
    assert names == [f"job-{number}" for number in range(len(sizes))]
    started = [item["request"]["Name"] for one in executions for item in one["triggers"] if item["type"] == BATCH]
    assert len(set(started)) == len(started)


def sized(made: Plan, costs: Sequence[int]) -> list[Item]:
    """Items that take exactly these bytes of a list."""

    def item(number: int, cost: int) -> Item:
        bare = replace(made.items[0], id=f"id-{number:02}", request={"x": ""})
        return replace(bare, request={"x": "x" * (cost - 1 - bare.size)})

    return [item(*numbered) for numbered in enumerate(costs)]


def overhead(made: Plan) -> int:
    """Bytes of a batch without its items, with a comma and the longest numbers."""
    return strictjson.size(made._batch([], 9999, 9999).to_json()) + 2


@pytest.mark.parametrize(("spare", "counts"), [(-1, [40, 1]), (0, [40, 1]), (1, [39, 2])])
def test_batch_is_filled_to_the_last_byte_of_its_room(spare: int, counts: list[int]) -> None:
    """The batch is the input of one state, together with the event, so it has less room than an execution."""
    made = planned(event(), glue(1))
    room = MAX_ITEM - strictjson.size(made.event) - overhead(made) + spare
    costs = [room // 40] * 39 + [room - room // 40 * 39, 100]
    (whole,) = made.pack(sized(made, costs))
    assert [len(batch.items) for batch in whole.input.batches] == counts
    for batch in whole.input.batches:
        assert strictjson.size({"event": made.event, "request": batch.to_json()["request"]}) <= MAX_ITEM


@pytest.mark.parametrize(("spare", "parts"), [(-1, 1), (0, 1), (1, 2)])
def test_execution_is_filled_to_the_last_byte_of_an_input(spare: int, parts: int) -> None:
    made = planned(event(), glue(1))
    routing = replace(made.routing, part="9999/9999").to_json()
    room = MAX_INPUT - strictjson.size({"event": made.event, "triggers": [], "routing": routing}) - len("null")
    rest = room - 2 * overhead(made) - 120_000 - 39 * 100 + spare
    executions = made.pack(sized(made, [120_000, rest, *[100] * 39]))
    assert len(executions) == parts
    assert sum(len(execution.input.triggers) for execution in executions) == 41
    assert all(strictjson.size(execution.input.to_json()) <= MAX_INPUT for execution in executions)


def test_routing_of_the_input_is_written_once_in_the_room() -> None:
    """A larger event leaves less room, byte for byte."""
    small, large = planned(event(), glue(1)), planned(event(x="y" * 1_000), glue(1))
    grown = strictjson.size(large.event) - strictjson.size(small.event)
    assert small._room().whole - large._room().whole == grown
    assert small._room().batch - large._room().batch == grown


def test_oversized_request_is_rejected_alone() -> None:
    triggers = [*glue(1), GlueJob(job_name="fat", arguments={"--x": "${blob}", "--y": "${blob}"}), *glue(1)]
    items = items_of(planned(event(blob="x" * 85_000), triggers))
    assert [item["type"] for item in items] == ["glue_job", "rejected", "glue_job"]
    assert items[1]["request"]["Error"] == "OversizedEventError"
    assert "glue_job fat: found a request of 170," in items[1]["request"]["Cause"]


@pytest.mark.parametrize(("size", "kind"), [(179_000, "glue_job"), (180_000, "rejected")])
def test_arguments_over_the_limit_of_glue_are_rejected_alone(size: int, kind: str) -> None:
    """StartJobRun refuses them."""
    items = items_of(planned(event(), [*glue(1, arguments={"--x": "x" * size}), StepFunction(arn=MACHINE)]))
    assert [item["type"] for item in items] == [kind, "step_function"]
    if kind == "rejected":
        assert items[0]["request"]["Error"] == "OversizedArgumentsError"
        assert "found arguments of 180,1" in items[0]["request"]["Cause"]
        assert "of which --source_artifacts has 2, expected at most 180,000" in items[0]["request"]["Cause"]


def test_oversized_event_is_refused_with_its_size() -> None:
    with pytest.raises(OversizedEventError, match=r"found 300,0\d\d bytes, expected at most 23\d,\d\d\d"):
        planned(event(blob="x" * 300_000), glue(1))


def test_unresolved_trigger_becomes_a_rejected_item() -> None:
    triggers: list[Trigger | InvalidTrigger] = [
        GlueJob(job_name="a", arguments={"--x": "${nowhere}"}),
        InvalidTrigger("workflows.j.on_success[1]", "ConfigError", "c" * 9000),
        GlueJob(job_name="b"),
    ]
    items = items_of(planned(event(), triggers))
    assert [(item["id"], item["type"]) for item in items] == [
        ("id-0", "rejected"),
        ("id-1", "rejected"),
        ("id-2", "glue_job"),
    ]
    assert items[0]["name"] == "a"
    assert items[0]["request"]["Error"] == "ResolutionError"
    assert len(items[1]["request"]["Cause"]) == MAX_CAUSE
    assert items[0]["declared"] == {"type": "glue_job", "name": "a"}
    assert "declared" not in items[1]


def test_run_ids_derive_from_event_and_trigger_id() -> None:
    triggers = [MwaaDag(environment_name="e", dag_id="d"), StepFunction(arn=f"{MACHINE}-2")]
    made = planned(event(), triggers)
    assert made.items[0].request["dag_run_id"] == f"{made.name}-id-0"
    assert made.items[1].request["Name"] == f"{made.name}-id-1"


def test_missing_mapped_field_gives_a_warning() -> None:
    mapping = {"a": "artifacts.a", "b": "nowhere"}
    result = planned(event(artifacts={"a": 1}), [MwaaDag(environment_name="e", dag_id="d", parameter_mapping=mapping)])
    conf = items_of(result)[0]["request"]["conf"]
    assert (conf["a"], "b" in conf) == (1, False)
    assert result.warnings == ["mwaa_dag d: the event has no field 'nowhere', so parameter 'b' was left out"]


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (1, False)])
def test_event_leaves_room_for_a_rejected_item(spare: int, fits: bool) -> None:
    """The last byte at which every trigger can at least be reported as rejected."""
    frame = strictjson.size(event(blob="").fields)
    of = event(blob="x" * (MAX_ITEM - MAX_REJECTED - frame + spare))
    if fits:
        (given,) = inputs(planned(of, glue(1)))
        assert given["event"] == of.fields
        return
    size = MAX_ITEM - MAX_REJECTED
    with pytest.raises(OversizedEventError, match=f"job j run r: found {size + 1:,} bytes, expected at most {size:,} "):
        planned(of, glue(1))


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize(("spare", "kind"), [(0, "glue_job"), (1, "rejected")])
def test_request_is_limited_to_the_last_byte_of_its_room(spare: int, kind: str, wait: bool) -> None:
    """A trigger that waits is a batch by itself, whose frame needs room too."""
    of = event(blob="y" * 90_000)  # the arguments alone stay within Glue's limit
    (empty,) = planned(of, [GlueJob(job_name="job", wait=wait, arguments={"--x": ""})]).items
    room = MAX_ITEM - strictjson.size(of.fields) - (2_500 if wait else 0)
    text = "x" * (room - empty.size + spare)
    (item,) = planned(of, [GlueJob(job_name="job", wait=wait, arguments={"--x": text})]).items
    assert item.type == kind


def test_waiting_trigger_of_the_largest_size_fits_its_batch() -> None:
    of = event(blob="y" * 90_000)
    (empty,) = planned(of, [GlueJob(job_name="job", wait=True, arguments={"--x": ""})]).items
    text = "x" * (MAX_ITEM - strictjson.size(of.fields) - 2_500 - empty.size)
    made = planned(of, [GlueJob(job_name="job", wait=True, arguments={"--x": text})])
    (given,) = inputs(made)
    (batch,) = given["triggers"]
    assert strictjson.size({"event": given["event"], "request": batch["request"]}) <= MAX_ITEM


def test_title_of_a_batch_names_the_trigger_that_waits() -> None:
    (given,) = inputs(planned(event(), [GlueJob(job_name="n" * 250, wait=True), *glue(1)]))
    assert [item["name"] for item in given["triggers"]] == ["job-0", f"glue_job {'n' * 200}, waits for its end"]


def test_plan_names_its_event_triggers_and_source() -> None:
    triggers = [GlueJob(job_name="a"), GlueJob(job_name="b", when={"x": [1]})]
    made = planned(event(), triggers)
    assert (made.name, made.event) == (execution_name("on_success", "j", "r"), event().fields)
    assert [item.name for item in made.items] == ["a"]
    assert [(skipped.id, skipped.name) for skipped in made.skipped] == [("id-1", "b")]
    assert made.routing.skipped == tuple(made.skipped)
    assert made.start_arn == f"{MACHINE}:7"


def test_topic_of_the_workflow_is_in_every_routing() -> None:
    topic = "arn:aws:sns:us-west-1:123456789012:failures"
    config = LoadedConfig({"workflows": {"j": {"notify": topic}}}, "s3://b/k", "v1", "id-1")
    made = plan(
        event(), [ConfiguredTrigger(f"id-{number}", one) for number, one in enumerate(glue(41))], config, SETTINGS, "r"
    )
    (given,) = inputs(made)
    assert given["routing"]["notify"] == topic
    assert [child["routing"]["notify"] for child in children(given)] == [topic, topic]
