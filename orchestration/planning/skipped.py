"""Separates the triggers whose condition ``when`` the event does not meet, and explains each with a field and its value."""

from __future__ import annotations

import json
from collections.abc import Sequence

from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.errors import ConditionError
from orchestration.input.routing import Skipped
from orchestration.triggers import Trigger
from orchestration.values import strictjson
from orchestration.values.condition_fields import Budget, beginnings
from orchestration.values.conditions import MAX_STEPS, Evaluation, Rule
from orchestration.values.strictjson import Json, JsonObject

MAX_RECORDED = 16_384
"""Bytes of ``routing.skipped``. Every input of the event has it, next to event and triggers."""

_MAX_TEXT = 160
"""Characters of a value, or of the accepted values, in a reason."""

_MAX_REASON = 1_000

_NOTHING = "nothing"

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def split(
    triggers: Sequence[ConfiguredTrigger], event: JsonObject, max_steps: int = MAX_STEPS
) -> tuple[list[ConfiguredTrigger], list[Skipped]]:
    """The triggers to start, and those whose condition the event does not meet.

    Invalid triggers have no condition. Each condition has an equal share of ``max_steps``, so that none takes the steps of
    another; a trigger whose condition needs more is rejected.
    """
    selected, skipped = [], []
    share = steps_for_each(triggers, max_steps)
    for configured in triggers:
        trigger = configured.trigger
        try:
            reason = _mismatch(_condition(configured), event, Budget(share))
        except ConditionError as error:
            selected.append(ConfiguredTrigger(configured.id, _rejected(trigger, error)))
            continue
        if isinstance(trigger, InvalidTrigger) or not reason:
            selected.append(configured)
        else:
            skipped.append(Skipped(id=configured.id, type=trigger.TYPE, name=trigger.target_name(), reason=reason))
    return selected, skipped


def steps_for_each(triggers: Sequence[ConfiguredTrigger], max_steps: int = MAX_STEPS) -> int:
    """The share of ``max_steps`` that each condition of an event's triggers has."""
    return max_steps // max(1, sum(1 for configured in triggers if _condition(configured)))


def _condition(configured: ConfiguredTrigger) -> JsonObject:
    return {} if isinstance(configured.trigger, InvalidTrigger) else configured.trigger.when


def _rejected(trigger: Trigger | InvalidTrigger, error: ConditionError) -> InvalidTrigger:
    if isinstance(trigger, InvalidTrigger):
        return trigger
    name = trigger.target_name()
    cause = f"{trigger.TYPE} {name:.200}: {error}"
    return InvalidTrigger(name, type(error).__name__, cause, (trigger.TYPE, name))


def recorded(skipped: Sequence[Skipped]) -> tuple[tuple[Skipped, ...], int]:
    """``skipped`` of an execution's ``routing``, and the number of those that have no room."""
    kept: list[Skipped] = []
    size = 0
    for trigger in skipped:
        size += strictjson.size(trigger.to_json()) + 1
        if size > MAX_RECORDED:
            break
        kept.append(trigger)
    return tuple(kept), len(skipped) - len(kept)


def mismatch(pattern: JsonObject, event: JsonObject, max_steps: int = MAX_STEPS) -> str:
    """The reason why the event does not match, with a field and its value; empty if it matches."""
    try:
        return _mismatch(pattern, event, Budget(max_steps))
    except ConditionError as error:
        return str(error)


def _mismatch(pattern: JsonObject, event: JsonObject, budget: Budget) -> str:
    if not pattern:
        return ""
    evaluation = Evaluation(pattern, event, budget)
    if evaluation.matches():
        return ""
    reasons: dict[str, None] = {}
    try:
        for rule in evaluation.rules:
            reasons[_reason(rule, event, evaluation)] = None
            if sum(map(len, reasons)) > _MAX_REASON:
                break
    except ConditionError:
        reasons[f"the rest of the reason would take more than {budget.limit:,} steps"] = None
    return "; or ".join(reasons)[:_MAX_REASON]


def _reason(rule: Rule, event: JsonObject, evaluation: Evaluation) -> str:
    """The first field that does not match by itself; else the pattern needs one list element with all the fields."""
    for name, matchers in rule.items():
        if not evaluation.meets({name: matchers}):
            value = _shown(event, name, evaluation.budget)
            return f"{name}: found {value:.{_MAX_TEXT}}, expected {strictjson.dumps(matchers):.{_MAX_TEXT}}"
    return "no single list element matches " + ", ".join(rule)


def _shown(node: Json, name: str | None, budget: Budget) -> str:
    """The value of a field, as JSON text, of which the first ``_MAX_TEXT`` characters count. None is the node itself."""
    budget.spend(1)
    if name is None:
        return _text(node)
    if isinstance(node, list):
        shown = dict.fromkeys(_shown(element, name, budget) for element in node[:_MAX_TEXT])
        return ", ".join(shown) or "an empty list"
    if isinstance(node, dict):
        for key in beginnings(name):
            rest = name[len(key) + 1 :] if len(key) < len(name) else None
            value = _shown(node[key], rest, budget) if key in node else _NOTHING
            if value != _NOTHING:
                return value
    return _NOTHING


def _text(value: Json) -> str:
    """The beginning of the value as JSON. Each reason needs little of a value, which may be as large as the event."""
    text = ""
    for piece in _ENCODER.iterencode(value[:_MAX_TEXT] if isinstance(value, str) else value):
        text += piece
        if len(text) > _MAX_TEXT:
            break
    return text
