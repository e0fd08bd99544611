"""Published messages, the topics of a router, and the executions that follow an event."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.engine.faults import Fault
from operations.publishing.publish import Follower, publish, topic_arn
from operations.stack.deployed_router import DeployedRouter
from operations.stack.topics import APPROVALS, EVENTS
from orchestration.event.job_event import deliveries, read_event
from tests.conftest import Router
from tests.local.helpers import Event, record

Following = Callable[..., Follower]


@pytest.fixture
def follower(deployed: DeployedRouter, event: Event) -> Following:
    """Return a function that follows an event with changed fields."""

    def make(**fields: Any) -> Follower:
        (delivery,) = deliveries(event(**fields), "")
        return Follower(deployed, read_event(delivery, ""))

    return make


@pytest.mark.parametrize("topic", [EVENTS, APPROVALS])
def test_topic_is_the_routers_setting_or_terraforms_name(deployed: DeployedRouter, topic: str) -> None:
    here = "arn:aws:sns:us-west-1:123456789012"
    assert topic_arn(deployed, topic) == f"{here}:local-{topic}"
    other = "arn:aws:sns:eu-west-1:210987654321:other"
    changed = (
        replace(deployed.settings, events_topic_arn=other)
        if topic == EVENTS
        else replace(deployed.settings, approvals_topic_arn=other)
    )
    assert topic_arn(replace(deployed, settings=changed), topic) == other
    unset = replace(deployed.settings, events_topic_arn="", approvals_topic_arn="")
    arn = f"arn:aws:lambda:us-west-1:123456789012:function:{deployed.name}"
    for name in (deployed.name, arn):
        assert topic_arn(replace(deployed, settings=unset, name=name), topic) == f"{here}:local-{topic}"


def test_published_event_is_routed(router: Router, follower: Following, event: Event) -> None:
    arn = router.simulator.stack.topics[EVENTS]
    published = publish(arn, json.dumps(event(job_run_id="published")))
    assert (published.topic_arn, len(published.message_id)) == (arn, 36)
    found: Any = follower(job_run_id="published").outcomes(30)
    assert [len(execution["outcomes"]) for execution in found] == [5]


def test_topic_of_another_region_is_called_there(environment: None) -> None:
    with pytest.raises(ClientError, match="NotFound"):
        publish("arn:aws:sns:eu-west-1:123456789012:local-job_events", "{}")


def test_event_that_never_started_has_no_execution(follower: Following) -> None:
    following = follower(job_run_id="never")
    assert following.existing() is None
    began = time.monotonic()
    assert following.first(0.6) is None
    assert time.monotonic() - began >= 0.6
    assert following.outcomes(0) == []


def test_execution_that_starts_later_is_found(router: Router, follower: Following, event: Event) -> None:
    following = follower(job_run_id="later")
    later = threading.Timer(1, router.invoke, [event(job_run_id="later")])
    later.start()
    try:
        found = following.first(30)
    finally:
        later.join()
    assert found is not None
    assert found.name == following.name
    assert following.existing() is not None


def test_follower_stops_if_nothing_will_start(follower: Following) -> None:
    began = time.monotonic()
    assert follower(job_run_id="never").outcomes(30, ended=lambda: True) == []
    assert time.monotonic() - began < 15


def test_outcomes_are_those_of_the_response(router: Router, follower: Following, event: Event) -> None:
    response = record(router.invoke(event(job_name="two_batches", job_run_id="1") | {"$wait_seconds": 60}))
    steps: list[str] = []
    found = follower(job_name="two_batches", job_run_id="1").outcomes(60, steps.append)
    assert [one["name"] for one in found] == [one["name"] for one in response["executions"]]
    assert [one["outcomes"] for one in found] == [one["outcomes"] for one in response["executions"]]
    assert {one["execution_status"] for one in found} == {"SUCCEEDED"}
    assert [step.split()[:2] for step in steps] == [["waiting", "for"]] * 2


def test_running_execution_is_reported_after_the_time(router: Router, follower: Following, event: Event) -> None:
    with router.simulator.engine.patch_context.faults.inject("glue.StartJobRun", Fault(delay=4)):
        router.invoke(event(job_run_id="slow"))
        (found,) = follower(job_run_id="slow").outcomes(0.5)
    assert found["execution_status"] == "RUNNING"


def test_every_part_of_a_large_event_is_followed(router: Router, follower: Following, event: Event) -> None:
    """Event and triggers together exceed one input, so the router starts several executions."""
    table = "x" * 2_000
    triggers = [
        {"type": "glue_job", "job_name": "job", "arguments": {"--blob": table, "--n": str(number)}}
        for number in range(70)
    ]
    body = {"job_name": "upstream", "job_run_id": "large", "blob": "y" * 150_000}
    with router.config({"workflows": {"upstream": {"on_success": triggers}}}):
        response = record(router.invoke(event(**body) | {"$wait_seconds": 60}))
    names = [one["name"] for one in response["executions"]]
    assert len(names) > 1
    assert [one["name"] for one in follower(**body).outcomes(60)] == names
