"""Plans the executions of an event: deterministic names, and inputs within the quotas.

One StartExecution call starts the whole event. Up to 40 triggers are the execution's items. More triggers are packed into
batches, and each trigger that waits for its run is a batch. The state machine starts one execution for each batch. Only an
event that exceeds one input, with its triggers, needs several calls; its executions are called parts.
Quota: 262,144 bytes for an execution's input and for every state's input
(docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.notify import notify_topic
from orchestration.configuration.workflows import ConfiguredTrigger
from orchestration.errors import OversizedEventError
from orchestration.event.identity import BATCH_PREFIX, batch_name, downstream_run_id, execution_name, part_name
from orchestration.event.job_event import JobEvent
from orchestration.input.execution_input import ExecutionInput
from orchestration.input.item import Batch, Item
from orchestration.input.routing import Routing, Skipped
from orchestration.planning.items import MAX_INPUT, MAX_ITEM, MAX_REJECTED, build_item, fitting
from orchestration.planning.packing import Room, parts
from orchestration.planning.skipped import recorded, split
from orchestration.settings import Settings
from orchestration.triggers.base import RequestContext
from orchestration.values import strictjson
from orchestration.values.strictjson import JsonObject

_WIDEST = "9999/9999"
"""Longest number of a part."""

_WAITING_FRAME = 2_500
"""Bytes of the batch around a trigger that waits."""


class PlannedExecution(NamedTuple):
    """One execution to start.

    Attributes:
        name: deterministic, so the same event has the same name.
        input: the state machine's input.
    """

    name: str
    input: ExecutionInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that one event starts.

    Attributes:
        name: name of the event's execution.
        event: the event's fields.
        items: one for each trigger to start, in the configuration's order.
        skipped: the triggers whose condition the event does not meet.
        routing: ``routing`` of the executions, without the number of the part.
        start_arn: ARN with which a batch starts its execution.
        warnings: notes for people, for example about parameters left out.
    """

    name: str
    event: JsonObject
    items: list[Item]
    routing: Routing
    start_arn: str
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def pack(self, items: Sequence[Item], first_part: int = 1, first_batch: int = 1) -> list[PlannedExecution]:
        """Executions for ``items``, which are all or the remaining items of the plan.

        Args:
            items: items of the plan, in order.
            first_part: number of the first execution.
            first_batch: number of the first batch.
        """
        packed = parts(items, self._room())
        total = first_part - 1 + len(packed)
        executions = []
        for number, part in enumerate(packed, first_part):
            last_batch = first_batch - 1 + len(part.batches)
            batches = [self._batch(group, at, last_batch) for at, group in enumerate(part.batches, first_batch)]
            first_batch = last_batch + 1
            routing = replace(self.routing, part=f"{number}/{total}")
            whole = ExecutionInput(event=self.event, items=(*part.direct, *batches), routing=routing)
            executions.append(PlannedExecution(part_name(self.name, number), whole))
        return executions

    def _room(self) -> Room:
        event_size = strictjson.size(self.event)
        whole = MAX_INPUT - _frame_size(self.routing) - event_size
        overhead = strictjson.size(self._batch([], 9999, 9999).to_json()) + 2
        return Room(whole=whole, batch=min(whole, MAX_ITEM - event_size) - overhead, overhead=overhead)

    def _batch(self, items: Sequence[Item], number: int, total: int) -> Batch:
        return Batch(
            id=f"{BATCH_PREFIX}{number}",
            name=_batch_title(items, number, total),
            start_arn=self.start_arn,
            execution=batch_name(self.name, number),
            items=tuple(items),
            routing=self.routing.of_batch(f"{number}/{total}", self.name),
        )


def _batch_title(items: Sequence[Item], number: int, total: int) -> str:
    if len(items) == 1 and items[0].waits:
        return f"{items[0].type} {items[0].name:.200}, waits for its end"
    return f"batch {number} of {total}, {len(items)} triggers"


def plan(
    event: JobEvent,
    triggers: Sequence[ConfiguredTrigger],
    config: LoadedConfig,
    settings: Settings,
    delivery_id: str,
) -> Plan:
    """Resolve the triggers.

    Args:
        event: the job event; its event kind is known.
        triggers: the workflow's triggers for the event kind.
        config: source of the triggers.
        settings: the router's environment.
        delivery_id: makes every delivery's input differ, so that a second one is always a duplicate.

    Raises:
        OversizedEventError: the event exceeds the execution input quota even with a single trigger.
    """
    name, warnings = execution_name(event.event_kind or "", event.job_name, event.job_run_id), list[str]()
    selected, skipped = split(triggers, event.fields)
    kept, more = recorded(skipped)
    routing = replace(routing_of(event, config, settings, delivery_id), skipped=kept, skipped_more=more)
    limit = item_room(event, routing) if selected else 0
    items = []
    for configured in selected:
        run_id = downstream_run_id(name, configured.id)
        context = RequestContext(event=event, settings=settings, downstream_run_id=run_id, warnings=warnings)
        item = build_item(configured, context)
        items.append(fitting(item, limit - (_WAITING_FRAME if item.waits else 0)))
    return Plan(
        name=name,
        event=event.fields,
        items=items,
        routing=routing,
        start_arn=settings.start_arn,
        skipped=skipped,
        warnings=warnings,
    )


def routing_of(event: JobEvent, config: LoadedConfig, settings: Settings, delivery_id: str) -> Routing:
    """``routing`` of every execution that the router starts."""
    return Routing(
        event_kind=event.event_kind or "",
        config_source=config.source,
        config_version=config.version,
        config_version_id=config.version_id,
        delivery_id=delivery_id,
        notify=notify_topic(config.document, event.job_name, settings),
    )


def item_room(event: JobEvent, routing: Routing) -> int:
    """Bytes for one item, in addition to the event.

    Raises:
        OversizedEventError: not even a rejected item has room.
    """
    event_size = strictjson.size(event.fields)
    room = min(MAX_ITEM, MAX_INPUT - _frame_size(routing)) - event_size
    if room < MAX_REJECTED:
        raise OversizedEventError(
            f"event of job {event.job_name:.100} run {event.job_run_id:.100}: found {event_size:,} bytes, expected at "
            f"most {event_size + room - MAX_REJECTED:,} (Step Functions allows 262,144, including the triggers). "
            "Publish a reference to the data instead of the data"
        )
    return room


def _frame_size(routing: Routing) -> int:
    frame: JsonObject = {"event": None, "triggers": [], "routing": replace(routing, part=_WIDEST).to_json()}
    return strictjson.size(frame)
