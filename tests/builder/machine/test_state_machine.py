"""Properties of the state machine that no local engine would show, because AWS is stricter."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from builder.machine import state_machine
from builder.machine.definition import PLACEHOLDERS
from builder.machine.integrations import INTEGRATIONS, variants

DEFINITION = state_machine.build()
TEXT = json.dumps(DEFINITION)
MAP = DEFINITION["States"]["Start every trigger"]
ITEM = MAP["ItemProcessor"]


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


ALL = list(states(DEFINITION))
TASKS = [(name, state) for name, state in ALL if state["Type"] == "Task"]


LOOKS = {"Look for the Glue job run", "Look for an earlier Glue job run"}
GLUE_STARTS = ("Start Glue job run", "Start Glue job run with JobRunQueuingEnabled")
AMBIGUOUS = {
    **dict.fromkeys(GLUE_STARTS, ("$.event", "Wait until Glue lists the job run")),
    **dict.fromkeys(LOOKS, ("$.look", "Note that the Glue job run is unknown")),
}
"""Task state to the place of an ambiguous error and the state that follows it."""


def ends(processor: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    """Every way through the item processor, and the status that its outcome ends with."""

    def walk(name: str, way: list[str]) -> Iterator[tuple[list[str], str]]:
        state, way = processor["States"][name], [*way, name]
        following = [choice["Next"] for choice in state.get("Choices", [])]
        following += [catch["Next"] for catch in state.get("Catch", [])]
        following += [state[key] for key in ("Default", "Next") if key in state]
        for after in following:
            if after not in way:  # a refused start leads back to the start, a bounded number of times
                yield from walk(after, way)
        if state.get("End"):
            written = state.get("ResultSelector") or state.get("Result") or state.get("Parameters") or {}
            right = state.get("ResultPath") == "$.outcome.result" and state.get("OutputPath") == "$.outcome"
            yield way, written.get("status", "none") if right else "lost"

    yield from walk(processor["StartAt"], [])


def test_every_way_ends_triggered_or_failed() -> None:
    ways = list(ends(ITEM))
    assert {status for _, status in ways} == {"TRIGGERED", "FAILED"}
    plain = [way for way, _ in ways if not any("Glue job run" in name for name in way)]
    # Each other type: success and failure; both startExecution states also find themselves started; rejected; unknown.
    assert len(plain) == 2 * (len(INTEGRATIONS) - 1) + 2 + 2


@pytest.mark.parametrize("lost", ["ResultPath", "OutputPath", "Result"])
def test_walk_finds_a_lost_outcome(lost: str) -> None:
    broken = copy.deepcopy(ITEM)
    del broken["States"]["Record failure"][lost]
    assert {status for _, status in ends(broken)} - {"TRIGGERED", "FAILED"}


@pytest.mark.parametrize(("name", "state"), TASKS, ids=[name for name, _ in TASKS])
def test_every_task_catches_every_error(name: str, state: dict[str, Any]) -> None:
    last = state["Catch"][-1]
    assert last["ErrorEquals"] == ["States.ALL"]
    place, following = AMBIGUOUS.get(name, ("$.outcome.error", "Record failure"))
    assert (last["ResultPath"], last["Next"]) == (place, following)
    assert not any("States.ALL" in catch["ErrorEquals"] for catch in state["Catch"][:-1])
    assert state["TimeoutSeconds"] <= 90
    assert "InputPath" not in state


def test_choice_has_a_branch_for_every_type() -> None:
    choices = ITEM["States"][ITEM["StartAt"]]["Choices"]
    plain = [choice["StringEquals"] for choice in choices if "StringEquals" in choice]
    assert plain == [*INTEGRATIONS, "rejected"]
    starts = {variant.state for integration in INTEGRATIONS.values() for _, variant in variants(integration)}
    assert {name for name, _ in TASKS} == starts | LOOKS


def test_placeholders_are_the_declared_ones() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == PLACEHOLDERS - {"job_events_topic_arn", "router_arn"}
    assert TEXT.count("${") == len(re.findall(r"\$\{\w+\}", TEXT))


def test_names_are_for_people_and_within_the_quota() -> None:
    names = [name for name, _ in ALL]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 80 and " " in name for name in names)


def test_map_item_is_read_only_in_the_item_selector() -> None:
    selector = json.dumps(MAP["ItemSelector"])
    assert TEXT.count("$$.Map.Item") == selector.count("$$.Map.Item") == 5


def test_json_path_only() -> None:
    assert "QueryLanguage" not in TEXT
    assert "{%" not in TEXT


def test_concurrency_is_chosen() -> None:
    assert MAP["MaxConcurrency"] == 40


def test_success_fails_closed() -> None:
    verdict = DEFINITION["States"]["Did every trigger start?"]
    assert verdict["Default"] == "Collect failed triggers"
    (choice,) = verdict["Choices"]
    assert {"Variable": "$.any_failed", "IsPresent": True} in choice["And"]
    assert {"Variable": "$.any_failed", "BooleanEquals": False} in choice["And"]


def test_the_fail_state_takes_plain_paths() -> None:
    assert DEFINITION["States"]["Some triggers failed"] == {
        "Type": "Fail",
        "ErrorPath": "$.error",
        "CausePath": "$.cause",
    }


def test_both_states_of_an_optional_parameter_differ_in_it_alone() -> None:
    """So a run without the setting keeps the job's own, and each way takes one transition of the Choice."""
    plain, queuing = (copy.deepcopy(ITEM["States"][name]) for name in GLUE_STARTS)
    assert queuing["Parameters"].pop("JobRunQueuingEnabled.$") == "$.request.JobRunQueuingEnabled"
    assert plain == queuing
    rules = ITEM["States"][ITEM["StartAt"]]["Choices"]
    ways = [rule["Next"] for rule in rules]
    assert ways[:3] == ["Look for an earlier Glue job run", GLUE_STARTS[1], GLUE_STARTS[0]]
    assert {"Variable": "$.request.JobRunQueuingEnabled", "IsPresent": True} in rules[1]["And"]
    assert {"Variable": "$.request.look_for", "IsPresent": True} in rules[0]["And"]


