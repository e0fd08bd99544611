"""``orchestrator redrive-dlq`` against the engine: what is sent, what leaves, what stays, and who may approve."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.local import helpers
from tests.local.helpers import Event, counts
from tests.operations.redrive.harness import FUNCTION, Redrive


@contextmanager
def unreachable(redrive: Redrive, topic: str) -> Iterator[None]:
    """The topic's subscription leads to a function that is not there."""
    sns = redrive.engine.client("sns")
    (there,) = sns.list_subscriptions_by_topic(TopicArn=redrive.stack.topics[topic])["Subscriptions"]
    found = sns.get_subscription_attributes(SubscriptionArn=there["SubscriptionArn"])["Attributes"]
    kept = {name: found[name] for name in ("FilterPolicy", "FilterPolicyScope", "RedrivePolicy")}

    def subscribe(endpoint: str) -> str:
        wish = {"TopicArn": redrive.stack.topics[topic], "Protocol": "lambda", "Attributes": kept}
        return str(sns.subscribe(**wish, Endpoint=endpoint)["SubscriptionArn"])

    sns.unsubscribe(SubscriptionArn=there["SubscriptionArn"])
    nowhere = subscribe(there["Endpoint"].replace(FUNCTION, "nowhere"))
    try:
        yield
    finally:
        sns.unsubscribe(SubscriptionArn=nowhere)
        subscribe(there["Endpoint"])


def test_what_sns_could_not_deliver_starts_its_targets_once(redrive: Redrive, event: Event) -> None:
    body = event(job_run_id="undelivered")
    with unreachable(redrive, "job_events"):
        redrive.engine.client("sns").publish(TopicArn=redrive.stack.topics["job_events"], Message=json.dumps(body))
    before = counts(redrive.engine)
    assert redrive.statuses() == (0, ["PENDING"])
    code, (report,) = redrive.reports("--yes")
    redrive.settle()
    assert (code, report["status"], report["deleted"]) == (0, "STARTED", True)
    assert report["jobs"] == [{"job_name": "upstream", "job_run_id": "undelivered"}]
    assert set(report["executions"]) <= set(redrive.router.executions())
    assert {kind: count - before[kind] for kind, count in counts(redrive.engine).items()} == dict.fromkeys(before, 1)
    assert redrive.statuses("--yes") == (0, [])


@pytest.mark.parametrize("shape", ["raw", "envelope", "event"])
def test_each_format_of_the_delivery_queue(redrive: Redrive, event: Event, shape: str) -> None:
    body = event(job_name="cheap", job_run_id=f"shape-{shape}")
    envelope = redrive.envelope(body)
    redrive.store({"raw": body, "envelope": envelope, "event": {"Records": [{"Sns": envelope}]}}[shape])
    code, (report,) = redrive.reports("--yes")
    expected = {"raw": "raw message", "envelope": "SNS envelope", "event": "Lambda event"}[shape]
    assert (code, report["status"], report["payload_format"]) == (0, "STARTED", expected)
    # The same event, published again, is a duplicate and leaves as well.
    redrive.store(envelope)
    assert redrive.statuses("--yes") == (0, ["DUPLICATE"])
    assert redrive.bodies() == {}


def test_what_the_router_failed_on_stays_until_it_does_not(redrive: Redrive, event: Event) -> None:
    body = event(job_run_id="unrouted")
    with redrive.without_config():
        redrive.engine.client("sns").publish(TopicArn=redrive.stack.topics["job_events"], Message=json.dumps(body))
        redrive.engine.runtime.drain()
        (key,) = redrive.objects()
        code, (seen,) = redrive.reports()
        assert (code, seen["id"], seen["status"], seen["payload_format"]) == (0, key, "PENDING", "invocation record")
        assert seen["error"].startswith("RoutingError: ")
        assert "ConfigUnavailableError" in seen["error"]
        code, (failed,) = redrive.reports("--yes")
        assert (code, failed["status"], failed["deleted"]) == (1, "FAILED", False)
        assert "ConfigUnavailableError" in failed["reason"]
        assert redrive.objects() == [key]
    before = counts(redrive.engine)
    assert redrive.statuses("--yes") == (0, ["STARTED"])
    redrive.settle()
    assert redrive.objects() == []
    assert {kind: count - before[kind] for kind, count in counts(redrive.engine).items()} == dict.fromkeys(before, 1)


