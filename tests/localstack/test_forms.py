"""Every interpreter agrees on the forms that ``path_forms.py`` accepts, and one differs on each that it refuses."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from builder.machine import path_forms
from local.engine.engine import run_engine
from tests.localstack.interpreters import ROLE
from tests.localstack.server import LocalStack
from tests.node_programs import NodeProgram

GIVEN: dict[str, Any] = {
    "one": [{"b": "x", "s": "F"}],
    "two": [{"b": "x", "s": "F"}, {"b": "y", "s": "T"}],
    "failed": [{"b": "x"}, {"b": "y", "error": {"E": "1"}}],
    "nested": {"inner": {"b": 1}},
    "text": "a-b:c",
}
STATUSES = """States.ArrayContains(States.StringSplit(States.JsonToString({}), '"'), 'F')"""

AGREED = (
    "$.one",
    "$.one[0]",
    "$.one[0].b",
    "$.two[1].b",
    "$['one'][0]['b']",
    "$.one[*]",
    "$.two[*]",
    "$.one[0:2]",
    "$.two[0:2]",
    "States.ArrayGetItem($.one, 0)",
    "States.ArrayLength($.one)",
    "States.Array($.one[0].b)",
    "States.JsonToString($.two[*].b)",
    "States.StringSplit($.text, '-')",
    "States.Format('{} {}', $.text, $.one[0].b)",
    STATUSES.format("$.one[*].s"),
    STATUSES.format("$.two[*].s"),
)
"""Forms that the gate accepts. Each interpreter gives the same value."""

REFUSED = (
    "$.one[*].b",
    "$.one[0:2].b",
    "$.two[-1:].b",
    "$.nested..b",
    "$.nested.*",
    "$.one[?(@.error)]",
    "$.failed[?(@.error)].b",
    "States.ArrayGetItem($.one[*].b, 0)",
    "States.ArrayLength($.one[*].b)",
    "States.ArrayContains($.one[*].s, 'F')",
    "States.StringSplit($.text, '-:')",
)
"""Forms that the gate refuses. At least one interpreter gives another value, or fails."""

TEXT_ONLY = "States.JsonToString($.one[*].b)"
"""A form that the gate accepts for messages: only the brackets around one name differ."""


def definition(form: str) -> dict[str, Any]:
    state = {"Type": "Pass", "Parameters": {"outcomes": {"value.$": form}}, "End": True}
    return {"StartAt": "P", "States": {"P": state}}


def on_service(client: Any, form: str) -> str:
    """JSON text of the form's value, or the error."""
    name = f"form-{uuid.uuid4().hex[:12]}"
    arn = client.create_state_machine(name=name, definition=json.dumps(definition(form)), roleArn=ROLE)
    started = client.start_execution(stateMachineArn=arn["stateMachineArn"], input=json.dumps(GIVEN), name=name)
    deadline = time.monotonic() + 30
    while (described := client.describe_execution(executionArn=started["executionArn"]))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    if described["status"] != "SUCCEEDED":
        return f"{described['status']} {described.get('error', '')}"
    return json.dumps(json.loads(described["output"])["outcomes"]["value"])


def on_second(second: NodeProgram, form: str) -> str:
    """JSON text of the form's value, or the error."""
    answer = second.ask({"definition": definition(form), "input": GIVEN, "context": {}, "script": {}})
    if answer["status"] != "SUCCEEDED":
        return f"{answer['status']} {answer['error']}"
    return json.dumps(answer["outcomes"]["value"])


@pytest.fixture(scope="module")
def embedded() -> Iterator[Any]:
    with run_engine("us-west-1") as engine:
        yield engine.client("stepfunctions")


def values(embedded: Any, second: NodeProgram, server: LocalStack, form: str) -> set[str]:
    return {on_service(embedded, form), on_second(second, form), on_service(server.client(), form)}


@pytest.mark.parametrize("form", AGREED)
def test_agreed_form(embedded: Any, second: NodeProgram, server: LocalStack, form: str) -> None:
    assert list(path_forms.problems_of(form)) == []
    (value,) = values(embedded, second, server, form)
    assert "FAILED" not in value


@pytest.mark.parametrize("form", REFUSED)
def test_refused_form(embedded: Any, second: NodeProgram, server: LocalStack, form: str) -> None:
    assert list(path_forms.problems_of(form)) != []
    assert len(values(embedded, second, server, form)) > 1


def test_event_id_is_text_on_every_interpreter(embedded: Any, second: NodeProgram, server: LocalStack) -> None:
    assert values(embedded, second, server, "$.one[0].b") == {'"x"'}


def test_text_of_a_list_differs_by_brackets(embedded: Any, second: NodeProgram, server: LocalStack) -> None:
    assert list(path_forms.problems_of(TEXT_ONLY)) == []
    assert values(embedded, second, server, TEXT_ONLY) == {json.dumps('["x"]'), json.dumps('"x"')}


def test_filter_that_matches_is_a_list(embedded: Any, second: NodeProgram, server: LocalStack) -> None:
    """The one filter of the definition: its state runs only after a failure."""
    form = "$.failed[?(@.error)]"
    assert values(embedded, second, server, form) == {json.dumps([GIVEN["failed"][1]])}
    assert ("Collect failed triggers", "$.outcomes[?(@.error)]") in path_forms.NEVER_EMPTY
