"""The isolation matrix: every trigger type, fault and position, run on the embedded engine."""

from __future__ import annotations

import functools
import itertools
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from local.engine.faults import Fault
from orchestration.triggers import BY_TYPE
from tests.contract.service_models import operation
from tests.state_machine.harness import REQUESTS, Machine, identified, trigger
from tests.trigger_types import TYPE_CASES

CASES = {kind: cases.machine for kind, cases in TYPE_CASES.items()}
TAKES_ANY_RESULT = {kind for kind, case in CASES.items() if case.takes_any_result}
FAULTS = (
    "target missing",
    "access denied",
    "throttled twice",
    "throttled for ever",
    "server error",
    "timeout",
    "malformed response",
    "invalid request",
)
POSITIONS = {"first": 0, "middle": len(CASES) // 2, "last": len(CASES) - 1}
CELLS = list(itertools.product(CASES, FAULTS, POSITIONS))
TIMEOUT = 2.0


@functools.cache
def loses_id(kind: str) -> bool:
    """True if the SDK reads a malformed answer as one without an id. It refuses malformed XML itself."""
    protocol = operation(BY_TYPE[kind].INTEGRATION.resource).service_model.protocol
    return "json" in protocol and kind not in TAKES_ANY_RESULT


@dataclass(frozen=True)
class Cell:
    """Expected result of the faulted trigger.

    Attributes:
        calls: of its service's operation, retries included.
    """

    status: str
    calls: int


def fault_of(kind: str, what: str) -> Fault | None:
    return {
        "target missing": None,
        "access denied": Fault(status=403, code="AccessDeniedException"),
        "throttled twice": Fault(status=CASES[kind].throttled_status, code=CASES[kind].throttled, times=2),
        "throttled for ever": Fault(status=CASES[kind].throttled_status, code=CASES[kind].throttled),
        "server error": Fault(status=500, code=CASES[kind].server_error),
        "timeout": Fault(delay=TIMEOUT * 1.25),
        "malformed response": Fault(status=200, body='{"unfinished": '),
        "invalid request": Fault(status=400, code=CASES[kind].invalid_request),
    }[what]


def expected(kind: str, what: str) -> Cell:
    """Expected result, from the hand-written cases: the type's declarations are under test."""
    if what in CASES[kind].triggered:
        return Cell("TRIGGERED", 1)
    if what == "throttled twice":
        return Cell("TRIGGERED", 3)
    return Cell("FAILED", CASES[kind].attempts.get(what, 1))


def error_of(kind: str, what: str) -> str:
    """Prefix of the error's name."""
    case = CASES[kind]
    if what in ("server error", "malformed response") and case.unknown_error:
        return case.unknown_error
    if what == "malformed response" and not loses_id(kind):
        return f"{case.error_prefix.partition('.')[0]}.SdkClientException"
    special = {"timeout": "States.Timeout", "malformed response": "States.Runtime"}
    if what == "throttled for ever" and case.throttled_error:
        return case.throttled_error
    if what == "target missing" and case.missing_error:
        return case.missing_error
    return special.get(what, case.error_prefix)


@dataclass(frozen=True)
class CellRun:
    """One cell after its execution.

    Attributes:
        triggers: the items of the execution's input.
        described: the ended execution.
        outcomes: one for each item.
        calls: of the faulted service's operation.
    """

    triggers: list[dict[str, Any]]
    described: dict[str, Any]
    outcomes: list[dict[str, Any]]
    calls: int


def run_cell(machine: Machine, kind: str, what: str, position: str) -> CellRun:
    """Run one trigger of each type, of which the one of ``kind`` meets the fault ``what``."""
    others = [trigger(other, other) for other in REQUESTS if other != kind]
    case = CASES[kind]
    changes = dict(case.missing) if what == "target missing" else {}
    changes |= identified(kind, f"{what}-{position}")
    triggers = [*others[: POSITIONS[position]], trigger(kind, "faulted", **changes), *others[POSITIONS[position] :]]
    fault, faults, operation = fault_of(kind, what), machine.engine.patch_context.faults, CASES[kind].operation
    with ExitStack() as stack:
        if fault is None:
            faults.calls.clear()
        else:
            stack.enter_context(faults.inject(operation, fault))
        described, outcomes = machine.run(triggers)
        calls = faults.calls[operation]
    return CellRun(triggers, described, outcomes, calls)
