"""Lets an event arrive at its joins, starts what completes, and decides at the deadline.

The join's execution is named by join and key, so two deliveries that both see the last arrival start it once. After a crash
between the decision and the start, a repeated delivery, or the deadline, starts it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from orchestration.configuration.joins import Join, join_event, joins_of, key_of, valid_join
from orchestration.configuration.loader import LoadedConfig
from orchestration.errors import JoinError
from orchestration.event.identity import execution_name
from orchestration.event.job_event import JobEvent
from orchestration.event.kinds import JoinKind
from orchestration.input.routing import Routing
from orchestration.joining.arrivals import Arrivals, ArrivalTable
from orchestration.planning.plan import Plan, plan
from orchestration.reports import Report, log_notes, start_report
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient
from orchestration.starting.starts import EventStarter
from orchestration.values import strictjson
from orchestration.values.shell import command
from orchestration.values.strictjson import JsonObject

if TYPE_CHECKING:
    from orchestration.aws import StepFunctionsClient

log = logging.getLogger(__name__)

MAX_EVENTS = 120_000
"""Bytes of all events of one join. The join's event has them twice, in ``upstream`` and in ``artifacts``."""

LOG_JOIN_LATE = "late arrival at join %s: %s"
"""Warning that the alarm join-late matches (terraform/alarms.tf)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinReport:
    """Report of one arrival.

    Attributes:
        missing: jobs that have not arrived.
        status: WAITING, COMPLETE, EXPIRED (the run arrived before the deadline), REPEATED (the job has arrived with another
            run), LATE (the join has expired).
        started: the join's executions, as the report of an event has them; empty if the join has not been decided.
        warning: reason why a person should look, or empty.
    """

    join: str
    key: str
    missing: Sequence[str]
    status: str
    started: JsonObject = field(default_factory=dict)
    warning: str = ""

    def to_json(self) -> JsonObject:
        """``{join, key, missing, status, executions, ...}``."""
        report: JsonObject = {"join": self.join, "key": self.key, "missing": [*self.missing]}
        return {**report, **self.started, "status": self.status} | ({"warning": self.warning} if self.warning else {})


@dataclass(frozen=True, slots=True)
class JoinRouter:
    """Joins of one configuration.

    Attributes:
        config: the configuration.
        settings: the router's environment.
        step_functions: botocore Step Functions client.
        table: returns the table of arrivals; its client is created on first use.
        load_version: loads the configuration that an earlier delivery recorded.
    """

    config: LoadedConfig
    settings: Settings
    step_functions: StepFunctionsClient
    table: Callable[[], ArrivalTable]
    load_version: Callable[[Routing], LoadedConfig]

    def arrive(self, event: JobEvent, delivery_id: str) -> list[JoinReport]:
        """Record a success at every join of its job, and start what completes.

        Returns:
            A report for each join.

        Raises:
            JoinError: the event cannot arrive at one of the joins; it arrived at the others.
            ConfigError: a join is invalid.
        """
        reports, errors = [], []
        for name in joins_of(self.config.document, event.job_name):
            try:
                reports.append(
                    self._arrive(name, valid_join(self.config.document, name, self.settings), event, delivery_id)
                )
            except JoinError as error:
                errors.append(str(error))
        if errors:
            raise JoinError("; ".join(errors))
        return reports

    def expire(self, name: str, key: str, delivery_id: str) -> Report:
        """Decide at the deadline of a join: expired, unless all jobs have arrived.

        Returns:
            The report, with status COMPLETE or EXPIRED, ``missing`` if it expired, and ``cause``.
        """
        join = valid_join(self.config.document, name, self.settings)
        decided = self.table().expire(name, key, join.all_of)
        if not decided.events:
            raise JoinError(f"join {name} has no arrival for key {key}, so it has no deadline")
        if decided.state == "open":
            # All jobs have arrived, and the last delivery ended before it could complete the join.
            decided = self.table().complete(name, key)
        if decided.state == "complete":
            report = self._started(_event(name, key, decided), delivery_id)
            return Report(fields={**report.to_json(), "status": "COMPLETE", "cause": ""})
        missing = decided.missing(join.all_of)
        report = self._started(_event(name, key, decided, missing), delivery_id)
        router = {"--function": self.settings.function_name} if self.settings.function_name else {}
        cause = (
            f"join {name} has expired for key {key}: {', '.join(missing)} did not succeed within {join.deadline_hours} hours. "
            f"Arrived: {', '.join(decided.events) or 'none'}. Look: {command('inspect', name, key, options=router)}"
        )
        return Report(fields={**report.to_json(), "status": "EXPIRED", "missing": [*missing], "cause": cause})

    def _arrive(self, name: str, join: Join, event: JobEvent, delivery_id: str) -> JoinReport:
        key = key_of(join, name, event.fields)
        refuse_large(join, name, event.fields)
        arrivals = self.table().record(name, key, event.job_name, event.fields)
        if join.deadline_hours and arrivals.state == "open" and not arrivals.watched:
            self._watch(name, key, join)
        missing = arrivals.missing(join.all_of)
        first_run = arrivals.events.get(event.job_name, {}).get("job_run_id", "")
        repeated = first_run != event.job_run_id
        if not missing and arrivals.state == "open":
            arrivals = self.table().complete(name, key)
        started: JsonObject = {}
        if arrivals.state == "complete":
            started = self._started(_event(name, key, arrivals), delivery_id).to_json()
            status = "REPEATED" if repeated else "COMPLETE"
        elif arrivals.state == "expired":
            status = "LATE" if repeated else "EXPIRED"
        else:
            status = "REPEATED" if repeated else "WAITING"
        warning = _warning(status, event, str(first_run))
        report = JoinReport(join=name, key=key, missing=missing, status=status, started=started, warning=warning)
        _log(report)
        return report

    def _watch(self, name: str, key: str, join: Join) -> None:
        """Start the execution that waits for the deadline. Its name is used once, so a repeated start is harmless."""
        try:
            self.step_functions.start_execution(
                stateMachineArn=self.settings.join_deadline_arn,
                name=execution_name("on_deadline", name, key),
                input=strictjson.dumps({"join": name, "key": key, "seconds": join.deadline_hours * 3600}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
        self.table().note_watch(name, key)

    def _started(self, event: JobEvent, delivery_id: str) -> Report:
        """Start the triggers of a decided join, or find that they have started."""
        kind = event.event_kind or "on_complete"

        def planned_under(config: LoadedConfig) -> Plan:
            triggers = config.triggers(event.job_name, kind, self.settings) or []
            return plan(event, triggers, config, self.settings, delivery_id)

        starter = EventStarter(
            executions=ExecutionClient(self.step_functions, self.settings),
            name=execution_name(kind, event.job_name, event.job_run_id),
            event=event.fields,
            delivery_id=delivery_id,
            plan_under=lambda recorded: planned_under(self.load_version(recorded)),
        )
        planned = planned_under(self.config)
        started = starter.start(planned) if planned.items else starter.find()
        if started:
            return start_report(started, planned.warnings)
        log_notes((), planned.skipped)
        return Report(fields={"executions": [], "skipped": [trigger.to_json() for trigger in planned.skipped]})


def refuse_large(join: Join, name: str, fields: JsonObject) -> None:
    """Raise an error for an event that is too large for a join.

    Raises:
        JoinError: the events of all jobs would not fit the join's event.
    """
    size, room = strictjson.size(fields), MAX_EVENTS // len(join.all_of)
    if size > room:
        raise JoinError(
            f"joins.{name}: found an event of {size:,} bytes, expected at most {room:,} for {len(join.all_of)} jobs. "
            "Publish a reference to the data instead of the data"
        )


def _event(name: str, key: str, arrivals: Arrivals, missing: Sequence[str] = ()) -> JobEvent:
    """The event of a decided join: of its completion, or of its deadline."""
    kind: JoinKind = "on_deadline" if arrivals.state == "expired" else "on_complete"
    fields = join_event(name, key, arrivals.events, list(missing))
    return JobEvent(job_name=name, job_run_id=key, event_kind=kind, fields=fields)


def _warning(status: str, event: JobEvent, first_run: str) -> str:
    if status == "LATE":
        return f"{event.job_name} run {event.job_run_id} arrived after the deadline. Nothing was started"
    if status == "REPEATED":
        return (
            f"{event.job_name} has arrived with run {first_run or 'none'}, so run {event.job_run_id} was ignored. Publish "
            "it under another key to join again"
        )
    return ""


def _log(report: JoinReport) -> None:
    about = f"{report.join} key {report.key}"
    if report.warning:
        log.warning(LOG_JOIN_LATE, about, report.warning)
    else:
        log.info("Join: %s %s, missing %s", about, report.status, report.missing)
