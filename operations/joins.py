"""Reads who arrived at a join of a deployed stack, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import boto3

from operations.deployed_configuration import read_configuration
from operations.deployed_router import DeployedRouter
from orchestration import strictjson
from orchestration.arrivals import Arrivals, ArrivalTable
from orchestration.errors import ConfigError
from orchestration.joins import valid_join


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinStatus:
    """A join under one key.

    Attributes:
        state: ``open``, ``complete`` or ``expired``.
        opened: time of the first arrival (ISO 8601), or empty if no job has arrived.
        arrived: job name to its run id, in the order of the configuration.
        missing: jobs that have not arrived.
    """

    join: str
    key: str
    state: str
    opened: str
    arrived: dict[str, str]
    missing: list[str]


def join_status(router: DeployedRouter, join: str, key: str) -> JoinStatus | None:
    """The join's arrivals; None if the deployed configuration has no valid join of this name.

    Raises:
        ConfigUnavailableError: the configuration cannot be read.
        ClientError: the caller may not read the table.
    """
    settings = router.settings
    if not settings.joins_table:
        return None
    try:
        wanted = valid_join(strictjson.loads(read_configuration(settings).data), join)
    except (ConfigError, strictjson.StrictJSONError):
        return None
    table = ArrivalTable(boto3.client("dynamodb", region_name=settings.region), settings.joins_table)
    found = table.find(join, key) or Arrivals(state="open")
    opened = datetime.fromtimestamp(found.opened, UTC).isoformat() if found.opened else ""
    jobs = [job for job in wanted.all_of if job in found.events]
    return JoinStatus(
        join=join,
        key=key,
        state=found.state,
        opened=opened,
        arrived={job: str(found.events[job].get("job_run_id", "")) for job in jobs},
        missing=found.missing(wanted.all_of),
    )
