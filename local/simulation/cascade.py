"""Follows an event to the events that its targets publish, level by level.

A target publishes its success in one of two ways. With ``publish``, the state machine publishes it. Otherwise the target does,
if a workflow has its name; then the cascade publishes the event in its place.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from local.engine.invocation import Invocation
from local.simulation.result import Simulation
from local.simulation.result_reader import Message, Progress
from local.simulation.simulator import Simulator
from orchestration.triggers import Trigger, WaitingTrigger

MAX_EVENTS = 200
"""Events of one cascade. A longer one is a cycle, or a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One event of a cascade.

    Attributes:
        level: 1 for the first event.
        after: ``job_name job_run_id`` of the event before it, or empty.
        publisher: who published the event: ``you``, ``the state machine``, or the target that would publish it.
        simulation: the result of the event.
    """

    level: int
    after: str
    publisher: str
    simulation: Simulation


def follow(
    simulator: Simulator, text: str, progress: Progress = lambda _: None, timeout: float = 120.0, topic: str = ""
) -> Iterator[Link]:
    """Publish an event, and yield it and every event that comes of it, in the order of the levels.

    Args:
        simulator: the local stack.
        text: the event as JSON.
        progress: called with the name of each step before it starts.
        timeout: seconds to wait for the executions of one event.
        topic: as ``Simulator.publish``.
    """
    seen: set[str] = set()
    first = simulator.publish(text, progress, timeout, topic)
    waiting = deque([Link(level=1, after="", publisher="you", simulation=first)])
    seen.add(first.message_id)
    count = 1
    while waiting:
        link = waiting.popleft()
        yield link
        for publisher, message_id, event in (
            *_from_the_machine(simulator, link.simulation, seen),
            *_in_place_of_targets(simulator, link.simulation),
        ):
            if count >= MAX_EVENTS:
                return
            count += 1
            seen.add(message_id)
            message = Message(id=message_id, topic="job_events", fields=event, published=time.monotonic())
            found = simulator.result(message, progress, timeout)
            after = f"{link.simulation.job_name} {link.simulation.job_run_id}"
            waiting.append(Link(level=link.level + 1, after=after, publisher=publisher, simulation=found))


def exit_code(links: Sequence[Link]) -> int:
    """Exit code of ``simulate --follow``: the first event's, or 1 or 2 if a later event failed. A chain may end anywhere."""
    later = [link.simulation.exit_code for link in links[1:]]
    return links[0].simulation.exit_code or max((code for code in later if code != 3), default=0)


def _from_the_machine(
    simulator: Simulator, before: Simulation, seen: set[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The events that the state machine published after one event: publisher, message id, event."""
    simulator.engine.runtime.drain()
    for message_id, event in _messages(list(simulator.engine.runtime.invocations)):
        came_of = (event.get("triggered_by_job"), event.get("triggered_by_run_id"))
        if message_id not in seen and "hops" in event and came_of == (before.job_name, before.job_run_id):
            seen.add(message_id)
            yield "the state machine", message_id, event


def _messages(invocations: list[Invocation]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in invocations:
        for record in one.event.get("Records", ()) if isinstance(one.event, dict) else ():
            sns = record.get("Sns", {}) if isinstance(record, dict) else {}
            # The router reports the error of a text that is not JSON.
            with contextlib.suppress(ValueError):
                event = json.loads(sns.get("Message", ""))
                if isinstance(event, dict):
                    yield sns["MessageId"], event


def _in_place_of_targets(simulator: Simulator, before: Simulation) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Publish the success of each started target that has a workflow and publishes its own events."""
    if before.status != "STARTED":
        return
    configured = {
        one.id: one.trigger for one in simulator.triggers_of(before.job_name, before.event_kind or "on_success")
    }
    for result in before.triggers:
        trigger = configured.get(result.trigger_id)
        if result.status != "TRIGGERED" or not isinstance(trigger, Trigger):
            continue
        name = trigger.target_name().partition(":")[0]
        if name not in simulator.document["workflows"] or (isinstance(trigger, WaitingTrigger) and trigger.publish):
            continue
        event = {"job_name": name, "job_run_id": result.id, "status": "SUCCESS", "artifacts": {}, "metrics": {}}
        answer = simulator.engine.client("sns").publish(
            TopicArn=simulator.stack.topics["job_events"], Message=json.dumps(event)
        )
        yield f"{trigger.TYPE} {name}, simulated", answer["MessageId"], event
