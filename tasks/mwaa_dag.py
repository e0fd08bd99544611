"""Lambda handler that starts one Airflow DAG run on MWAA, in the environment's region."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, TypedDict

import boto3
from botocore.config import Config

from orchestration.mwaa.client import MwaaClient

if TYPE_CHECKING:
    from orchestration.aws import AirflowClient, LambdaContext
    from orchestration.values.strictjson import JsonObject


class DagRunRequest(TypedDict):
    """Request of a trigger, which ``triggers/mwaa_dag.py`` writes."""

    environment_name: str
    region: str
    dag_id: str
    dag_run_id: str
    conf: JsonObject


def handler(event: DagRunRequest, context: LambdaContext) -> str:
    """Start the DAG run that the trigger's request describes.

    Args:
        event: the request.
        context: the Lambda context.

    Returns:
        The DAG run's id, which the state machine reports as the trigger's run id.

    Raises:
        MwaaUnavailableError: the state machine retries.
        MwaaAnswerError: the state machine retries.
        DagRunRejectedError: the trigger fails.
    """
    runs = MwaaClient(
        _client(event["region"]),
        event["environment_name"],
        remaining_seconds=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    return runs.start(event["dag_id"], event["dag_run_id"], event["conf"])


@functools.cache
def _client(region: str) -> AirflowClient:
    # The API's hosts begin with "env."; a local endpoint has one host only.
    custom = any(name in os.environ for name in ("AWS_ENDPOINT_URL_MWAA", "AWS_ENDPOINT_URL"))
    settings = Config(
        connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 1}, inject_host_prefix=not custom
    )
    client: AirflowClient = boto3.client("mwaa", region_name=region, config=settings)
    return client
