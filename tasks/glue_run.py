"""Lambda handler that searches for a Glue job run after a start without an answer. It looks, and it never starts a run."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from orchestration.glue_runs import find

if TYPE_CHECKING:
    from orchestration.aws import GlueClient, LambdaContext
    from orchestration.glue_runs import Search


def handler(event: Search, context: LambdaContext) -> str:
    """Search for the run of the starts that the state machine describes.

    Args:
        event: the starts, and the error of StartJobRun.
        context: the Lambda context.

    Returns:
        The run's id, which the state machine reports as the trigger's run id.

    Raises:
        GlueRunAbsentError: the state machine starts the run.
        GlueRunUnknown: the trigger fails, after a second look.
        GlueRunsUnavailableError: the state machine retries.
    """
    return find(_client(), event, remaining_seconds=lambda: context.get_remaining_time_in_millis() / 1000)


@functools.cache
def _client() -> GlueClient:
    # Two attempts of 13 seconds at most, so a page ends in orchestration.glue_runs.PAGE_SECONDS.
    settings = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
    client: GlueClient = boto3.client("glue", config=settings)
    return client
