"""The limits of a DAG run's conf and id, in one place, for the router and for ``orchestrator validate``.

JSON allows values that Airflow, its database or the path to it does not accept. Such a trigger would start, and its DAG run
would never run. The limits hold for every Airflow version that the tests use, with PostgreSQL, which MWAA has.
``tests/trigger_types/dag_conf.json`` has the values; the router, ``event_dispatcher`` and Airflow are tested against it.
Reasons: docs/airflow.md, "Accepted conf", and docs/adr/0019-one-contract-for-conf.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.errors import AirflowValueError
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.values.strictjson import Json, JsonObject

MAX_LEVELS = 120
"""Levels of a conf: objects, lists and the innermost value."""

MIN_NUMBER = -(2**63)

DISPATCHER = "event_dispatcher"
"""Id of the DAG that starts the runs of ``sqs_mwaa`` triggers."""

XCOM_KEYS = frozenset(
    {"__classname__", "__type", "__var", "__source", "__version__", "__data__", "__id__", "__cache__"}
)
"""Keys by which Airflow's XCom recognizes a serialized object (airflow/serialization and airflow/sdk/serde)."""

RESERVED_RUN_IDS = (
    "scheduled__",
    "backfill__",
    "dataset_triggered__",
    "asset_triggered__",
    "asset_materialization__",
    "operator_triggered__",
)
"""Beginnings of run ids that the REST API of an Airflow version refuses (airflow/utils/types.py, DagRunType)."""

_NUL = ("\x00", "which PostgreSQL does not store")
_NO_SQS_CHARACTER = "which SQS refuses"
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfLimits:
    """Limits of one path to a DAG run.

    Attributes:
        max_number: largest number. The smallest one is ``MIN_NUMBER``.
        reserved_keys: keys that no object may have, at any level.
        characters: each refused character, and the reason.
    """

    max_number: int
    reserved_keys: frozenset[str] = frozenset()
    characters: tuple[tuple[str, str], ...] = (_NUL,)


REST_API = ConfLimits(max_number=2**64 - 1)
"""Of ``mwaa_dag``. Airflow 3 passes the conf to its tasks in MessagePack, whose integers have 64 bits."""

# SQS: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (MessageBody)
QUEUE = ConfLimits(
    max_number=2**63 - 1,
    reserved_keys=XCOM_KEYS,
    characters=(_NUL, ("\ufffe", _NO_SQS_CHARACTER), ("\uffff", _NO_SQS_CHARACTER)),
)
"""Of ``sqs_mwaa``. ``event_dispatcher`` passes the conf to the task that starts the run through XCom."""


def check_conf(conf: JsonObject, limits: ConfLimits, where: str) -> None:
    """Refuse a resolved conf that the path does not accept.

    Args:
        conf: the conf of one DAG run.
        limits: limits of the path.
        where: place of the conf for the error, as ``sqs_mwaa my_dag: conf``.

    Raises:
        AirflowValueError: the first problems of the conf.
    """
    if not _within(conf, limits):
        problems = list(conf_problems(conf, limits, where))
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise AirflowValueError("; ".join(map(str, problems[:_SHOWN])) + more)


def check_run_id(dag_run_id: str, where: str) -> None:
    """Refuse a run id that Airflow reserves for another kind of run.

    Args:
        dag_run_id: the id, which begins with the job's name.
        where: the trigger, for the error.

    Raises:
        AirflowValueError: the id begins with a reserved word.
    """
    if dag_run_id.startswith(RESERVED_RUN_IDS):
        raise AirflowValueError(
            f"{where}: dag_run_id: found {dag_run_id!r}, but Airflow reserves ids that begin with "
            f"{dag_run_id.partition('__')[0]}__. The id begins with the job's name. Rename the job, or use sqs_mwaa"
        )


def _within(conf: Json, limits: ConfLimits) -> bool:
    """Return True if the conf has no problem. Every event passes here, so the function keeps no paths."""
    reserved, high = limits.reserved_keys, limits.max_number
    refused = [character for character, _ in limits.characters]
    level: list[Json] = [conf]
    for _ in range(MAX_LEVELS):
        following: list[Json] = []
        texts: list[str] = []
        for value in level:
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, dict):
                if not reserved.isdisjoint(value):
                    return False
                texts += value
                following += value.values()
            elif isinstance(value, list):
                following += value
            elif isinstance(value, int | float) and not MIN_NUMBER <= value <= high:
                return False
        joined = "".join(texts)
        if any(character in joined for character in refused):
            return False
        if not following:
            return True
        level = following
    return False


def conf_problems(value: Json, limits: ConfLimits, path: str, level: int = 1) -> Iterator[ValidationProblem]:
    """Every problem of a conf, or of one value in it.

    Args:
        value: the conf, or a value at ``level``.
        limits: limits of the path to the DAG run.
        path: place of the value.
        level: 1 for the conf itself.
    """
    if level > MAX_LEVELS:
        message = f"found more than {MAX_LEVELS} levels, expected at most {MAX_LEVELS}"
        yield ValidationProblem(path, message, code="conf-value")
    elif isinstance(value, str):
        yield from _characters(value, limits, path, "found")
    elif isinstance(value, dict):
        yield from key_problems(value, limits, path)
        for key, item in value.items():
            yield from conf_problems(item, limits, f"{path}.{key}", level + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from conf_problems(item, limits, f"{path}[{index}]", level + 1)
    elif isinstance(value, int | float) and not MIN_NUMBER <= value <= limits.max_number:
        yield ValidationProblem(
            path,
            f"found {value!r:.80}, expected a number from {MIN_NUMBER} to {limits.max_number}, which Airflow accepts. Send it as "
            "a string",
            code="conf-value",
        )


def key_problems(keys: Mapping[str, Json], limits: ConfLimits, path: str) -> Iterator[ValidationProblem]:
    """Problems of the keys of one object at ``path``."""
    for key in keys:
        if key in limits.reserved_keys:
            message = "a key that Airflow's XCom reserves. Rename it"
            yield ValidationProblem(f"{path}.{key}", message, at="key", code="conf-value")
        yield from _characters(key, limits, path, "found the key")


def _characters(text: str, limits: ConfLimits, path: str, beginning: str) -> Iterator[ValidationProblem]:
    for character, reason in limits.characters:
        if character in text:
            yield ValidationProblem(
                path,
                f"{beginning} {text!r:.80} with the character U+{ord(character):04X}, {reason}. Remove it",
                code="conf-value",
            )
