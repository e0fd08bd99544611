"""Identities of an event: execution names and downstream run ids.

A name is computed from the identity alone: knowing job and run
is knowing the execution. A name can be used once, so names are also the ledger of replays.
Quota: an execution's name has at most 80 characters, and CloudWatch Logs accepts ``[A-Za-z0-9_-]``
(docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
"""

from __future__ import annotations

import hashlib
import re

from orchestration.values import strictjson

TRIGGER_ID = r"[A-Za-z0-9_-]{1,64}"
"""Regular expression of a trigger id in the configuration."""

MAX_NAME = 72
"""Characters of an execution's name."""

BATCH_PREFIX = "batch:"
"""Prefix of the id of a batch. A trigger id has no colon, so the two never collide."""

EXECUTION_ARGUMENT = "--triggered_by_execution"
"""Argument of a Glue job run with the downstream run id, which no two starts share. The same values of all other arguments are
no identity: two equal entries of a list have them."""

_MAX_ID_IN_RUN_ID = 12
"""Characters of a trigger id in a downstream run id, which has at most 80 characters in all."""


def execution_name(event_kind: str, job_name: str, job_run_id: str) -> str:
    """Name of an event's execution: a readable part, then a digest that makes it unique."""
    return _name(job_name, job_run_id, [event_kind, job_name, job_run_id])


def name_prefix(job_name: str, job_run_id: str = "") -> str:
    """Beginning of the names of all executions of a job, or of a job's run; other jobs may share it."""
    return "-".join(filter(None, (_readable(job_name, 24), _readable(job_run_id, 20))))


def replay_name(event_kind: str, job_name: str, job_run_id: str, trigger_id: str, attempt: int) -> str:
    """Name of a trigger's replay execution. ``attempt`` counts from 1."""
    return f"{_name(job_name, job_run_id, [event_kind, job_name, job_run_id, trigger_id])}-r{attempt}"


def part_name(name: str, number: int) -> str:
    """Name of the execution ``number`` of an event that exceeds one input; the first one has the event's name."""
    return name if number == 1 else f"{name}-p{number}"


def batch_name(name: str, number: int) -> str:
    """Name of the execution of the event's batch ``number``."""
    return f"{name}-b{number}"


def downstream_run_id(name: str, trigger_id: str, generation: int = 0) -> str:
    """Id of the run that a trigger starts. A target that deduplicates by it starts once.

    Args:
        name: name of the event's execution.
        trigger_id: id of the trigger in that execution.
        generation: attempt of the last replay with ``again``, or 0. Other replays keep the id, so that a target which
            started although the call failed is not started twice.
    """
    short = trigger_id if len(trigger_id) <= _MAX_ID_IN_RUN_ID else digest(trigger_id, _MAX_ID_IN_RUN_ID)
    return f"{name}-{short}" + (f"-r{generation}" if generation else "")


def _name(job_name: str, job_run_id: str, identity: list[str]) -> str:
    parts = (_readable(job_name, 24), _readable(job_run_id, 20), digest(strictjson.dumps(identity), 16))
    return "-".join(part for part in parts if part)


def _readable(text: str, length: int) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", text)[:length].strip("-")


def digest(text: str, length: int) -> str:
    """The first ``length`` hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]
