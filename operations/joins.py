"""Reads who arrived at a join of a deployed stack, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from operations.stack.deployed_configuration import loaded_configuration
from operations.stack.deployed_router import DeployedRouter
from orchestration.configuration.joins import Join, joins_of, key_of, valid_join
from orchestration.errors import ConfigError, ConfigUnavailableError, JoinError
from orchestration.event.job_event import JobEvent
from orchestration.joining.arrivals import Arrivals, ArrivalTable
from orchestration.settings import Settings


class _StatusFields(TypedDict):
    join: str
    key: str
    state: str
    opened: str
    arrived: dict[str, str]
    missing: list[str]


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
        wanted = valid_join(loaded_configuration(settings).document, join, settings)
    except ConfigError:
        return None
    found = _table(settings).find(join, key) or Arrivals(state="open")
    return JoinStatus(**_status(found, wanted, join, key))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventArrival(JoinStatus):
    """A join after the router handled one event.

    Attributes:
        status: as in the router's report: WAITING, COMPLETE, EXPIRED, REPEATED (the job has arrived with another event), or
            LATE (the join has expired without the job).
        first_run: run of the job that counts, if ``status`` is REPEATED.
    """

    status: str
    first_run: str


@dataclass(frozen=True, slots=True)
class EventJoins:
    """The joins at which one event arrives.

    Attributes:
        settings: the router's environment.
        event: the event.
        keys: name of each valid join of the job to the event's key and the join.
    """

    settings: Settings
    event: JobEvent
    keys: dict[str, tuple[str, Join]]

    @classmethod
    def of(cls, router: DeployedRouter, event: JobEvent) -> EventJoins:
        """Read the deployed configuration; no joins if the caller cannot read it, because publishing needs no such permission."""
        settings, kind = router.settings, event.event_kind
        keys: dict[str, tuple[str, Join]] = {}
        if not settings.joins_table or kind != "on_success":
            return cls(settings, event, keys)
        try:
            document = loaded_configuration(settings).document
        except (ConfigUnavailableError, ConfigError):
            return cls(settings, event, keys)
        for name in joins_of(document, event.job_name):
            try:
                wanted = valid_join(document, name, settings)
                keys[name] = key_of(wanted, name, event.fields), wanted
            except (ConfigError, JoinError):  # The router reports it.
                continue
        return cls(settings, event, keys)

    def settled(self) -> bool:
        """Return True if the router has handled the event at all its joins, and each complete one is decided."""
        found = self.arrived()
        return len(found) == len(self.keys) and not any(join.state == "open" and not join.missing for join in found)

    def arrived(self) -> list[EventArrival]:
        """The joins at which the router has handled the event, as far as the caller can read the table."""
        table = _table(self.settings) if self.keys else None
        try:
            found = [self._arrival(table, name, key, join) for name, (key, join) in self.keys.items() if table]
        except (ClientError, BotoCoreError):
            return []
        return [arrival for arrival in found if arrival is not None]

    def _arrival(self, table: ArrivalTable, name: str, key: str, join: Join) -> EventArrival | None:
        """The event's result at one join; None if the router has not handled it yet."""
        arrivals = table.find(name, key) or Arrivals(state="open")
        first = arrivals.events.get(self.event.job_name)
        if first is None and arrivals.state == "open":
            return None
        if first is None:
            status = "LATE"
        elif first != self.event.fields:
            status = "REPEATED"
        else:
            status = {"open": "WAITING", "complete": "COMPLETE", "expired": "EXPIRED"}[arrivals.state]
        run = str((first or {}).get("job_run_id", "")) if status == "REPEATED" else ""
        return EventArrival(**_status(arrivals, join, name, key), status=status, first_run=run)


def _table(settings: Settings) -> ArrivalTable:
    return ArrivalTable(boto3.client("dynamodb", region_name=settings.region), settings.joins_table)


def _status(found: Arrivals, wanted: Join, join: str, key: str) -> _StatusFields:
    jobs = [job for job in wanted.all_of if job in found.events]
    return {
        "join": join,
        "key": key,
        "state": found.state,
        "opened": datetime.fromtimestamp(found.opened, UTC).isoformat() if found.opened else "",
        "arrived": {job: str(found.events[job].get("job_run_id", "")) for job in jobs},
        "missing": found.missing(wanted.all_of),
    }
