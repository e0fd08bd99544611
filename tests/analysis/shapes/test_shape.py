"""Shapes of events: lookups, known paths, and the events that the configuration itself defines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.shapes.shape import UNKNOWN, EventShape, has_field, has_path, joined, known_paths, published
from orchestration.configuration.joins import join_event
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.step_function import StepFunction

FIELDS: dict[str, Any] = {
    "job_name": "j",
    "artifacts": {"files": ["a", {"x": 1}], "null": None, "dq:score": 1, "output": UNKNOWN},
    "a.b": 1,
}


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("job_name", True),
        ("artifacts", True),
        ("artifacts.files.0", True),
        ("artifacts.files.1.x", True),
        ("artifacts.files.2", False),
        ("artifacts.files.x", False),
        ("artifacts.null", True),
        ("artifacts.null.x", False),
        ('artifacts."dq:score"', True),
        ('artifacts.files."0"', False),
        ("artifacts.output.any.thing", True),
        ("a.b", False),
        ('"a.b"', True),
        ("job_name.x", False),
        ("jobname", False),
    ],
)
def test_path_is_known_as_the_router_reads_it(path: str, known: bool) -> None:
    assert has_path(FIELDS, path) is known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("job_name", True),
        ("artifacts", False),
        ("artifacts.files", True),
        ("artifacts.files.x", True),
        ("artifacts.null", True),
        ("artifacts.output.any", True),
        ("a.b", True),
        ("a", False),
        ("job_name.x", False),
    ],
)
def test_field_of_a_condition_is_known_by_its_flat_name(name: str, known: bool) -> None:
    assert has_field(FIELDS, name) is known


def test_known_paths_can_be_written_in_a_template() -> None:
    found = known_paths(FIELDS)
    assert {"artifacts.files.1.x", 'artifacts."dq:score"', '"a.b"'} <= set(found)
    assert all(has_path(FIELDS, path) for path in found)


def test_known_paths_have_a_limit() -> None:
    assert len(known_paths({f"f{number}": number for number in range(5_000)})) == 2_000


def published_by_the_machine() -> list[dict[str, Any]]:
    text = (Path(__file__).parents[3] / "statemachines" / "downstream_orchestrator_waiting.asl.json").read_text()
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "event_type" in value:
                found.append(value)
            for item in value.values():
                walk(item)

    walk(json.loads(text))
    return found


def test_published_shape_equals_the_message_of_the_machine() -> None:
    messages = published_by_the_machine()
    assert messages
    shape = published(GlueJob(job_name="g", wait=True, publish=True), "p").fields
    for message in messages:
        assert {key.removesuffix(".$") for key in message} == set(shape)
        assert (message["metrics"], shape["metrics"]) == ({}, {})


def test_output_of_a_nested_execution_is_unknown() -> None:
    arn = "arn:aws:states:us-west-1:123456789012:stateMachine:m"
    assert published(StepFunction(arn=arn, wait=True, publish=True), "p").fields["artifacts"] is UNKNOWN
    assert published(GlueJob(job_name="g", wait=True, publish=True), "p").fields["artifacts"] == {}


@pytest.mark.parametrize("missing", [[], ["b"]])
def test_event_of_a_join_has_the_routers_fields(missing: list[str]) -> None:
    arrival = EventShape(source="a.json", fields={"job_name": "a", "artifacts": {"p": 1}}, recorded=True)
    (shape,) = joined("j", ["a", "b"], {"a": [arrival]}, expired=bool(missing))
    event = join_event("j", "k", {"a": {"job_name": "a", "artifacts": {"p": 1}}, "b": {}}, missing)
    assert set(shape.fields) == set(event)
    assert has_path(shape.fields, "upstream.a.artifacts.p")
    assert has_path(shape.fields, "artifacts.a.p")
    assert has_path(shape.fields, "upstream.b.any")
    assert not has_path(shape.fields, "upstream.c")


def test_join_has_an_event_for_each_set_of_arrivals() -> None:
    events = [EventShape(source=f"{n}", fields={"n": n, f"f{n}": n}, recorded=True) for n in range(3)]
    shapes = joined("j", ["a", "b"], {"a": events, "b": events[:1]}, expired=False)
    assert [has_path(shape.fields, "upstream.a.f1") for shape in shapes] == [False, True, False]
    assert all(has_path(shape.fields, "upstream.b.f0") for shape in shapes)
