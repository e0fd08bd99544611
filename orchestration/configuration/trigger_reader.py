"""Reads one trigger of a configuration, with every problem of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE, Trigger
from orchestration.values.placeholders import fill
from orchestration.values.validation import ValidationProblem, describe, new_problems, read, valid_fields

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject


def read_trigger(entry: Json, path: str, settings: Settings) -> tuple[Trigger | None, list[ValidationProblem]]:
    """Read and check one trigger; returns the trigger, or None and every problem."""
    entry, problems = fill(entry, path, settings)
    if not isinstance(entry, dict):
        message = f"found {describe(entry)}, expected a trigger object with a 'type'"
        return None, [ValidationProblem(path, message, code="wrong-type")]
    kind = entry.get("type")
    cls = BY_TYPE.get(kind) if isinstance(kind, str) else None
    if cls is None:
        what = describe(kind) if "type" in entry else "nothing"
        message = f"found {what}, expected one of: {', '.join(BY_TYPE)}"
        written = kind if isinstance(kind, str) else ""
        options = tuple(BY_TYPE)
        unknown = ValidationProblem(f"{path}.type", message, found=written, options=options, code="unknown-type")
        return None, [*problems, unknown]
    fields = {key: value for key, value in entry.items() if key != "type"}
    trigger, wrong = read(cls, fields, path)
    problems += new_problems(wrong, problems)
    if trigger is not None:
        problems += new_problems(trigger.check(path, settings), problems)
    else:
        problems += new_problems(_despite(cls, fields, path, settings), problems)
    return (None if problems else trigger), problems


def _despite(cls: type[Trigger], fields: JsonObject, path: str, settings: Settings) -> Iterator[ValidationProblem]:
    """Problems of the valid fields of a trigger that cannot be read, so that one problem does not hide others."""
    valid = valid_fields(cls, fields)
    # A trigger needs its required fields to be checked. Problems of the stand-ins are not reported.
    stand_ins = {key: value for key, value in cls.EXAMPLE.items() if key not in valid and key != "type"}
    whole, _ = read(cls, {**stand_ins, **valid}, path)
    for problem in whole.check(path, settings) if whole is not None else ():
        field_name = re.split(r"[.\[]", problem.path.removeprefix(f"{path}."), maxsplit=1)[0]
        if field_name not in stand_ins:
            yield problem
