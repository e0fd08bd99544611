"""Starts a DAG run through MWAA's ``InvokeRestApi``, once, on Airflow 2 and 3.

The body that both majors accept has an explicit ``logical_date`` (2.x refuses null, 3.x refuses none) and a
deterministic ``dag_run_id``; the latter makes a repetition a 409, which is then verified, because a 409 also says that
another run has this ``logical_date``.
Source: docs.aws.amazon.com/mwaa/latest/userguide/access-mwaa-apache-airflow-rest-api.html.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.errors import DagRunRejectedError, MwaaUnavailableError

_MAX_PATH = 64
_COLLISIONS = 3
_RETRYABLE = ("RestApiServerException", "ThrottlingException", "InternalServerException", "ServiceUnavailableException")


@dataclass(frozen=True, slots=True)
class DagRuns:
    """DAG runs of one MWAA environment.

    Attributes:
        client: boto3 MWAA client, in the environment's region.
        environment: the environment's name.
        now: the clock, for ``logical_date``.
    """

    client: Any
    environment: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def start(self, dag_id: str, dag_run_id: str, conf: dict[str, Any]) -> str:
        """Start the DAG run, or find it started; returns its id.

        Raises:
            MwaaUnavailableError: 5xx or throttling; repeating is safe.
            DagRunRejectedError: everything else, which repeating does not mend.
        """
        moment = self.now()
        for attempt in range(_COLLISIONS):
            logical_date = (moment + timedelta(milliseconds=attempt)).isoformat()
            body = {"dag_run_id": dag_run_id, "conf": conf, "logical_date": logical_date}
            status, answer = self._call("POST", f"/dags/{quote(dag_id, safe='')}/dagRuns", Body=body)
            if status < 300:
                return dag_run_id
            if status != 409:
                raise self._rejected(dag_id, status, answer)
            if self._exists(dag_id, dag_run_id):
                return dag_run_id
        raise MwaaUnavailableError(
            f"MWAA environment {self.environment}: DAG {dag_id} answered 409 to {_COLLISIONS} logical dates and has no run "
            f"{dag_run_id}"
        )

    def _exists(self, dag_id: str, dag_run_id: str) -> bool:
        dag = f"/dags/{quote(dag_id, safe='')}/dagRuns"
        path = f"{dag}/{quote(dag_run_id, safe='')}"
        if len(path) <= _MAX_PATH:
            return self._call("GET", path)[0] < 300
        status, answer = self._call("GET", dag, QueryParameters={"limit": 100, "order_by": "-start_date"})
        runs = answer.get("dag_runs", []) if status < 300 and isinstance(answer, dict) else []
        return any(run.get("dag_run_id") == dag_run_id for run in runs)

    def _call(self, method: str, path: str, **arguments: Any) -> tuple[int, Any]:
        """One call of Airflow's REST API: its status and its body, whatever the status."""
        try:
            answer = self.client.invoke_rest_api(Name=self.environment, Path=path, Method=method, **arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            details: dict[str, Any] = {**error.response}
            if code == "RestApiClientException":
                return int(details.get("RestApiStatusCode", 400)), details.get("RestApiResponse")
            message = f"MWAA environment {self.environment}: {code}: {error.response['Error'].get('Message', '')}"
            if code in _RETRYABLE:
                raise MwaaUnavailableError(f"{message} {details.get('RestApiResponse') or ''}"[:1000]) from None
            if code == "ResourceNotFoundException":
                message += f" (region {self.client.meta.region_name}): check environment_name and region"
            raise DagRunRejectedError(message[:1000]) from None
        except BotoCoreError as error:
            raise MwaaUnavailableError(
                f"MWAA environment {self.environment} could not be reached: {error}; for a private web server use the "
                "trigger type sqs_mwaa"
            ) from None
        return answer["RestApiStatusCode"], answer.get("RestApiResponse")

    def _rejected(self, dag_id: str, status: int, answer: Any) -> DagRunRejectedError:
        advice = "; deploy the DAG, or correct dag_id in the configuration" if status == 404 else ""
        return DagRunRejectedError(
            f"MWAA environment {self.environment}: Airflow answered {status} for DAG {dag_id}: {str(answer)[:500]}{advice}"
        )
