"""Starts a DAG run through MWAA's ``InvokeRestApi``, once, on Airflow 2 and 3.

Both versions accept a body with an explicit ``logical_date`` (2.x refuses null, 3.x requires the field) and a
deterministic ``dag_run_id``. With the id, Airflow answers a retry with 409. The client then looks the run up, because
Airflow also answers 409 if another run has this ``logical_date``.
Source: docs.aws.amazon.com/mwaa/latest/userguide/access-mwaa-apache-airflow-rest-api.html.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as UnreachableError

from orchestration.errors import DagRunRejectedError, MwaaAnswerError, MwaaUnavailableError, OrchestrationError
from orchestration.mwaa.answers import UNREADABLE, Answer, read_answer, shown

if TYPE_CHECKING:
    from orchestration.aws import AirflowClient
    from orchestration.values.strictjson import JsonObject

_MAX_PATH = 64
_MAX_DAG_ID = 50  # "/dags/{dag_id}/dagRuns"
_COLLISIONS = 3
_PAGES, _PAGE = 5, 100
_RETRYABLE = ("RestApiServerException", "ThrottlingException", "InternalServerException", "ServiceUnavailableException")
_LATER = (408, 429)
_LATER_CODES = (
    "Throttling",
    "TooManyRequestsException",
    "RequestTimeout",
    "RequestTimeoutException",
    "RequestLimitExceeded",
)
_ONE_CALL = 21.0
"""Maximum seconds of one call: five to connect, fifteen for the answer, one to spare."""

_ADVICE = {
    401: "Airflow does not know the Lambda's role. Check airflow:InvokeRestApi in its policy",
    403: "The Airflow role in the Lambda's policy (role/ENVIRONMENT/ROLE) may not start runs. Use User or Op",
    404: "Deploy the DAG, or correct dag_id in the configuration",
}


@dataclass(frozen=True, slots=True)
class MwaaClient:
    """Client for DAG runs of one MWAA environment.

    Attributes:
        client: boto3 MWAA client, in the environment's region.
        environment: the environment's name.
        now: the clock, for ``logical_date``.
        remaining_seconds: seconds until the caller's timeout; the client starts no call that might exceed it.
    """

    client: AirflowClient
    environment: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    remaining_seconds: Callable[[], float] = lambda: float("inf")

    def start(self, dag_id: str, dag_run_id: str, conf: JsonObject) -> str:
        """Start the DAG run, or find that it has started; returns its id.

        Raises:
            MwaaUnavailableError: 5xx, throttling or no answer; a retry is safe.
            MwaaAnswerError: an answer that is not Airflow's; a retry is safe.
            DagRunRejectedError: any other error; a retry does not help.
        """
        self._check(dag_id, dag_run_id)
        moment = self.now()
        for attempt in range(_COLLISIONS):
            logical_date = (moment + timedelta(milliseconds=attempt)).isoformat()
            answer = self._post(dag_id, dag_run_id, {"conf": conf, "logical_date": logical_date})
            if answer.succeeded or self._exists(dag_id, dag_run_id):
                return dag_run_id
        raise MwaaUnavailableError(
            f"MWAA environment {self.environment}: DAG {dag_id} answered 409 to {_COLLISIONS} logical dates and has no run "
            f"{dag_run_id} among its newest {_PAGES * _PAGE}"
        )

    def _post(self, dag_id: str, run: str, fields: JsonObject) -> Answer:
        """Ask Airflow for the run; returns the answer with the run, or with 409."""
        try:
            answer = self._call("POST", f"{_path(dag_id)}/dagRuns", Body={"dag_run_id": run, **fields})
            if answer.succeeded:
                answer.is_run(dag_id, run)
            elif answer.status != 409:
                raise self._failed(dag_id, answer)
        except MwaaUnavailableError as error:
            raise (MwaaUnavailableError(f"{error}. {_may_exist(dag_id, run)}") if error.sent else error) from None
        except MwaaAnswerError as error:
            raise MwaaAnswerError(f"{error}. {_may_exist(dag_id, run)}") from None
        return answer

    def _check(self, dag_id: str, dag_run_id: str) -> None:
        """Refuse a DAG that does not exist, is paused, or has an id too long for the API."""
        length = len(quote(dag_id, safe=""))
        if length > _MAX_DAG_ID:
            raise DagRunRejectedError(
                f"MWAA environment {self.environment}: DAG {dag_id} has {length} URL-encoded characters, expected at "
                f"most {_MAX_DAG_ID}. Use the trigger type sqs_mwaa, which has no such limit"
            )
        answer = self._call("GET", _path(dag_id))
        if not answer.succeeded:
            raise self._failed(dag_id, answer)
        # If the first attempt started the run, a retry must not fail because the DAG was paused since.
        if answer.is_paused(dag_id) and not self._exists(dag_id, dag_run_id):
            raise DagRunRejectedError(
                f"MWAA environment {self.environment}: DAG {dag_id} is paused, so its run would not start. Unpause it "
                f"(in Airflow's UI, or airflow dags unpause {dag_id}), then replay"
            )

    def _exists(self, dag_id: str, dag_run_id: str) -> bool:
        path = f"{_path(dag_id)}/dagRuns/{quote(dag_run_id, safe='')}"
        if len(path) <= _MAX_PATH:
            answer = self._call("GET", path)
            if answer.status == 404:
                return False
            if not answer.succeeded:
                raise self._failed(dag_id, answer)
            answer.is_run(dag_id, dag_run_id)
            return True
        seen = 0
        for _ in range(_PAGES):
            # Order by id: both versions have it, and unlike the dates of a queued run it is never null.
            query: JsonObject = {"limit": _PAGE, "offset": seen, "order_by": "-id"}
            answer = self._call("GET", f"{_path(dag_id)}/dagRuns", QueryParameters=query)
            if not answer.succeeded:
                raise self._failed(dag_id, answer)
            runs, total = answer.run_ids()
            if dag_run_id in runs:
                return True
            seen += len(runs)  # an environment may limit the page size
            if not runs or seen >= total:
                return False
        return False

    def _call(self, method: str, path: str, **arguments: JsonObject) -> Answer:
        """Call Airflow's REST API; returns its answer, even if it is an error."""
        call = f"MWAA environment {self.environment}: {method} {path}"
        if self.remaining_seconds() < _ONE_CALL:
            raise MwaaUnavailableError(
                f"MWAA environment {self.environment}: its web server answers too slowly. The Lambda's timeout is too "
                f"close for {method} {path}"
            )
        try:
            answer = self.client.invoke_rest_api(Name=self.environment, Path=path, Method=method, **arguments)
        except ClientError as error:
            return self._refusal(call, error)
        except UnreachableError as error:
            raise MwaaUnavailableError(
                f"MWAA environment {self.environment} (region {self.client.meta.region_name}) could not be reached: {error}. "
                "Check the region. For a private web server use the trigger type sqs_mwaa"
            ) from None
        except HTTPClientError as error:
            raise MwaaUnavailableError(f"{call}: no answer arrived: {error}", sent=True) from None
        except BotoCoreError as error:
            raise DagRunRejectedError(f"MWAA environment {self.environment}: {error}") from None
        except UNREADABLE as error:
            reason = f"{type(error).__name__}: {error}"
            raise MwaaAnswerError(f"{call}: the AWS SDK cannot read the answer ({reason:.200})") from None
        return read_answer(call, answer)

    def _refusal(self, call: str, error: ClientError) -> Answer:
        """The answer if Airflow refused the call; any other error is raised."""
        details = error.response
        code, text = (str(details["Error"].get(key, "")) for key in ("Code", "Message"))
        if code == "RestApiClientException":
            return read_answer(call, details)
        message = f"MWAA environment {self.environment}: {code}: {text}"
        status = details.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        if code in _RETRYABLE or code in _LATER_CODES or status >= 500 or status in _LATER:
            if "RestApiStatusCode" in details:
                message += f" Airflow answered {details['RestApiStatusCode']}: {shown(details.get('RestApiResponse'))}"
            sent = status >= 500 or code == "RestApiServerException"
            raise MwaaUnavailableError(message[:500], sent=sent) from None
        if status < 400:
            raise MwaaAnswerError(f"{call}: found HTTP status {status} and {shown(text)}, expected 200") from None
        if code == "ResourceNotFoundException":
            message += f" (region {self.client.meta.region_name}). Check environment_name and region"
        if code == "AccessDeniedException":
            message += (
                ". Allow airflow:InvokeRestApi to the Lambda. For a private web server use the trigger type sqs_mwaa"
            )
        raise DagRunRejectedError(message[:1000]) from None

    def _failed(self, dag_id: str, answer: Answer) -> OrchestrationError:
        message = f"MWAA environment {self.environment}: Airflow answered {answer.status} for DAG {dag_id}: {shown(answer.body)}"
        if answer.status < 400:
            return answer.unexpected("a status from 200 to 299, or an error")
        if answer.status >= 500 or answer.status in _LATER:
            return MwaaUnavailableError(message, sent=answer.status >= 500)
        return DagRunRejectedError(f"{message}. {_ADVICE[answer.status]}" if answer.status in _ADVICE else message)


def _may_exist(dag_id: str, dag_run_id: str) -> str:
    return (
        f"DAG run {dag_run_id} of DAG {dag_id} may exist. Retries, and a replay without --again, keep its id, so they do not "
        "start it twice"
    )


def _path(dag_id: str) -> str:
    return f"/dags/{quote(dag_id, safe='')}"
