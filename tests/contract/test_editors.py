"""The schemas in VS Code's JSON service: errors are sentences, and each type has a snippet."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.errors import EventError
from orchestration.event.job_event import Delivery, read_event
from orchestration.triggers import REGISTRY, Trigger
from orchestration.values.strictjson import StrictJSONError, loads
from tests.invalid_case import InvalidCase
from tests.invalid_configs import INVALID_CONFIGS
from tests.node_programs import NodeProgram, running

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "orchestration" / "workflow_config.schema.json").read_text())
EVENT_SCHEMA = json.loads((ROOT / "orchestration" / "job_event.schema.json").read_text())
VALID = sorted([*(ROOT / "tests" / "configs").glob("valid-*.json"), *(ROOT / "docs" / "examples").glob("*.json")])
REGULAR_EXPRESSION = re.compile(r"\^|\\[sSdw]|\(\?|\[A-Z")


def by_schema(case: InvalidCase) -> bool:
    try:
        loads(case.text)
    except StrictJSONError:
        return False
    return not case.beyond_schema


@pytest.fixture(scope="module")
def service() -> Iterator[NodeProgram]:
    with running("json_service.mjs") as program:
        yield program


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_file_has_no_problem(service: NodeProgram, path: Path) -> None:
    assert service.ask({"schema": SCHEMA, "text": path.read_text()})["problems"] == []


@pytest.mark.parametrize(
    "case", [one for one in INVALID_CONFIGS.values() if by_schema(one)], ids=lambda case: case.name
)
def test_error_is_a_sentence(service: NodeProgram, case: InvalidCase) -> None:
    problems = service.ask({"schema": SCHEMA, "text": case.text})["problems"]
    assert problems
    for problem in problems:
        assert not REGULAR_EXPRESSION.search(problem["message"]), problem
        assert problem["message"][0].isupper()


def test_problem_stands_at_the_wrong_field(service: NodeProgram) -> None:
    text = '{"workflows": {"j": {"on_success": [\n{"type": "step_function",\n"arn": "load"}]}}}'
    (problem,) = service.ask({"schema": SCHEMA, "text": text})["problems"]
    assert (problem["line"], problem["text"]) == (2, '"load"')
    assert problem["message"].startswith("Expected the ARN of a state machine")


def test_new_entry_offers_a_snippet_of_each_type(service: NodeProgram) -> None:
    text = '{"workflows": {"j": {"on_success": []}}}'
    found = service.ask({"schema": SCHEMA, "text": text, "offset": text.index("[") + 1})["completions"]
    assert [one["label"].partition(":")[0] for one in found] == [trigger.TYPE for trigger in REGISTRY]


@pytest.mark.parametrize("trigger", REGISTRY, ids=[trigger.TYPE for trigger in REGISTRY])
def test_snippet_has_the_required_fields(trigger: type[Trigger]) -> None:
    (body,) = (
        one["body"] for one in SCHEMA["$defs"]["trigger"]["defaultSnippets"] if one["body"]["type"] == trigger.TYPE
    )
    fields = dataclasses.fields(trigger)
    required = {one.name for one in fields if one.default is one.default_factory is dataclasses.MISSING}
    assert set(body) == required | {"type"}
    filled = {name: re.sub(r"^\$\{\d+:(.*)\}$", r"\1", value) for name, value in body.items()}
    jsonschema.validate({"workflows": {"j": {"on_success": [filled]}}}, SCHEMA)


FIELD = (
    st.text(max_size=5) | st.none() | st.integers() | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
)
EVENTS = st.dictionaries(
    st.sampled_from(["job_name", "job_run_id", "status", "decision", "artifacts", "metrics", "x"]), FIELD
) | st.fixed_dictionaries(
    {"job_name": st.text(max_size=300), "job_run_id": st.text(max_size=600)},
    optional={"status": FIELD, "artifacts": FIELD, "metrics": FIELD, "$wait_seconds": st.floats(-10, 100) | FIELD},
)


@given(EVENTS)
def test_event_schema_and_reader_agree(event: dict[str, Any]) -> None:
    """The schema also wants a status or a decision, without which an event starts nothing."""
    try:
        read_event(Delivery(source="test", body=event))
        accepted = True
    except EventError:
        accepted = False
    found = jsonschema.Draft202012Validator(EVENT_SCHEMA).is_valid({"status": "SUCCESS"} | event)
    assert found == accepted


def test_event_schema_refuses_an_event_that_starts_nothing(service: NodeProgram) -> None:
    assert not jsonschema.Draft202012Validator(EVENT_SCHEMA).is_valid({"job_name": "j", "job_run_id": "r"})
    for event in (*EVENT_SCHEMA["examples"], json.loads((ROOT / "local" / "events" / "success.json").read_text())):
        assert service.ask({"schema": EVENT_SCHEMA, "text": json.dumps(event)})["problems"] == []
    long = {"job_name": "", "job_run_id": "r", "status": "SUCCESS"}
    (problem,) = service.ask({"schema": EVENT_SCHEMA, "text": json.dumps(long)})["problems"]
    assert problem["message"] == "Expected a text that is not empty."