def test_a_dry_run_changes_nothing(redrive: Redrive, event: Event) -> None:
    redrive.fail(event(job_run_id="looked-at"))
    held = {redrive.store(event(job_run_id=f"looked-at-{number}")) for number in range(12)}
    keys, runs = redrive.objects(), len(redrive.engine.runtime.invocations)
    code, statuses = redrive.statuses()
    assert (code, statuses) == (0, ["PENDING"] * 13)
    assert (set(redrive.bodies()), redrive.objects()) == (held, keys)
    assert len(redrive.engine.runtime.invocations) == runs


def test_a_poisonous_body_stays_and_stops_nothing(redrive: Redrive, event: Event) -> None:
    good = event(job_name="cheap", job_run_id="beside-poison")
    bad = ["{", "[1]", {"job_name": "cheap", "status": "SUCCESS"}]
    kept = {redrive.store(body) for body in bad}
    redrive.store(good)
    redrive.s3.put_object(Bucket=redrive.bucket, Key=f"aws/lambda/async/{FUNCTION}/poison", Body=b"\xff")
    redrive.store(event(job_name="nobody"))
    assert redrive.statuses() == (1, ["UNREADABLE"] * 3 + ["PENDING"] * 2 + ["UNREADABLE"])
    code, reports = redrive.reports("--yes")
    statuses = [report["status"] for report in reports]
    assert (code, statuses) == (1, ["UNREADABLE", "UNREADABLE", "FAILED", "STARTED", "IGNORED", "UNREADABLE"])
    assert "'job_run_id': found nothing" in reports[2]["reason"]
    assert reports[4]["reason"] == "the configuration has no workflow for job 'nobody'"
    assert (set(redrive.bodies()), len(redrive.objects())) == (kept, 1)


def test_an_invocation_without_records_stays(redrive: Redrive) -> None:
    """The router has nothing to say of it: it was neither started nor ignored."""
    redrive.store({"Records": []})
    redrive.store({"requestContext": {}, "requestPayload": {"Records": []}})
    assert redrive.statuses() == (1, ["UNREADABLE"] * 2)
    assert redrive.statuses("--yes") == (1, ["FAILED"] * 2)
    assert len(redrive.bodies()) == 2


def test_a_raw_approval_needs_its_topic(redrive: Redrive, event: Event) -> None:
    redrive.store(event(job_run_id="approved", decision="APPROVED"))
    runs = len(redrive.engine.runtime.invocations)
    for arguments in ((), ("--yes",)):
        code, (report,) = redrive.reports(*arguments)
        assert (code, report["status"], report["warnings"]) == (1, "TOPIC_UNKNOWN", [])
        assert "--topic ARN" in report["reason"]
    assert (len(redrive.bodies()), len(redrive.engine.runtime.invocations)) == (1, runs)
    before = counts(redrive.engine)
    topic = redrive.stack.topics["job_approvals"]
    code, (report,) = redrive.reports("--topic", topic)
    assert (code, report["status"], report["event_kind"]) == (0, "PENDING", "on_approval")
    assert redrive.statuses("--topic", topic, "--yes") == (0, ["STARTED"])
    redrive.settle()
    added = {kind: count - before[kind] for kind, count in counts(redrive.engine).items()}
    assert added == dict.fromkeys(before, 0) | {"glue_job": 1}


@pytest.mark.parametrize("shape", ["envelope", "record"])
def test_a_publisher_cannot_forge_an_approval(redrive: Redrive, event: Event, shape: str) -> None:
    """Published to job_events, let through by its filter, not delivered, and held as it was published."""
    approval = event(job_run_id=f"forged-{shape}", decision="APPROVED")
    record = {"requestContext": {}, "requestPayload": approval}
    forged = {"envelope": redrive.envelope(approval, "job_approvals"), "record": record}[shape]
    redrive.store(forged | {"status": "SUCCESS"})
    code, statuses = redrive.statuses("--yes")
    assert (code, statuses, len(redrive.bodies())) == (1, ["FAILED"], 1)
    assert not [name for name in redrive.router.executions() if "forged" in name]