@pytest.mark.parametrize("name", GLUE_STARTS)
def test_start_of_glue_is_repeated_after_refusals_only(name: str) -> None:
    """The list is hand-written. StartJobRun has no idempotency token."""
    state = ITEM["States"][name]
    assert state["Resource"] == "arn:aws:states:::aws-sdk:glue:startJobRun"
    assert [retry["ErrorEquals"] for retry in state["Retry"]] == [
        ["Glue.ConcurrentRunsExceededException", "Glue.ResourceNumberLimitExceededException"],
        ["Glue.ThrottlingException"],
    ]
    definite, _ = state["Catch"]
    assert definite["Next"] == "Record failure"
    assert set(definite["ErrorEquals"]) == {
        "Glue.ConcurrentRunsExceededException",
        "Glue.ResourceNumberLimitExceededException",
        "Glue.ThrottlingException",
        "Glue.AccessDeniedException",
        "Glue.EntityNotFoundException",
        "Glue.InvalidInputException",
    }


def test_looks_are_15_and_60_seconds_after_the_start() -> None:
    look = ITEM["States"]["Look for the Glue job run"]
    assert ITEM["States"]["Wait until Glue lists the job run"]["Seconds"] == 15
    again = look["Retry"][0]
    assert (again["IntervalSeconds"], again["MaxAttempts"], "JitterStrategy" in again) == (60 - 15, 1, False)
    assert look["Catch"][1] == {
        "ErrorEquals": ["GlueRunUnknown"],
        "ResultPath": "$.outcome.error",
        "Next": "Record failure",
    }


def test_absent_run_alone_starts_the_job_again() -> None:
    for name in LOOKS:
        back = [catch["ErrorEquals"] for catch in ITEM["States"][name]["Catch"] if "Note" not in catch["Next"]]
        assert back == [["GlueRunAbsentError"], ["GlueRunUnknown"]]
    assert (
        ITEM["States"]["Look for an earlier Glue job run"]["Catch"][0]["Next"] == "Which way to start the Glue job run?"
    )
    limit = ITEM["States"]["Was the start refused before?"]["Choices"][0]
    assert {"Variable": "$.refused.count", "NumericGreaterThanEquals": 2} in limit["And"]
