"""Routes every delivery of one invocation: reads event and configuration, starts executions, and reports them.

A bad record does not stop the others. The router raises after it has tried every record, so that Lambda retries the whole
payload and then stores it in its failure destination. Executions that have started are duplicates in a retry.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from orchestration.configuration.joins import job_names, joins_of
from orchestration.configuration.loader import ConfigLoader, LoadedConfig
from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.errors import ConfigUnavailableError, OrchestrationError, RoutingError, SettingsError
from orchestration.event.identity import execution_name
from orchestration.event.job_event import Delivery, JobEvent, deliveries, read_event
from orchestration.event.kinds import JOIN_DEADLINE
from orchestration.input.routing import Routing
from orchestration.log_lines import single_line
from orchestration.planning.plan import Plan, plan
from orchestration.reports import (
    Report,
    ignored_reason,
    ignored_report,
    joined_report,
    start_report,
)
from orchestration.settings import Settings
from orchestration.starting.executions import ExecutionClient, StartedExecution
from orchestration.starting.starts import EventStarter
from orchestration.values import strictjson
from orchestration.values.strictjson import Json, JsonObject

if TYPE_CHECKING:
    from orchestration.aws import DynamoDBClient, StepFunctionsClient
    from orchestration.event.deadline_request import DeadlineRequest
    from orchestration.event.replay_request import Replay
    from orchestration.joining.join_router import JoinReport, JoinRouter

log = logging.getLogger(__name__)

MAX_ERROR = 20_000
"""Characters of the error of an invocation, which Lambda writes to its log and to the failure destination."""


def _no_dynamodb() -> DynamoDBClient:
    raise SettingsError("this router has no DynamoDB client, which joins need. Create it with one")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Router:
    """Routes invocations with one set of clients.

    Attributes:
        config: loads the configuration.
        step_functions: boto3 Step Functions client.
        dynamodb: returns a DynamoDB client. Only joins need one, and its creation slows the cold start.
    """

    config: ConfigLoader
    step_functions: StepFunctionsClient
    dynamodb: Callable[[], DynamoDBClient] = _no_dynamodb

    def route(self, payload: Json, request_id: str, settings: Settings) -> JsonObject:
        """Route one invocation's payload: SNS records or a job event itself.

        Returns:
            ``{"records": [...]}``: for each record the executions, or IGNORED with the reason.

        Raises:
            RoutingError: at least one record failed; all others were routed.
        """
        reports: list[Json] = []
        failures: list[str] = []
        for delivery in deliveries(payload, request_id):
            if delivery.from_sns:
                log.info("SNS Message: %s", strictjson.printable(delivery.body))
            try:
                reports.append({"delivery": delivery.source, **self._deliver(delivery, settings).to_json()})
            except Exception as error:
                expected = isinstance(error, OrchestrationError | ClientError | BotoCoreError)
                name = type(error).__name__
                log.error("Failed: %s: %s: %s", delivery.source, name, error, exc_info=not expected)
                failures.append(f"{delivery.source}: {name}: {error}")
        if failures:
            # Lambda logs this error itself, outside the filter of log_lines.py.
            text = f"{len(failures)} of {len(reports) + len(failures)} records failed: {'; '.join(failures)}"
            raise RoutingError(single_line(text)[:MAX_ERROR])
        return {"records": reports}

    def _deliver(self, delivery: Delivery, settings: Settings) -> Report:
        deadline = _deadline(delivery)
        if deadline is not None:
            return self._expire(deadline, delivery, settings)
        event = read_event(delivery, settings.approvals_topic_arn)
        if event.replay is not None:
            return self._replay(event, event.replay, delivery, settings)
        if event.event_kind is None:
            return ignored_report(event, None, ignored_reason(event, None), event.warnings)
        return self._start(event, delivery, settings)

    def _start(self, event: JobEvent, delivery: Delivery, settings: Settings) -> Report:
        """Start what the configuration says, unless an earlier delivery of the event decided already."""

        def plan_under(recorded: Routing) -> Plan:
            config = self._recorded(recorded, settings)
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
            started = [] if settings.joins_table else starter.find_if_readable()
            if not started:
                raise
            report = dataclasses.replace(start_report(started, event.warnings), event=event)
            return _waited(report, started, event, starter.executions)
        triggers = _triggers(event, config, settings)
        warnings = (*event.warnings, *config.warnings)
        planned = plan(event, triggers, config, settings, delivery.delivery_id) if triggers else None
        if planned is not None and planned.items:
            started, warnings = starter.start(planned), (*warnings, *planned.warnings)
        else:
            # An earlier delivery may have started the event under another configuration.
            started = starter.find()
        joins = self._arrive(event, config, delivery, settings)
        if started:
            arrivals = [join.to_json() for join in joins]
            report = dataclasses.replace(start_report(started, warnings), event=event, config=config, joins=arrivals)
            return _waited(report, started, event, starter.executions)
        skipped = planned.skipped if planned is not None else []
        if joins:
            return joined_report(event, config, joins, warnings, skipped)
        jobs = () if triggers is not None else job_names(config.document)
        return ignored_report(event, config, ignored_reason(event, triggers, skipped, jobs), warnings, skipped)

    def _arrive(
        self, event: JobEvent, config: LoadedConfig, delivery: Delivery, settings: Settings
    ) -> list[JoinReport]:
        """Let a success arrive at the joins of its job. The event's triggers have started before."""
        if event.event_kind != "on_success" or not joins_of(config.document, event.job_name):
            return []
        return self._joins(config, settings).arrive(event, delivery.delivery_id)

    def _expire(self, deadline: DeadlineRequest, delivery: Delivery, settings: Settings) -> Report:
        join = deadline.join
        config = self.config.load(settings, lambda config: bool(config.triggers(join, "on_deadline", settings)))
        return self._joins(config, settings).expire(join, deadline.key, delivery.delivery_id)

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
            load_version=lambda routing: self._recorded(routing, settings),
        )

    def _recorded(self, routing: Routing, settings: Settings) -> LoadedConfig:
        """The configuration that an execution's ``routing`` names."""
        return self.config.load_version(
            routing.config_source, routing.config_version, routing.config_version_id, settings
        )

    def _replay(self, event: JobEvent, replay: Replay, delivery: Delivery, settings: Settings) -> Report:
        # Imported here: few invocations replay, and these modules slow the cold start.
        from orchestration.replaying.ledger import Ledger  # noqa: PLC0415
        from orchestration.replaying.replay import Replayer  # noqa: PLC0415
        from orchestration.replaying.report import replay_report, started_by  # noqa: PLC0415

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
        warnings = (*event.warnings, *config.warnings, *ledger.notes(event.fields))
        report = replay_report(replay, decisions, replayer.already_started, warnings)
        report = dataclasses.replace(report, event=event, config=config)
        return _waited(report, started_by(decisions), event, executions)

    def _load(self, event: JobEvent, settings: Settings) -> LoadedConfig:
        def usable(config: LoadedConfig) -> bool:
            return bool(_triggers(event, config, settings) or joins_of(config.document, event.job_name))

        return self.config.load(settings, usable)


def _waited(
    report: Report, started: Sequence[StartedExecution], event: JobEvent, executions: ExecutionClient
) -> Report:
    """The report with the outcomes of the executions, if the sender waits for them."""
    if not event.wait_seconds or not started:
        return report
    # Imported here: only direct invocations wait, and the module slows the cold start.
    from orchestration.starting.waiting import wait_for_outcomes  # noqa: PLC0415

    return dataclasses.replace(report, executions=wait_for_outcomes(started, executions, event.wait_seconds))


def _deadline(delivery: Delivery) -> DeadlineRequest | None:
    if not isinstance(delivery.body, dict) or JOIN_DEADLINE not in delivery.body:
        return None
    # Imported here: few invocations are deadlines, and each module slows the cold start.
    from orchestration.event.deadline_request import read_deadline  # noqa: PLC0415

    return read_deadline(delivery.body)


def _triggers(event: JobEvent, config: LoadedConfig, settings: Settings) -> list[ConfiguredTrigger] | None:
    return config.triggers(event.job_name, event.event_kind or "on_success", settings)
