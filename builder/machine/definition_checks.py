"""Checks for definitions that AWS refuses or fails on, but public linters accept. Each check is one function.

Each check takes a definition's text and its parsed form, and yields problems. ``python -m builder --check`` runs them on
the committed state machine. ``tests/builder/machine/definition_linters.py`` has broken variants, on which these checks and the
public ones are tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from builder.machine import path_forms
from orchestration.values import strictjson

MAX_DEFINITION = 1_048_576
"""Bytes (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)."""

MAX_NAME = 80
"""Characters of a state's name (as above)."""

_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector")

Check = Callable[[str, Any], Iterator[str]]


def problems(text: str) -> list[str]:
    """All problems of the definition ``text``."""
    try:
        definition = strictjson.loads(text)
    except strictjson.StrictJSONError as error:
        return [f"the definition: {error}"]
    return [problem for check in CHECKS for problem in check(text, definition)]


def size(text: str, definition: Any) -> Iterator[str]:
    """The definition is within its quota."""
    if len(text.encode()) >= MAX_DEFINITION:
        yield f"the definition has {len(text.encode()):,} bytes, expected at most {MAX_DEFINITION - 1:,}"


def repeated_keys(text: str, definition: Any) -> Iterator[str]:
    """No object has a duplicate key, which would silently lose the first value."""
    wrong = strictjson.first_invalid(definition)
    if wrong is not None:
        yield f"the definition contains {wrong.reason}"


def names(text: str, definition: Any) -> Iterator[str]:
    """State names are unique over the whole definition, short enough, and printable ASCII."""
    seen: set[str] = set()
    for name, _, _ in _states(definition):
        if len(name) > MAX_NAME:
            yield f"state {name!r} has {len(name)} characters, expected at most {MAX_NAME}"
        if not (name.isascii() and name.isprintable()):
            yield f"state {name!r} has characters beyond printable ASCII"
        if name in seen:
            yield f"state {name!r} appears twice: the console cannot distinguish them"
        seen.add(name)


def transitions(text: str, definition: Any) -> Iterator[str]:
    """Every transition leads to a state of the same level, and every state is reached."""
    for where, machine in _machines(definition, "the definition"):
        reached = {machine.get("StartAt")}
        for name, state in machine["States"].items():
            for target in _targets(state):
                reached.add(target)
                if target not in machine["States"]:
                    yield f"state {name!r} leads to {target!r}, which is not in {where}"
        if machine.get("StartAt") not in machine["States"]:
            yield f"{where} starts at {machine.get('StartAt')!r}, which does not exist"
        for name in machine["States"].keys() - reached:
            yield f"state {name!r} is never reached"


def ends(text: str, definition: Any) -> Iterator[str]:
    """Every state has either Next or End."""
    for name, state, _ in _states(definition):
        ways = [key for key in ("Next", "End") if key in state]
        if state.get("Type") not in ("Choice", "Succeed", "Fail") and len(ways) != 1:
            yield f"state {name!r} has {' and '.join(ways) or 'neither Next nor End'}, expected one of them"


def states_all(text: str, definition: Any) -> Iterator[str]:
    """``States.ALL`` is alone, in the last retrier or catcher, as AWS requires."""
    for name, state, _ in _states(definition):
        for field in ("Retry", "Catch"):
            rules = state.get(field, [])
            for number, rule in enumerate(rules):
                errors = rule.get("ErrorEquals", [])
                if "States.ALL" in errors and (len(errors) > 1 or number < len(rules) - 1):
                    yield f"state {name!r}: States.ALL in {field}[{number}] is not alone, or not last"


def plain_keys(text: str, definition: Any) -> Iterator[str]:
    """The key of a path or an intrinsic ends in ``.$``; otherwise the service receives it as text."""
    for name, state, _ in _states(definition):
        for field in _TEMPLATES:
            for key, value in _leaves(state.get(field, {})):
                dynamic = value.startswith(("$.", "$$.", "$[", "States.")) or value == "$"
                if dynamic and not key.endswith(".$"):
                    yield f"state {name!r}: {field}.{key} is {value!r}, a path under a key without '.$'"
                if key.endswith(".$") and not dynamic:
                    yield f"state {name!r}: {field}.{key} is {value!r}, expected a path or an intrinsic"


def caught(text: str, definition: Any) -> Iterator[str]:
    """Every Task has a timeout and catches every error, so that a failed trigger does not stop the others."""
    for name, state, _ in _states(definition):
        if state.get("Type") != "Task":
            continue
        if "TimeoutSeconds" not in state:
            yield f"task {name!r} has no TimeoutSeconds"
        if not any(rule.get("ErrorEquals") == ["States.ALL"] for rule in state.get("Catch", [])):
            yield f"task {name!r} does not catch every error"


def forms(text: str, definition: Any) -> Iterator[str]:
    """Every interpreter gives the same value for each path and intrinsic function."""
    yield from path_forms.disagreeing_forms(_states(definition))


CHECKS: tuple[Check, ...] = (size, repeated_keys, names, transitions, ends, states_all, plain_keys, caught, forms)


def _machines(machine: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The definition and the item processors within it."""
    if not isinstance(machine, dict) or not isinstance(machine.get("States"), dict):
        return
    yield where, machine
    for name, state in machine["States"].items():
        if isinstance(state, dict) and "ItemProcessor" in state:
            yield from _machines(state["ItemProcessor"], f"the item processor of {name!r}")


def _states(definition: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    for where, machine in _machines(definition, "the definition"):
        for name, state in machine["States"].items():
            if isinstance(state, dict):
                yield name, state, where


def _targets(state: dict[str, Any]) -> Iterator[str]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for rule in (*state.get("Choices", []), *state.get("Catch", [])):
        if "Next" in rule:
            yield rule["Next"]


def _leaves(template: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a payload template, with its key."""
    if isinstance(template, dict):
        for name, value in template.items():
            yield from _leaves(value, name)
    elif isinstance(template, list):
        for value in template:
            yield from _leaves(value, key)
    elif isinstance(template, str):
        yield key, template
