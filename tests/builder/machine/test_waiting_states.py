"""The definition with the states that wait: the same as the plain one for every other trigger, and as strict.

``tests/state_machine/test_waiting.py`` runs the states.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.machine import state_machine
from builder.machine.definition import PLACEHOLDERS, render
from builder.machine.integrations import variants
from builder.machine.waiting_states import RUN
from orchestration.triggers import REGISTRY, WaitingTrigger
from tests.builder.machine.definition_linters import gates
from tests.node_programs import running

PLAIN, WAITING = state_machine.build(), state_machine.build(waiting=True)
TEXT = json.dumps(WAITING)
MAP = "Start every trigger"
ITEM = WAITING["States"][MAP]["ItemProcessor"]
FILLED = render(
    TEXT,
    {
        "glue_run_function_arn": "arn:aws:lambda:us-west-1:1:function:g",
        "mwaa_dag_function_arn": "arn:aws:lambda:us-west-1:1:function:f",
        "job_events_topic_arn": "arn:t",
    },
)


def test_triggers_that_do_not_wait_take_the_same_states() -> None:
    """Same states and transitions, so the same price; the Choice has more rules, before the others."""
    plain, waiting = PLAIN["States"][MAP]["ItemProcessor"], ITEM
    first = plain["StartAt"]
    assert waiting["StartAt"] == first
    assert {name: waiting["States"][name] for name in plain["States"] if name != first} == {
        name: state for name, state in plain["States"].items() if name != first
    }
    rules = waiting["States"][first]["Choices"]
    added = [trigger for trigger in REGISTRY if issubclass(trigger, WaitingTrigger) for _ in variants(trigger.RUN)]
    assert rules[len(added) :] == plain["States"][first]["Choices"]
    for rule, trigger in zip(rules, added, strict=False):
        assert {"Variable": "$.request.wait", "IsPresent": True} in rule["And"]
        assert {"Variable": "$.outcome.type", "StringEquals": trigger.TYPE} in rule["And"]
    outer = {name: state for name, state in WAITING["States"].items() if name != MAP}
    assert outer == {name: state for name, state in PLAIN["States"].items() if name != MAP}


def ends(name: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Status of the outcome at the end of every way without a loop."""
    state = ITEM["States"][name]
    following = [choice["Next"] for choice in state.get("Choices", [])]
    following += [catch["Next"] for catch in state.get("Catch", [])]
    following += [state[key] for key in ("Default", "Next") if key in state]
    for after in following:
        if after not in seen:
            yield from ends(after, seen | {name})
    if state.get("End"):
        written = state.get("ResultSelector") or state.get("Result") or state.get("Parameters") or {}
        right = state.get("ResultPath") == "$.outcome.result" and state.get("OutputPath") == "$.outcome"
        yield written.get("status", "none") if right else "lost"


def test_every_way_ends_triggered_or_failed() -> None:
    assert set(ends(ITEM["StartAt"])) == {"TRIGGERED", "FAILED"}


def test_every_task_has_a_timeout_and_catches_every_error() -> None:
    for name, state in ITEM["States"].items():
        if state["Type"] == "Task":
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name
            assert state["TimeoutSeconds"] <= (172_800 if "to its end" in name else 90), name


def test_result_of_a_run_never_stands_next_to_the_event() -> None:
    """Both together could exceed a state's output, which no state can catch."""
    for name, state in ITEM["States"].items():
        if "$.Output" in json.dumps(state.get("ResultSelector", {})):
            assert state["ResultPath"] == RUN == "$.event", name


def test_waiting_starts_the_run_as_the_plain_state_does() -> None:
    for trigger in REGISTRY:
        if issubclass(trigger, WaitingTrigger):
            for (_, waits), (_, starts) in zip(variants(trigger.RUN), variants(trigger.INTEGRATION), strict=True):
                run, plain = ITEM["States"][waits.state], ITEM["States"][starts.state]
                assert run["Parameters"] == plain["Parameters"]
                # Only optimized integrations wait. Glue's other state has the names of the SDK for Java 2.
                assert run["Resource"].startswith(f"{plain['Resource'].replace(':aws-sdk:', ':')}.sync")


def test_run_is_not_started_again_after_a_late_error() -> None:
    """Glue does not deduplicate, so only errors of StartJobRun are retried. Executions are deduplicated by name."""
    (retry,) = ITEM["States"]["Run Glue job to its end"]["Retry"]
    assert retry["ErrorEquals"] == [
        "Glue.ConcurrentRunsExceededException",
        "Glue.ResourceNumberLimitExceededException",
    ]
    nested = ITEM["States"]["Run nested execution to its end"]
    assert "States.ALL" not in [error for retry in nested["Retry"] for error in retry["ErrorEquals"]]


def test_placeholders_are_the_declared_ones() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == PLACEHOLDERS - {"router_arn"}
    assert TEXT.count("${") == len(re.findall(r"\$\{\w+\}", TEXT))


@pytest.mark.parametrize("gate", ["own", "statelint", "moto"])
def test_definition_passes(gate: str) -> None:
    assert gates(None)[gate](FILLED) == []


def test_definition_passes_asl_validator() -> None:
    with running("validate.mjs") as validator:
        assert gates(validator)["asl-validator"](FILLED) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def limit_of_texts() -> str:
    """The text with which the definition compares an output."""
    rules = ITEM["States"]["Did the run succeed, and is it published?"]["Choices"][0]["And"]
    (rule,) = (rule for rule in rules if rule["Variable"] == "$.event.output")
    text: str = rule["StringGreaterThanEquals"]
    return text


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_output_that_is_no_object_sorts_before_the_limit(value: Any, ascii_only: bool, indent: int | None) -> None:
    """The text of a JSON object sorts after every other JSON text."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert (text >= limit_of_texts()) is isinstance(value, dict)


def test_missing_output_is_not_an_object() -> None:
    assert min("", limit_of_texts()) == ""
