"""A client of the stand-in for MWAA, over boto3's real wire form."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
from botocore.config import Config

from local.engine.fake_mwaa import FakeMwaa
from orchestration.mwaa.client import MwaaClient

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def runs(airflow: FakeMwaa, environment: str = "env", endpoint: str = "", read_timeout: int = 60) -> MwaaClient:
    client = boto3.client(
        "mwaa",
        region_name="us-west-2",
        endpoint_url=endpoint or airflow.endpoint,
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(
            inject_host_prefix=False,
            retries={"total_max_attempts": 1},
            connect_timeout=1,
            read_timeout=read_timeout,
        ),
    )
    return MwaaClient(client, environment, now=lambda: NOW)
