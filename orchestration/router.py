"""Routes every delivery of one invocation: reads event and configuration, starts executions, and reports them.

A bad record does not stop the others. The router raises after it has tried every record, so that Lambda retries the whole
payload and then stores it in its failure destination. Executions that have started are duplicates in a retry.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.configuration.joins import joins_of
from orchestration.configuration.loader import ConfigLoader, LoadedConfig
from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.errors import ConfigUnavailableError, OrchestrationError, RoutingError, SettingsError
from orchestration.event.identity import execution_name
from orchestration.event.job_event import Delivery, JobEvent, deliveries, read_event
from orchestration.event.replay_request import Replay
from orchestration.log_lines import single_line
from orchestration.planning.plan import Plan, plan
from orchestration.planning.skipped import Skipped
from orchestration.reports import ignored_reason, log_notes, replay_report, start_report
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient, StartedExecution
from orchestration.starting.starts import EventStarter
from orchestration.starting.waiting import wait_for_outcomes
from orchestration.values import strictjson

if TYPE_CHECKING:
    from orchestration.joining.join_router import JoinRouter

log = logging.getLogger(__name__)

JOIN_DEADLINE = "$join_deadline"
"""Field of the direct invocation by which the state machine of a deadline asks for the decision."""

MAX_ERROR = 20_000
"""Characters of the error of an invocation, which Lambda writes to its log and to the failure destination."""


@dataclass(frozen=True, slots=True)
class Router:
    """Routes invocations with one set of clients.

    Attributes:
        config: loads the configuration.
        step_functions: boto3 Step Functions client.
        dynamodb: returns a DynamoDB client. Only joins need one, and its creation slows the cold start.
    """

    config: ConfigLoader
    step_functions: Any
    dynamodb: Callable[[], Any] = lambda: None

    def route(self, payload: Any, request_id: str, settings: Settings) -> dict[str, Any]:
        """Route one invocation's payload: SNS records or a job event itself.

        Returns:
            ``{"records": [...]}``: for each record the executions, or IGNORED with the reason.

        Raises:
            RoutingError: at least one record failed; all others were routed.
        """
        reports, failures = [], []
        for delivery in deliveries(payload, request_id):
            if delivery.from_sns:
                log.info("SNS Message: %s", strictjson.printable(delivery.body))
            try:
                reports.append({"delivery": delivery.source, **self._deliver(delivery, settings)})
            except Exception as error:
                expected = isinstance(error, OrchestrationError | ClientError | BotoCoreError)
                log.error("Failed: %s: %s: %s", delivery.source, type(error).__name__, error, exc_info=not expected)
                failures.append((delivery, error))
                reports.append({"delivery": delivery.source, "status": "FAILED", "error": type(error).__name__})
        if failures:
            what = "; ".join(f"{delivery.source}: {type(error).__name__}: {error}" for delivery, error in failures)
            # Lambda logs this error itself, outside the filter of log_lines.py.
            raise RoutingError(single_line(f"{len(failures)} of {len(reports)} records failed: {what}")[:MAX_ERROR])
        return {"records": reports}

    def _deliver(self, delivery: Delivery, settings: Settings) -> dict[str, Any]:
        deadline = delivery.body.get(JOIN_DEADLINE) if isinstance(delivery.body, dict) else None
        if isinstance(deadline, dict):
            return self._expire(deadline, delivery, settings)
        event = read_event(delivery, settings.approvals_topic_arn)
        if event.replay is not None:
            return self._replay(event, event.replay, delivery, settings)
        if event.event_kind is None:
            return _ignored(_about(event), ignored_reason(event, None), event.warnings)
        return self._start(event, delivery, settings)

    def _start(self, event: JobEvent, delivery: Delivery, settings: Settings) -> dict[str, Any]:
        """Start what the configuration says, unless an earlier delivery of the event decided already."""

        def plan_under(recorded: dict[str, Any]) -> Plan:
            config = self._recorded(recorded)
            return plan(event, _triggers(event, config, settings) or [], config, settings, delivery.delivery_id)

        starter = EventStarter(
            executions=ExecutionClient(self.step_functions, settings),
            name=execution_name(event.event_kind or "", event.job_name, event.job_run_id),
            event=event.fields,
            delivery_id=delivery.delivery_id,
            plan_under=plan_under,
        )
        try:
            config = self._load(event, settings)
        except ConfigUnavailableError:
            # The first delivery may have ended before the event arrived at its joins, which only the configuration names.
            started = [] if settings.joins_table else _found(starter)
            if not started:
                raise
            return _about(event) | self._waited(start_report(started, event.warnings), event, starter.executions)
        about = _about(event) | _source(config)
        triggers = _triggers(event, config, settings)
        warnings = (*event.warnings, *config.warnings)
        planned = plan(event, triggers, config, settings, delivery.delivery_id) if triggers else None
        if planned is not None and planned.items:
            started, warnings = starter.start(planned), (*warnings, *planned.warnings)
        else:
            # An earlier delivery may have started the event under another configuration.
            started = starter.find()
        joins = self._arrive(event, config, delivery, settings)
        skipped = planned.skipped if planned is not None and not started else []
        if not started and joins:
            arrived = "; ".join(f"join {one['join']} key {one['key']}: {one['status']}" for one in joins)
            log.info("Joined: job %s run %s: %s", event.job_name, event.job_run_id, arrived)
            log_notes(warnings, skipped)
            report = about | {"status": "JOINED", "warnings": list(warnings), "joins": joins}
            return report | ({"skipped": skipped} if skipped else {})
        if not started:
            return _ignored(about, ignored_reason(event, triggers, skipped), warnings, skipped)
        report = self._waited(start_report(started, warnings), event, starter.executions)
        return about | report | ({"joins": joins} if joins else {})

    def _arrive(
        self, event: JobEvent, config: LoadedConfig, delivery: Delivery, settings: Settings
    ) -> list[dict[str, Any]]:
        """Let a success arrive at the joins of its job. The event's triggers have started before."""
        if event.event_kind != "on_success" or not joins_of(config.document, event.job_name):
            return []
        return self._joins(config, settings).arrive(event, delivery.delivery_id)

    def _expire(self, deadline: dict[str, Any], delivery: Delivery, settings: Settings) -> dict[str, Any]:
        join, key = str(deadline.get("join")), str(deadline.get("key"))
        config = self.config.load(settings, lambda config: bool(config.triggers(join, "on_deadline", settings)))
        return self._joins(config, settings).expire(join, key, delivery.delivery_id)

    def _joins(self, config: LoadedConfig, settings: Settings) -> JoinRouter:
        # Imported here: most configurations have no join, and these modules slow the cold start.
        from orchestration.joining.arrivals import ArrivalTable  # noqa: PLC0415
        from orchestration.joining.join_router import JoinRouter  # noqa: PLC0415

        if not settings.joins_table:
            raise SettingsError(
                "environment variable JOINS_TABLE: found nothing, but the configuration has joins. Set the Terraform variable "
                "joins = true"
            )
        return JoinRouter(
            config=config,
            settings=settings,
            step_functions=self.step_functions,
            table=lambda: ArrivalTable(self.dynamodb(), settings.joins_table),
            load_version=self._recorded,
        )

    def _recorded(self, routing: dict[str, Any]) -> LoadedConfig:
        """The configuration that an execution's ``routing`` names."""
        source, version = str(routing.get("config_source")), str(routing.get("config_version"))
        return self.config.load_version(source, version, str(routing.get("config_version_id", "")))

    def _replay(self, event: JobEvent, replay: Replay, delivery: Delivery, settings: Settings) -> dict[str, Any]:
        # Imported here: few invocations replay, and these modules slow the cold start.
        from orchestration.replaying.ledger import Ledger  # noqa: PLC0415
        from orchestration.replaying.replay import Replayer  # noqa: PLC0415

        executions = ExecutionClient(self.step_functions, settings)
        ledger = Ledger.open(executions, replay.of)
        event = dataclasses.replace(event, event_kind=ledger.event_kind)
        config = LoadedConfig({"workflows": {}}, "the original request", "")
        triggers: Sequence[ConfiguredTrigger] = ()
        if not replay.as_was:
            config = self._load(event, settings)
            triggers = _triggers(event, config, settings) or ()
        replayer = Replayer(
            ledger=ledger,
            replay=replay,
            event=event,
            triggers=triggers,
            config=config,
            settings=settings,
            delivery_id=delivery.delivery_id,
        )
        decisions = replayer.decide()
        if not replay.dry_run:
            decisions = [replayer.start(decision) for decision in decisions]
        notes = [] if ledger.event == event.fields else [f"the event differs from the one of execution {ledger.name}"]
        warnings = (*event.warnings, *config.warnings, *notes)
        report = replay_report(replay, decisions, replayer.already_started, warnings)
        return _about(event) | _source(config) | self._waited(report, event, executions)

    def _load(self, event: JobEvent, settings: Settings) -> LoadedConfig:
        def usable(config: LoadedConfig) -> bool:
            return bool(_triggers(event, config, settings) or joins_of(config.document, event.job_name))

        return self.config.load(settings, usable)

    def _waited(self, report: dict[str, Any], event: JobEvent, executions: ExecutionClient) -> dict[str, Any]:
        if event.wait_seconds and report["executions"]:
            report["executions"] = wait_for_outcomes(report["executions"], executions, event.wait_seconds)
        return report


def _found(starter: EventStarter) -> list[StartedExecution]:
    """The event's executions, or none if they cannot be read: the reason without a configuration comes first."""
    try:
        return starter.find()
    except (OrchestrationError, ClientError, BotoCoreError) as error:
        log.warning("The router cannot determine whether the event has started: %s", error)
        return []


def _triggers(event: JobEvent, config: LoadedConfig, settings: Settings) -> list[ConfiguredTrigger] | None:
    return config.triggers(event.job_name, event.event_kind or "on_success", settings)


def _about(event: JobEvent) -> dict[str, Any]:
    return {"job_name": event.job_name, "job_run_id": event.job_run_id, "event_kind": event.event_kind}


def _source(config: LoadedConfig) -> dict[str, Any]:
    return {"config_source": config.source, "config_version": config.version}


def _ignored(
    about: dict[str, Any], reason: str, warnings: Sequence[str], skipped: Sequence[Skipped] = ()
) -> dict[str, Any]:
    log.info("Ignored: job %s run %s: %s", about["job_name"], about["job_run_id"], reason)
    log_notes(warnings, skipped)
    report = about | {"status": "IGNORED", "reason": reason, "warnings": list(warnings)}
    return report | ({"skipped": list(skipped)} if skipped else {})