def test_an_approvals_own_topic_counts(redrive: Redrive, event: Event) -> None:
    redrive.store(redrive.envelope(event(job_run_id="own-topic", decision="APPROVED"), "job_approvals"))
    redrive.store(redrive.envelope(event(job_run_id="other-topic", status=..., decision="APPROVED"), "job_events"))
    code, (approval, other) = redrive.reports()
    assert (code, approval["event_kind"], other["status"]) == (0, "on_approval", "IGNORED")
    assert "decision APPROVED did not count" in other["warnings"][0]
    assert redrive.statuses("--yes") == (0, ["STARTED", "IGNORED"])


def test_a_raw_body_cannot_replay(redrive: Redrive, event: Event) -> None:
    body = event(job_name="cheap", job_run_id="raw-replay")
    original = helpers.record(redrive.router.invoke(body))["executions"][0]["name"]
    before = redrive.router.executions()
    redrive.store(body | {"$replay": {"of": original, "tag": "t"}})
    assert redrive.statuses() == (1, ["UNREADABLE"])
    code, (report,) = redrive.reports("--yes")
    assert (code, report["status"]) == (1, "FAILED")
    assert "a replay is accepted by direct invocation only" in report["reason"]
    assert sorted(redrive.router.executions()) == sorted(before)


def test_a_direct_invocation_that_failed_is_sent_as_it_was(redrive: Redrive, event: Event) -> None:
    redrive.fail(event(job_run_id="direct", status=..., decision="APPROVED"))
    code, (report,) = redrive.reports()
    assert (code, report["status"], report["event_kind"]) == (0, "PENDING", "on_approval")
    assert redrive.statuses("--yes") == (0, ["STARTED"])


def test_a_record_over_one_megabyte_of_many_events(redrive: Redrive, event: Event) -> None:
    bodies = [event(job_name="cheap", job_run_id=f"large-{number}", blob="x" * 120_000) for number in range(10)]
    redrive.fail({"Records": [redrive.router.sns(body) for body in bodies]})
    (key,) = redrive.objects()
    assert redrive.s3.head_object(Bucket=redrive.bucket, Key=key)["ContentLength"] > 2**20
    code, (report,) = redrive.reports("--yes")
    assert (code, report["status"], len(report["executions"]), len(report["jobs"])) == (0, "STARTED", 10, 10)
    assert redrive.objects() == []


def test_one_record_that_fails_keeps_its_neighbours(redrive: Redrive, event: Event) -> None:
    good = event(job_name="cheap", job_run_id="neighbour-of-bad")
    redrive.fail({"Records": [redrive.router.sns(good), redrive.router.sns("{", message_id="bad")]})
    assert redrive.statuses("--yes") == (1, ["FAILED"])
    assert len(redrive.objects()) == 1
    assert [name for name in redrive.router.executions() if "neighbour-of-bad" in name]


def test_a_duplicate_with_other_content_is_told(redrive: Redrive, event: Event) -> None:
    helpers.record(redrive.router.invoke(event(job_name="cheap", job_run_id="differs")))
    redrive.settle()
    redrive.store(event(job_name="cheap", job_run_id="differs", created_by="another"))
    code, (report,) = redrive.reports("--yes")
    assert (code, report["status"], redrive.bodies()) == (0, "DUPLICATE", {})
    assert "created_by" in " ".join(report["warnings"])


def test_other_functions_records_are_left_alone(redrive: Redrive, event: Event) -> None:
    other = {"requestContext": {"functionArn": "arn:aws:lambda:us-west-1:123456789012:function:local-mwaa-dag"}}
    body = json.dumps(other | {"requestPayload": event(job_name="cheap", job_run_id="other-function")})
    redrive.s3.put_object(Bucket=redrive.bucket, Key="aws/lambda/async/local-mwaa-dag/2026/11/23/x", Body=body)
    assert redrive.statuses("--yes") == (0, [])
    redrive.store(body)
    assert redrive.statuses("--yes") == (1, ["UNREADABLE"])
    assert len(redrive.objects()) == 1
