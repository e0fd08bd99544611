"""Identities of an event: execution names and downstream run ids.

A name is computed from the identity alone: knowing job and run
is knowing the execution. A name can be used once, so names are also the ledger of replays.
Quota: an execution's name has at most 80 characters, and CloudWatch Logs accepts ``[A-Za-z0-9_-]``
(docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
"""

from __future__ import annotations

import base64
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

MAX_GENERATION = 999
"""Highest generation of a trigger, so that a downstream run id has at most 80 characters."""

_DIGEST_IN_RUN_ID = 12
"""Characters of the digest that stands for a trigger id in a downstream run id. An id that stands there itself is shorter."""

_OTHER_NAME = re.compile(r"(?:.*-)?r[0-9]+|[bp][0-9]+")
"""Ids after which a downstream run id would read as another name: of a generation, a batch or a part."""


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

    No two pairs of trigger id and generation have one run id, and no run id is the name of an execution, because each can be
    read back: the generation is the number after the last ``-r``, and no id that stands in a run id ends like one. A digest
    is longer than every such id. The name before it ends in 16 hexadecimal digits, which an id has no room for.

    Args:
        name: name of the event's execution.
        trigger_id: id of the trigger in that execution.
        generation: attempt of the last replay that started a new run on purpose, or 0. Other replays keep the id, so that a
            target which started although the call failed is not started twice. At most ``MAX_GENERATION``.
    """
    return f"{name}-{_short(trigger_id)}" + (f"-r{generation}" if generation else "")


def _short(trigger_id: str) -> str:
    """The id itself if it is short and reads as nothing else; otherwise its digest of 60 bits."""
    if len(trigger_id) < _DIGEST_IN_RUN_ID and not _OTHER_NAME.fullmatch(trigger_id):
        return trigger_id
    sha256 = hashlib.sha256(trigger_id.encode()).digest()
    return base64.b32encode(sha256).decode().lower()[:_DIGEST_IN_RUN_ID]


def _name(job_name: str, job_run_id: str, identity: list[str]) -> str:
    parts = (_readable(job_name, 24), _readable(job_run_id, 20), digest(strictjson.dumps(identity), 16))
    return "-".join(part for part in parts if part)


def _readable(text: str, length: int) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", text)[:length].strip("-")


def digest(text: str, length: int) -> str:
    """The first ``length`` hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]
