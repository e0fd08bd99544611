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
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as UnreachableError

from orchestration.errors import DagRunRejectedError, MwaaUnavailableError

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

    client: Any
    environment: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    remaining_seconds: Callable[[], float] = lambda: float("inf")

    def start(self, dag_id: str, dag_run_id: str, conf: dict[str, Any]) -> str:
        """Start the DAG run, or find that it has started; returns its id.

        Raises:
            MwaaUnavailableError: 5xx or throttling; a retry is safe.
            DagRunRejectedError: any other error; a retry does not help.
        """
        self._check(dag_id, dag_run_id)
        moment = self.now()
        for attempt in range(_COLLISIONS):
            logical_date = (moment + timedelta(milliseconds=attempt)).isoformat()
            body = {"dag_run_id": dag_run_id, "conf": conf, "logical_date": logical_date}
            status, answer = self._call("POST", f"{_path(dag_id)}/dagRuns", Body=body)
            if status < 300:
                return dag_run_id
            if status != 409:
                raise self._failed(dag_id, status, answer)
            if self._exists(dag_id, dag_run_id):
                return dag_run_id
        raise MwaaUnavailableError(
            f"MWAA environment {self.environment}: DAG {dag_id} answered 409 to {_COLLISIONS} logical dates and has no run "
            f"{dag_run_id} among its newest {_PAGES * _PAGE}"
        )

    def _check(self, dag_id: str, dag_run_id: str) -> None:
        """Refuse a DAG that does not exist, is paused, or has an id too long for the API."""
        length = len(quote(dag_id, safe=""))
        if length > _MAX_DAG_ID:
            raise DagRunRejectedError(
                f"MWAA environment {self.environment}: DAG {dag_id} has {length} URL-encoded characters, expected at "
                f"most {_MAX_DAG_ID}. Use the trigger type sqs_mwaa, which has no such limit"
            )
        status, answer = self._call("GET", _path(dag_id))
        if status >= 300:
            raise self._failed(dag_id, status, answer)
        # If the first attempt started the run, a retry must not fail because the DAG was paused since.
        if isinstance(answer, dict) and answer.get("is_paused") and not self._exists(dag_id, dag_run_id):
            raise DagRunRejectedError(
                f"MWAA environment {self.environment}: DAG {dag_id} is paused, so its run would not start. Unpause it "
                f"(in Airflow's UI, or airflow dags unpause {dag_id}), then replay"
            )

    def _exists(self, dag_id: str, dag_run_id: str) -> bool:
        path = f"{_path(dag_id)}/dagRuns/{quote(dag_run_id, safe='')}"
        if len(path) <= _MAX_PATH:
            status, answer = self._call("GET", path)
            if status not in (200, 404):
                raise self._failed(dag_id, status, answer)
            return status == 200
        seen = 0
        for _ in range(_PAGES):
            # Order by id: both versions have it, and unlike the dates of a queued run it is never null.
            query = {"limit": _PAGE, "offset": seen, "order_by": "-id"}
            status, answer = self._call("GET", f"{_path(dag_id)}/dagRuns", QueryParameters=query)
            if status != 200:
                raise self._failed(dag_id, status, answer)
            runs = answer.get("dag_runs", []) if isinstance(answer, dict) else []
            if any(run.get("dag_run_id") == dag_run_id for run in runs):
                return True
            seen += len(runs)  # an environment may limit the page size
            if not runs or seen >= answer.get("total_entries", 0):
                return False
        return False

    def _call(self, method: str, path: str, **arguments: Any) -> tuple[int, Any]:
        """Call Airflow's REST API; returns the status, also of an error, and the body."""
        if self.remaining_seconds() < _ONE_CALL:
            raise MwaaUnavailableError(
                f"MWAA environment {self.environment}: its web server answers too slowly. The Lambda's timeout is too "
                f"close for {method} {path}"
            )
        try:
            answer = self.client.invoke_rest_api(Name=self.environment, Path=path, Method=method, **arguments)
        except ClientError as error:
            return self._refusal(error)
        except (UnreachableError, HTTPClientError) as error:
            raise MwaaUnavailableError(
                f"MWAA environment {self.environment} (region {self.client.meta.region_name}) could not be reached: {error}. "
                "Check the region. For a private web server use the trigger type sqs_mwaa"
            ) from None
        except BotoCoreError as error:
            raise DagRunRejectedError(f"MWAA environment {self.environment}: {error}") from None
        return answer["RestApiStatusCode"], answer.get("RestApiResponse")

    def _refusal(self, error: ClientError) -> tuple[int, Any]:
        """Status and body if Airflow refused the call; any other error is raised."""
        code = error.response["Error"]["Code"]
        details: dict[str, Any] = {**error.response}
        if code == "RestApiClientException":
            return int(details.get("RestApiStatusCode", 400)), details.get("RestApiResponse")
        message = f"MWAA environment {self.environment}: {code}: {error.response['Error'].get('Message', '')}"
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        if code in _RETRYABLE or code in _LATER_CODES or status >= 500 or status in _LATER:
            if "RestApiStatusCode" in details:
                message += f"Airflow answered {details['RestApiStatusCode']}: {details.get('RestApiResponse')}"
            raise MwaaUnavailableError(message[:500]) from None
        if code == "ResourceNotFoundException":
            message += f" (region {self.client.meta.region_name}). Check environment_name and region"
        if code == "AccessDeniedException":
            message += (
                ". Allow airflow:InvokeRestApi to the Lambda. For a private web server use the trigger type sqs_mwaa"
            )
        raise DagRunRejectedError(message[:1000]) from None

    def _failed(self, dag_id: str, status: int, answer: Any) -> DagRunRejectedError | MwaaUnavailableError:
        message = (
            f"MWAA environment {self.environment}: Airflow answered {status} for DAG {dag_id}: {str(answer)[:500]}"
        )
        if status >= 500 or status in _LATER:
            return MwaaUnavailableError(message)
        return DagRunRejectedError(f"{message}. {_ADVICE[status]}" if status in _ADVICE else message)


def _path(dag_id: str) -> str:
    return f"/dags/{quote(dag_id, safe='')}"
