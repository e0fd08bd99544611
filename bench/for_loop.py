"""A Lambda handler that starts every Glue job of an event in a loop: the baseline of ``bench.fan_out``.

``JOBS`` is the number of jobs. With ``CARRY_ON``, an error does not stop the loop.
"""

from __future__ import annotations

import functools
import json
import logging
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: Any) -> None:
    """Start the jobs of each record."""
    for record in event["Records"]:
        message = json.loads(record["Sns"]["Message"])
        arguments = {"--triggered_by_run_id": message["job_run_id"]}
        for number in range(int(os.environ["JOBS"])):
            try:
                _glue().start_job_run(JobName=f"job_{number}", Arguments=arguments)
            except Exception:
                if not os.environ.get("CARRY_ON"):
                    raise
                logging.getLogger().exception("job_%s did not start", number)


@functools.cache
def _glue() -> Any:
    return boto3.client("glue")
