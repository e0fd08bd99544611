"""Test cases of a configuration: an event in ``NAME.event.json``, and what it starts in ``NAME.expected.json``."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.plans.event_files import EVENT, EXPECTED, EventText, decoded, only_event, read_bytes
from analysis.plans.event_plan import EventPlan, plan_event
from orchestration.configuration.loader import LoadedConfig
from orchestration.errors import EventError
from orchestration.settings import Settings
from orchestration.values import strictjson
from orchestration.values.strictjson import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One event and its expected result.

    Attributes:
        name: path without the suffix, relative to the folder of the cases.
        event: path of the event.
        expected: path of the expected result; the file may be missing.
    """

    name: str
    event: Path
    expected: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """Result of one case.

    Attributes:
        event: the event.
        plan: plan of the event.
        text: the result as the expected file should have it.
        problem: why the case fails, or empty.
        diff: lines of a unified diff from the expected to the real result.
    """

    case: Case
    event: EventText
    plan: EventPlan
    text: str
    problem: str = ""
    diff: tuple[str, ...] = ()


def find_cases(folder: Path) -> list[Case]:
    """The cases in a folder and its subfolders, by name.

    Raises:
        EventError: the folder does not exist or has no cases, or an expected result has no event.
    """
    if not folder.is_dir():
        raise EventError(f"{folder}: is not a folder. Name the folder of the files NAME{EVENT}.")
    cases = [
        Case(name=path.relative_to(folder).as_posix().removesuffix(EVENT), event=path, expected=_expected_path(path))
        for path in sorted(folder.rglob(f"*{EVENT}"))
    ]
    if not cases:
        raise EventError(f"{folder}: has no files NAME{EVENT}. Write one event, then run with --update.")
    known = {case.expected for case in cases}
    for path in sorted(folder.rglob(f"*{EXPECTED}")):
        if path not in known:
            raise EventError(
                f"{path}: has no event. Add {path.name.removesuffix(EXPECTED)}{EVENT}, or delete the file."
            )
    return cases


def run_case(case: Case, config: LoadedConfig, settings: Settings) -> CaseResult:
    """Plan the event of a case and compare the plan with the expected result.

    Raises:
        EventError: a file cannot be read.
    """
    event = only_event(str(case.event), read_bytes(case.event))
    plan = plan_event(event.text, config, settings, case.name)
    text = json.dumps(_result(plan), indent=2, ensure_ascii=False) + "\n"
    if not case.expected.exists():
        problem = f"{case.expected.name} is missing. Check the result, then run with --update"
        return CaseResult(
            case=case, event=event, plan=plan, text=text, problem=problem, diff=tuple(_diff("", text, case))
        )
    written = decoded(str(case.expected), read_bytes(case.expected))
    try:
        expected = strictjson.loads(written)
    except strictjson.StrictJSONError as error:
        return CaseResult(case=case, event=event, plan=plan, text=text, problem=f"{case.expected.name}: {error}")
    if expected == json.loads(text):
        return CaseResult(case=case, event=event, plan=plan, text=text)
    normalized = json.dumps(expected, indent=2, ensure_ascii=False, default=str) + "\n"
    problem = f"the event's result differs from {case.expected.name}"
    diff = tuple(_diff(normalized, text, case))
    return CaseResult(case=case, event=event, plan=plan, text=text, problem=problem, diff=diff)


def _result(plan: EventPlan) -> JsonObject:
    result: JsonObject = {"status": plan.status}
    skipped: JsonObject = {}
    if plan.skipped:
        skipped["skipped"] = [
            {"id": trigger.id, "name": trigger.name, "reason": trigger.reason} for trigger in plan.skipped
        ]
    joins: JsonObject = {"joins": [{**join} for join in plan.joins]} if plan.joins else {}
    if plan.status == "WOULD_JOIN":
        return result | skipped | joins
    if plan.reason:
        return result | {"reason": plan.reason} | skipped
    rejected = [item for item in plan.triggers if item.rejected]
    result |= {"event_kind": plan.event_kind}
    result["triggers"] = [item.to_json() for item in plan.triggers if not item.rejected]
    if rejected:
        result["rejected"] = [{"id": item.id, "name": item.name, **item.request} for item in rejected]
    result |= skipped | joins
    return result | ({"warnings": [*plan.warnings]} if plan.warnings else {})


def _diff(before: str, after: str, case: Case) -> Iterator[str]:
    old, new = before.splitlines(), after.splitlines()
    yield from difflib.unified_diff(old, new, f"expected {case.expected.name}", "result", lineterm="", n=4)


def _expected_path(event: Path) -> Path:
    return event.with_name(event.name.removesuffix(EVENT) + EXPECTED)
