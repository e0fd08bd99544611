"""Outcomes of an execution's items, as the state machine writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject, object_at


class Outcome(NamedTuple):
    """Outcome of one item.

    Attributes:
        fields: ``{index, id, type, name, result: {status, id}}``; a failed item has ``error: {Error, Cause}``.
    """

    fields: JsonObject

    @property
    def id(self) -> str:
        """Id of the trigger; empty if an earlier release started the execution."""
        return _text(self.fields, "id")

    @property
    def type(self) -> str:
        """Type of the item."""
        return _text(self.fields, "type")

    @property
    def name(self) -> str:
        """Name of the target."""
        return _text(self.fields, "name")

    @property
    def status(self) -> str:
        """``TRIGGERED`` or ``FAILED``."""
        return _text(object_at(self.fields, "result"), "status")

    @property
    def run_id(self) -> str:
        """Id of the downstream run; empty if the item failed."""
        return str(object_at(self.fields, "result").get("id", ""))

    @property
    def error(self) -> str:
        """Name of the error; empty if the item started."""
        return _text(object_at(self.fields, "error"), "Error")

    @property
    def cause(self) -> str:
        """Cause of the error, as text."""
        cause = object_at(self.fields, "error").get("Cause", "")
        return cause if isinstance(cause, str) else strictjson.dumps(cause)

    @property
    def reason(self) -> str:
        """Error and cause of a failed item."""
        return f"{self.error}: {self.cause}".strip(": ")


def outcomes_of_output(output: str) -> list[Outcome]:
    """Outcomes in the output of an execution that succeeded."""
    return _outcomes(_parsed(output)) or []


def outcomes_of_history(events: Iterable[JsonObject]) -> list[Outcome]:
    """Outcomes in the history of an execution that ended otherwise.

    Args:
        events: the events of GetExecutionHistory, newest first; they are read until the outcomes are found.

    Returns:
        The input of the last Choice, because a Fail state has no output
        (docs.aws.amazon.com/step-functions/latest/dg/state-fail.html). An execution that stopped before that state has
        the outcomes of the items that had ended.
    """
    ended: dict[int, Outcome] = {}
    for event in events:
        entered = _outcomes(_parsed(_text(object_at(event, "stateEnteredEventDetails"), "input")))
        if entered is not None:
            return entered
        left = _parsed(_text(object_at(event, "stateExitedEventDetails"), "output"))
        index = left.get("index")
        if isinstance(index, int) and "result" in left:
            ended[index] = Outcome(left)
    return [ended[index] for index in sorted(ended)]


def to_json(outcomes: Sequence[Outcome]) -> list[Json]:
    """The outcomes in the router's response."""
    return [outcome.fields for outcome in outcomes]


def _outcomes(value: JsonObject) -> list[Outcome] | None:
    entries = value.get("outcomes")
    return [Outcome(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else None


def _parsed(text: str) -> JsonObject:
    value: Json = json.loads(text or "null")
    return value if isinstance(value, dict) else {}


def _text(fields: JsonObject, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""
