"""Writes ``docs/quotas.md``: the largest execution of the router, compared with Step Functions' quotas.

All values are computed from the registry's retries and the router's limits; this module measures nothing.
``tests/state_machine/test_quotas.py`` measures the same execution on the engine.
"""

from __future__ import annotations

from builder.machine.integrations import INTEGRATIONS, LOOK_UPS
from orchestration.planning.items import MAX_INPUT, MAX_ITEM, MAX_TRIGGERS
from orchestration.triggers._start_look_up import StartLookUp
from orchestration.triggers.base import ServiceIntegration
from orchestration.values import strictjson
from orchestration.values.strictjson import JsonObject

HISTORY = 25_000
PAYLOAD = 262_144
CAUSE = 32_768
"""Characters of a Fail state's cause (docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html)."""

LONG_CAUSE = 4_096
"""Characters of a long cause of one trigger. Causes of AWS services have a few hundred."""

LONG_NAME = 256

LONG_ID = 64

_ITEM_EVENTS = 5
"""MapIterationStarted and -Succeeded, StateEntered and -Exited of the Choice, and StateEntered of the Task."""
_ATTEMPT_EVENTS = 4
"""TaskScheduled, TaskStarted, TaskFailed, and one in reserve."""
_FAILED_EVENTS = 3
"""StateExited of the Task, and StateEntered and -Exited of the Pass state that records the failure."""
_LOOK_EVENTS = 14
"""StateEntered and -Exited of the states of a look: both Wait states, the look, two Choices, the Pass, and the next start."""
_FRAME_EVENTS = 13
"""ExecutionStarted, four of the Map, two of the Choice, four of both Pass states, FailStateEntered, ExecutionFailed."""


def most_attempts(integration: ServiceIntegration) -> int:
    """Attempts of the type's Task if it uses up every retrier, one after the other."""
    return 1 + sum(retry.max_attempts for retry in integration.retries)


def rounds(look_up: StartLookUp | None) -> int:
    """Number of times that a trigger enters its Task, with one more for each refusal."""
    return 1 if look_up is None else 1 + look_up.restarts


def most_seconds(integration: ServiceIntegration, look_up: StartLookUp | None = None) -> int:
    """Seconds of a trigger if every attempt times out and every retrier and wait is used up."""
    looks = 0
    if look_up is not None:
        looks = rounds(look_up) * (look_up.wait_seconds + most_seconds(look_up.look))
        looks += look_up.restarts * look_up.restart_seconds
    return looks + rounds(look_up) * _seconds_of_task(integration)


def _seconds_of_task(integration: ServiceIntegration) -> int:
    waits = 0.0
    for retry in integration.retries:
        for attempt in range(retry.max_attempts):
            waits += min(retry.interval_seconds * retry.backoff**attempt, retry.max_delay_seconds or float("inf"))
    return int(waits) + most_attempts(integration) * integration.timeout_seconds


def most_events(integration: ServiceIntegration, count: int, look_up: StartLookUp | None = None) -> int:
    """History events of an execution with ``count`` triggers of the type, each failing after every retry and look."""
    looks = 0 if look_up is None else _LOOK_EVENTS + _ATTEMPT_EVENTS * most_attempts(look_up.look)
    item = _ITEM_EVENTS + rounds(look_up) * (_ATTEMPT_EVENTS * most_attempts(integration) + looks) + _FAILED_EVENTS
    return _FRAME_EVENTS + count * item


def failed_outcomes(count: int) -> list[JsonObject]:
    """Outcomes of ``count`` triggers that all failed with a long name and a long cause."""
    error: JsonObject = {"Error": "Glue.ConcurrentRunsExceededException", "Cause": "c" * LONG_CAUSE}
    outcome: JsonObject = {
        "id": "i" * LONG_ID,
        "type": "step_function",
        "name": "n" * LONG_NAME,
        "error": error,
        "result": {"status": "FAILED"},
    }
    return [{"index": index, **outcome} for index in range(count)]


def longest_cause(count: int) -> int:
    """Maximum characters of each cause so that ``count`` failed outcomes fit into the Map's output."""
    spare = PAYLOAD - strictjson.size({"outcomes": failed_outcomes(count), "any_failed": True})
    return LONG_CAUSE + spare // count


def cause_size(count: int) -> int:
    """Characters of the cause for ``count`` failures: all names, ids and errors, two in full, and fixed text."""
    outcomes = failed_outcomes(count)
    names = strictjson.dumps([outcome["name"] for outcome in outcomes])
    ids = strictjson.dumps([outcome["id"] for outcome in outcomes])
    errors = strictjson.dumps(["Glue.ConcurrentRunsExceededException"] * count)
    full = strictjson.dumps([outcome["error"] for outcome in outcomes[:2]])
    return len(names) + len(ids) + len(errors) + len(full) + 600


def build() -> str:
    """The page, as Markdown."""
    events_of = {kind: most_events(one, MAX_TRIGGERS, LOOK_UPS.get(kind)) for kind, one in INTEGRATIONS.items()}
    worst = max(events_of, key=lambda kind: events_of[kind])
    events = events_of[worst]
    outcomes = strictjson.size({"outcomes": failed_outcomes(MAX_TRIGGERS), "any_failed": True})
    types = "\n".join(
        f"| `{kind}` | {rounds(LOOK_UPS.get(kind)) * most_attempts(one)} | {most_seconds(one, LOOK_UPS.get(kind)):,} | "
        f"{events_of[kind]:,} |"
        for kind, one in INTEGRATIONS.items()
    )
    return f"""# Limits

Written by `python -m builder`; do not edit. The router puts at most {MAX_TRIGGERS} triggers into one execution. More
triggers become batches: items that start one more execution each, for up to {MAX_TRIGGERS} triggers. Only an event that
exceeds one input with all its triggers has several executions. The table shows the worst case. Every trigger uses up its
retries and fails. Its cause has {LONG_CAUSE:,} characters, and its name has {LONG_NAME}.

| Quota of Step Functions | Limit | The largest execution | Share |
|---|---|---|---|
| events in an execution's history | {HISTORY:,} | {events:,} (all `{worst}`) | {events / HISTORY:.0%} |
| bytes of the Map's output | {PAYLOAD:,} | {outcomes:,} | {outcomes / PAYLOAD:.0%} |
| characters of the execution's cause | {CAUSE:,} | {cause_size(MAX_TRIGGERS):,} | {cause_size(MAX_TRIGGERS) / CAUSE:.0%} |
| bytes of the execution's input | {PAYLOAD:,} | {MAX_INPUT:,}, limited by the router | {MAX_INPUT / PAYLOAD:.0%} |
| bytes of one item's event and request | {PAYLOAD:,} | {MAX_ITEM:,}, limited by the router | {MAX_ITEM / PAYLOAD:.0%} |

| Type | Most attempts of one trigger | Most seconds | History events of {MAX_TRIGGERS} such triggers |
|---|---|---|---|
{types}

With {MAX_TRIGGERS} failures, causes of up to {longest_cause(MAX_TRIGGERS):,} characters each fit. Longer causes would end the
execution without an explanation (`States.DataLimitExceeded`). AWS services write a few hundred characters. The
`mwaa_dag` function writes at most about two thousand, including its stack trace. The router cuts its causes to 2,000 bytes.

An execution without failures takes two transitions for each trigger and three more: {2 * MAX_TRIGGERS + 3} for
{MAX_TRIGGERS} triggers.

`.venv/bin/pytest tests/state_machine/test_quotas.py` measures this execution on the engine.
`.venv/bin/python -m bench.scale` runs 1 to 5,000 triggers.
"""
