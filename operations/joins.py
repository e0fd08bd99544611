"""Reads who arrived at a join of a deployed stack, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from operations.stack.deployed_configuration import read_configuration
from operations.stack.deployed_router import DeployedRouter
from orchestration.configuration.joins import Join, joins_of, key_of, valid_join
from orchestration.configuration.workflows import read_document
from orchestration.errors import ConfigError, ConfigUnavailableError, JoinError
from orchestration.event.job_event import JobEvent
from orchestration.joining.arrivals import Arrivals, ArrivalTable
from orchestration.settings import Settings
from orchestration.values import strictjson


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
        document = read_document(strictjson.loads(read_configuration(settings).data), settings).document
        wanted = valid_join(document, join, settings)
    except (ConfigError, strictjson.StrictJSONError):
        return None
    return _status(_table(settings), wanted, join, key)


@dataclass(frozen=True, slots=True)
class EventJoins:
    """The joins at which one event arrives.

    Attributes:
        settings: the router's environment.
        event: the event.
        keys: name of each valid join of the job to the event's key and the join.
        only: True if the configuration starts nothing for the event except by its joins.
    """

    settings: Settings
    event: JobEvent
    keys: dict[str, tuple[str, Join]]
    only: bool

    @classmethod
    def of(cls, router: DeployedRouter, event: JobEvent) -> EventJoins:
        """Read the deployed configuration; no joins if the caller cannot read it, because publishing needs no such permission."""
        settings, kind = router.settings, event.event_kind
        if not settings.joins_table or kind != "on_success":
            return cls(settings, event, {}, only=False)
        try:
            document = read_document(strictjson.loads(read_configuration(settings).data), settings).document
        except (ConfigUnavailableError, strictjson.StrictJSONError, ConfigError):
            return cls(settings, event, {}, only=False)
        keys: dict[str, tuple[str, Join]] = {}
        for name in joins_of(document, event.job_name):
            try:
                wanted = valid_join(document, name, settings)
                keys[name] = key_of(wanted, name, event.fields), wanted
            except (ConfigError, JoinError):  # The router reports it.
                continue
        workflow = strictjson.object_at(strictjson.object_at(document, "workflows"), event.job_name)
        starts = bool(workflow.get(kind))
        return cls(settings, event, keys, only=bool(keys) and not starts)

    def settled(self) -> bool:
        """Return True if the event has arrived at all its joins, and each complete one is decided."""
        found = self.arrived()
        return len(found) == len(self.keys) and not any(one.state == "open" and not one.missing for one in found)

    def arrived(self) -> list[JoinStatus]:
        """The joins at which this run of the job has arrived, as far as the caller can read the table."""
        table = _table(self.settings) if self.keys else None
        try:
            found = [_status(table, wanted, name, key) for name, (key, wanted) in self.keys.items() if table]
        except (ClientError, BotoCoreError):
            return []
        return [one for one in found if one.arrived.get(self.event.job_name) == self.event.job_run_id]


def _table(settings: Settings) -> ArrivalTable:
    return ArrivalTable(boto3.client("dynamodb", region_name=settings.region), settings.joins_table)


def _status(table: ArrivalTable, wanted: Join, join: str, key: str) -> JoinStatus:
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
