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
from operations.publishing.publish import Follower, Progress, publish, topic_arn
from operations.stack.deployed_router import DeployedRouter
from operations.stack.topics import APPROVALS, EVENTS
from orchestration.event.job_event import deliveries, read_event
from orchestration.values.strictjson import JsonObject
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


def outcomes(
    following: Follower, seconds: float, progress: Progress = lambda _: None, **more: bool
) -> list[JsonObject]:
    """The outcomes of the event, whose first execution appears in time."""
    first = following.first(seconds, progress)
    assert first is not None
    return following.outcomes(first, seconds, progress, **more)


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
    found: Any = outcomes(follower(job_run_id="published"), 30)
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
    assert follower(job_run_id="never").first(30, ended=lambda: True) is None
    assert time.monotonic() - began < 15


def test_outcomes_are_those_of_the_response(router: Router, follower: Following, event: Event) -> None:
    response = record(router.invoke(event(job_name="two_batches", job_run_id="1") | {"$wait_seconds": 60}))
    steps: list[str] = []
    found: Any = outcomes(follower(job_name="two_batches", job_run_id="1"), 60, steps.append)
    assert [one["name"] for one in found] == [one["name"] for one in response["executions"]]
    assert [one["outcomes"] for one in found] == [one["outcomes"] for one in response["executions"]]
    assert {one["execution_status"] for one in found} == {"SUCCEEDED"}
    assert [step.split()[:2] for step in steps] == [["waiting", "for"]] * 2


def test_running_execution_is_reported_after_the_time(router: Router, follower: Following, event: Event) -> None:
    with router.simulator.engine.patch_context.faults.inject("glue.StartJobRun", Fault(delay=4)):
        router.invoke(event(job_run_id="slow"))
        (found,) = outcomes(follower(job_run_id="slow"), 0.5)
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
    assert [one["name"] for one in outcomes(follower(**body), 60)] == names


def test_executions_are_duplicates_only_if_they_existed_before(
    router: Router, follower: Following, event: Event
) -> None:
    router.invoke(event(job_run_id="status"))
    following = follower(job_run_id="status")
    (started,) = outcomes(following, 30)
    (found,) = outcomes(following, 30, before=True)
    assert (started["status"], found["status"]) == ("STARTED", "DUPLICATE")
    assert ("existing" in started, "existing" in found) == (False, True)


def test_difference_names_the_changed_fields(router: Router, follower: Following, event: Event) -> None:
    router.invoke(event(job_run_id="content"))
    first = follower(job_run_id="content").first(30)
    assert first is not None
    assert follower(job_run_id="content").difference(first) == ""
    changed = follower(job_run_id="content", day="7").difference(first)
    assert changed == 'day was absent and is now "7"'
