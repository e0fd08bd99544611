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
from builder.machine.integrations import INTEGRATIONS

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


def ends(processor: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    """Every way through the item processor, and the status that its outcome ends with."""

    def walk(name: str, way: list[str]) -> Iterator[tuple[list[str], str]]:
        state, way = processor["States"][name], [*way, name]
        following = [choice["Next"] for choice in state.get("Choices", [])]
        following += [catch["Next"] for catch in state.get("Catch", [])]
        following += [state[key] for key in ("Default", "Next") if key in state]
        for after in following:
            yield from walk(after, way)
        if state.get("End"):
            written = state.get("ResultSelector") or state.get("Result") or state.get("Parameters") or {}
            right = state.get("ResultPath") == "$.outcome.result" and state.get("OutputPath") == "$.outcome"
            yield way, written.get("status", "none") if right else "lost"

    yield from walk(processor["StartAt"], [])


def test_every_way_ends_triggered_or_failed() -> None:
    ways = list(ends(ITEM))
    assert {status for _, status in ways} == {"TRIGGERED", "FAILED"}
    # Each type: success and failure; both startExecution states also find themselves started; rejected; unknown.
    assert len(ways) == 2 * len(INTEGRATIONS) + 2 + 2


@pytest.mark.parametrize("lost", ["ResultPath", "OutputPath", "Result"])
def test_walk_finds_a_lost_outcome(lost: str) -> None:
    broken = copy.deepcopy(ITEM)
    del broken["States"]["Record failure"][lost]
    assert {status for _, status in ends(broken)} - {"TRIGGERED", "FAILED"}


@pytest.mark.parametrize(("name", "state"), TASKS, ids=[name for name, _ in TASKS])
def test_every_task_catches_every_error(name: str, state: dict[str, Any]) -> None:
    last = state["Catch"][-1]
    assert last == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.outcome.error", "Next": "Record failure"}
    assert not any("States.ALL" in catch["ErrorEquals"] for catch in state["Catch"][:-1])
    assert state["TimeoutSeconds"] <= 90
    assert "InputPath" not in state


def test_choice_has_a_branch_for_every_type() -> None:
    choices = ITEM["States"][ITEM["StartAt"]]["Choices"]
    assert [choice["StringEquals"] for choice in choices] == [*INTEGRATIONS, "rejected"]
    assert {name for name, _ in TASKS} == {integration.state for integration in INTEGRATIONS.values()}


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
