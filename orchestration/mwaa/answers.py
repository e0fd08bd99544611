"""Reads answers of MWAA's ``InvokeRestApi``, and trusts none: a proxy, a login page or another release may answer.

An answer that is not Airflow's ends in ``MwaaAnswerError``, which names the call and the value found.
Source: docs.aws.amazon.com/mwaa/latest/API/API_InvokeRestApi.html (the two fields of an answer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from botocore.parsers import ResponseParserError

from orchestration.errors import MwaaAnswerError

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

UNREADABLE = (ResponseParserError, AttributeError, TypeError, KeyError, ValueError, RecursionError)
"""Errors of botocore's parser for a body that is not an object: it has a class for some of them only."""

_SHOWN = 300
"""Characters of an unexpected answer in an error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Airflow's answer to one call.

    Attributes:
        call: the call and the environment, for errors.
        status: HTTP status of Airflow's REST API.
        body: parsed JSON, or text.
    """

    call: str
    status: int
    body: Json

    @property
    def succeeded(self) -> bool:
        """True for 2xx. The body may still be another one than Airflow's."""
        return 200 <= self.status < 300

    def is_run(self, dag_id: str, dag_run_id: str) -> None:
        """Check that the body is this DAG run.

        Raises:
            MwaaAnswerError: it is not.
        """
        run = self._fields()
        if (run.get("dag_id"), run.get("dag_run_id")) != (dag_id, dag_run_id):
            raise self.unexpected(f"DAG {dag_id} and run {dag_run_id} in 'dag_id' and 'dag_run_id'")

    def is_paused(self, dag_id: str) -> bool:
        """Return True if the DAG that the body describes is paused.

        Raises:
            MwaaAnswerError: the body does not describe this DAG.
        """
        dag = self._fields()
        paused = dag.get("is_paused")
        # Airflow 2 documents null as a possible value.
        if dag.get("dag_id") != dag_id or "is_paused" not in dag or not isinstance(paused, bool | None):
            raise self.unexpected(f"DAG {dag_id} in 'dag_id', and true or false in 'is_paused'")
        return bool(paused)

    def run_ids(self) -> tuple[list[str], int]:
        """Ids on one page of a DAG's runs, and the number of its runs.

        Raises:
            MwaaAnswerError: the body is not such a page.
        """
        page = self._fields()
        runs, total = page.get("dag_runs"), page.get("total_entries")
        if not isinstance(runs, list) or not _count(total):
            raise self.unexpected("a list 'dag_runs' and a number 'total_entries'")
        values = [run.get("dag_run_id") if isinstance(run, dict) else None for run in runs]
        ids = [run_id for run_id in values if isinstance(run_id, str)]
        if len(ids) < len(runs):
            raise self.unexpected("a DAG run with 'dag_run_id' in each element of 'dag_runs'")
        return ids, total

    def unexpected(self, expected: str) -> MwaaAnswerError:
        """The error for an answer that is not Airflow's."""
        return MwaaAnswerError(f"{self.call}: found {self.status} and {shown(self.body)}, expected {expected}")

    def _fields(self) -> JsonObject:
        if not isinstance(self.body, dict):
            raise self.unexpected("an object")
        return self.body


def read_answer(call: str, answer: Json) -> Answer:
    """Read ``{RestApiStatusCode, RestApiResponse}``.

    Args:
        call: the call and the environment, for errors.
        answer: parsed result, or parsed error, of ``InvokeRestApi``.

    Raises:
        MwaaAnswerError: it has no HTTP status.
    """
    fields = answer if isinstance(answer, dict) else {}
    status = fields.get("RestApiStatusCode")
    if type(status) is not int or not 100 <= status <= 599:
        raise MwaaAnswerError(f"{call}: found {shown(answer)}, expected an HTTP status in 'RestApiStatusCode'")
    return Answer(call, status, fields.get("RestApiResponse"))


def shown(value: Json) -> str:
    """The beginning of a value, in an error."""
    if isinstance(value, dict):
        value = {key: field for key, field in value.items() if key != "ResponseMetadata"}
    try:
        text = value if isinstance(value, str) else repr(value)
    except RecursionError:
        text = "a value that is nested too deeply"
    kind = "HTML " if text.lstrip()[:1] == "<" else ""
    return f"{kind}{text[:_SHOWN]!r}" if isinstance(value, str) else text[:_SHOWN]


def _count(value: Json) -> TypeGuard[int]:
    return type(value) is int and value >= 0
