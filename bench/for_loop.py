"""A Lambda handler that starts every Glue job of an event: the baselines of ``bench.fan_out``.

``JOBS`` is the number of jobs. The handler starts one after the other, or as many at once as ``THREADS`` says. With
``CARRY_ON``, an error does not stop it.
"""

from __future__ import annotations

import functools
import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

_THREADS = int(os.environ.get("THREADS", "0"))


def handler(event: dict[str, Any], context: Any) -> None:
    """Start the jobs of each record."""
    for record in event["Records"]:
        message = json.loads(record["Sns"]["Message"])
        arguments = {"--triggered_by_run_id": message["job_run_id"]}
        start = functools.partial(_start, _glue(), arguments)
        if _THREADS:
            with ThreadPoolExecutor(_THREADS) as pool:
                calls = [pool.submit(start, number) for number in range(int(os.environ["JOBS"]))]
            for one in calls:  # Not pool.map, which cancels the calls that have not begun when one fails.
                one.result()
            continue
        for number in range(int(os.environ["JOBS"])):
            start(number)


def _start(glue: Any, arguments: dict[str, str], number: int) -> None:
    try:
        glue.start_job_run(JobName=f"job_{number}", Arguments=arguments)
    except Exception:  # any: the baseline is a loop that logs an error and carries on
        if not os.environ.get("CARRY_ON"):
            raise
        logging.getLogger().exception("job_%s did not start", number)


@functools.cache
def _glue() -> Any:
    return boto3.client("glue", config=Config(max_pool_connections=_THREADS or 10))
