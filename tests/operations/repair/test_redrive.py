"""``orchestrator redrive-dlq`` on the engine: which events it sends, deletes and keeps, and which approvals count."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from operations.repair import redrive as operations
from operations.repair.dead_letter_stores import REDRIVE, SqsStore
from operations.stack.deployed_router import DeployedRouter
from tests.local import helpers
from tests.local.helpers import Event, counts
from tests.operations.repair.harness import FUNCTION, Redrive, unreachable


def test_undelivered_event_starts_its_targets_once(redrive: Redrive, event: Event) -> None:
    body = event(job_run_id="undelivered")
    with unreachable(redrive.engine, redrive.stack, "job_events"):
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
def test_delivery_dlq_accepts_every_payload_format(redrive: Redrive, event: Event, shape: str) -> None:
    body = event(job_name="cheap", job_run_id=f"shape-{shape}")
    envelope = redrive.envelope(body)
    redrive.store({"raw": body, "envelope": envelope, "event": {"Records": [{"Sns": envelope}]}}[shape])
    code, (report,) = redrive.reports("--yes")
    expected = {"raw": "raw message", "envelope": "SNS envelope", "event": "Lambda event"}[shape]
    assert (code, report["status"], report["payload_format"]) == (0, "STARTED", expected)
    # The same event, published again, is a duplicate; the command deletes it as well.
    redrive.store(envelope)
    assert redrive.statuses("--yes") == (0, ["DUPLICATE"])
    assert redrive.bodies() == {}


def test_redrive_keeps_events_that_fail_again(redrive: Redrive, event: Event) -> None:
    body = event(job_run_id="unrouted")
    with redrive.without_config():
        redrive.engine.client("sns").publish(TopicArn=redrive.stack.topics["job_events"], Message=json.dumps(body))
        redrive.engine.runtime.drain()
        (key,) = redrive.objects()
        code, (listed,) = redrive.reports()
        found = (listed["id"], listed["status"], listed["payload_format"])
        assert (code, *found) == (0, key, "PENDING", "invocation record")
        assert listed["error"].startswith("RoutingError: ")
        assert "ConfigUnavailableError" in listed["error"]
        code, (failed,) = redrive.reports("--yes")
        assert (code, failed["status"], failed["deleted"]) == (1, "FAILED", False)
        assert "ConfigUnavailableError" in failed["reason"]
        assert redrive.objects() == [key]
    before = counts(redrive.engine)
    assert redrive.statuses("--yes") == (0, ["STARTED"])
    redrive.settle()
    assert redrive.objects() == []
    assert {kind: count - before[kind] for kind, count in counts(redrive.engine).items()} == dict.fromkeys(before, 1)


def test_dry_run_changes_nothing(redrive: Redrive, event: Event) -> None:
    redrive.fail(event(job_run_id="listed"))
    stored = {redrive.store(event(job_run_id=f"listed-{number}")) for number in range(12)}
    keys, runs = redrive.objects(), len(redrive.engine.runtime.invocations)
    code, statuses = redrive.statuses()
    assert (code, statuses) == (0, ["PENDING"] * 13)
    assert (set(redrive.bodies()), redrive.objects()) == (stored, keys)
    assert len(redrive.engine.runtime.invocations) == runs


def test_unreadable_events_remain_and_others_are_sent(redrive: Redrive, event: Event) -> None:
    good = event(job_name="cheap", job_run_id="readable")
    bad = ["{", "[1]", {"job_name": "cheap", "status": "SUCCESS"}]
    unreadable = {redrive.store(body) for body in bad}
    redrive.store(good)
    redrive.s3.put_object(Bucket=redrive.bucket, Key=f"aws/lambda/async/{FUNCTION}/unreadable", Body=b"\xff")
    redrive.store(event(job_name="nobody"))
    assert redrive.statuses() == (1, ["UNREADABLE"] * 3 + ["PENDING"] * 2 + ["UNREADABLE"])
    code, reports = redrive.reports("--yes")
    statuses = [report["status"] for report in reports]
    assert (code, statuses) == (1, ["UNREADABLE", "UNREADABLE", "FAILED", "STARTED", "IGNORED", "UNREADABLE"])
    assert "'job_run_id': found nothing" in reports[2]["reason"]
    assert reports[4]["reason"] == "the configuration has no workflow for job 'nobody'"
    assert (set(redrive.bodies()), len(redrive.objects())) == (unreadable, 1)


def test_invocation_without_records_remains(redrive: Redrive) -> None:
    """The router returns no record, so the event was neither started nor ignored."""
    redrive.store({"Records": []})
    redrive.store({"requestContext": {}, "requestPayload": {"Records": []}})
    assert redrive.statuses() == (1, ["UNREADABLE"] * 2)
    assert redrive.statuses("--yes") == (1, ["FAILED"] * 2)
    assert len(redrive.bodies()) == 2


def test_raw_approval_needs_its_topic(redrive: Redrive, event: Event) -> None:
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
def test_publisher_cannot_forge_an_approval(redrive: Redrive, event: Event, shape: str) -> None:
    """The message passed the filter of job_events, and SNS stored it in the DLQ unchanged."""
    approval = event(job_run_id=f"forged-{shape}", decision="APPROVED")
    record = {"requestContext": {}, "requestPayload": approval}
    forged = {"envelope": redrive.envelope(approval, "job_approvals"), "record": record}[shape]
    redrive.store(forged | {"status": "SUCCESS"})
    code, statuses = redrive.statuses("--yes")
    assert (code, statuses, len(redrive.bodies())) == (1, ["FAILED"], 1)
    assert not [name for name in redrive.router.executions() if "forged" in name]


def test_approval_counts_if_its_topic_is_approvals(redrive: Redrive, event: Event) -> None:
    redrive.store(redrive.envelope(event(job_run_id="own-topic", decision="APPROVED"), "job_approvals"))
    redrive.store(redrive.envelope(event(job_run_id="other-topic", status=..., decision="APPROVED"), "job_events"))
    code, (approval, other) = redrive.reports()
    assert (code, approval["event_kind"], other["status"]) == (0, "on_approval", "IGNORED")
    assert "decision APPROVED was ignored" in other["warnings"][0]
    assert redrive.statuses("--yes") == (0, ["STARTED", "IGNORED"])


def test_raw_message_cannot_replay(redrive: Redrive, event: Event) -> None:
    body = event(job_name="cheap", job_run_id="raw-replay")
    original = helpers.record(redrive.router.invoke(body))["executions"][0]["name"]
    before = redrive.router.executions()
    redrive.store(body | {"$replay": {"of": original}})
    assert redrive.statuses() == (1, ["UNREADABLE"])
    code, (report,) = redrive.reports("--yes")
    assert (code, report["status"]) == (1, "FAILED")
    assert "a replay must be a direct invocation" in report["reason"]
    assert sorted(redrive.router.executions()) == sorted(before)


def test_failed_direct_invocation_is_sent_unchanged(redrive: Redrive, event: Event) -> None:
    redrive.fail(event(job_run_id="direct", status=..., decision="APPROVED"))
    code, (report,) = redrive.reports()
    assert (code, report["status"], report["event_kind"]) == (0, "PENDING", "on_approval")
    assert redrive.statuses("--yes") == (0, ["STARTED"])


def test_record_over_one_megabyte_starts_all_events(redrive: Redrive, event: Event) -> None:
    bodies = [event(job_name="cheap", job_run_id=f"large-{number}", blob="x" * 120_000) for number in range(10)]
    redrive.fail({"Records": [redrive.router.sns(body) for body in bodies]})
    (key,) = redrive.objects()
    assert redrive.s3.head_object(Bucket=redrive.bucket, Key=key)["ContentLength"] > 2**20
    code, (report,) = redrive.reports("--yes")
    assert (code, report["status"], len(report["executions"]), len(report["jobs"])) == (0, "STARTED", 10, 10)
    assert redrive.objects() == []


def test_failed_record_keeps_the_whole_dead_letter(redrive: Redrive, event: Event) -> None:
    good = event(job_name="cheap", job_run_id="neighbour-of-bad")
    redrive.fail({"Records": [redrive.router.sns(good), redrive.router.sns("{", message_id="bad")]})
    assert redrive.statuses("--yes") == (1, ["FAILED"])
    assert len(redrive.objects()) == 1
    assert [name for name in redrive.router.executions() if "neighbour-of-bad" in name]


def test_duplicate_with_other_content_has_a_warning(redrive: Redrive, event: Event) -> None:
    helpers.record(redrive.router.invoke(event(job_name="cheap", job_run_id="differs")))
    redrive.settle()
    redrive.store(event(job_name="cheap", job_run_id="differs", created_by="another"))
    code, (report,) = redrive.reports("--yes")
    assert (code, report["status"], redrive.bodies()) == (0, "DUPLICATE", {})
    assert "created_by" in " ".join(report["warnings"])


def test_rejected_triggers_are_reported_before_deletion(redrive: Redrive, event: Event) -> None:
    """The dead letter is deleted, so only the report names the triggers that did not start."""
    redrive.store(event(job_name="broken", job_run_id="rejected"))
    code, (report,) = redrive.reports("--yes")
    assert (code, report["status"], report["deleted"], redrive.bodies()) == (0, "STARTED", True, {})
    (warning,) = report["warnings"]
    assert warning.startswith("rejected: workflows.broken.on_success[1]: ConfigError: ")
    assert "found 'glue'" in warning


def test_message_that_cannot_be_deleted_is_reported(redrive: Redrive, event: Event) -> None:
    redrive.store(event(job_name="cheap", job_run_id="undeleted"))
    opened = operations.Redrive.open(DeployedRouter.find(FUNCTION), REDRIVE)
    (queue,) = [store for store in opened.stores if isinstance(store, SqsStore)]

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteMessage")

    queue.client.meta.events.register("before-call.sqs.DeleteMessage", refuse)
    (report,) = opened.send()
    assert (report.status, report.deleted, len(redrive.bodies())) == ("STARTED", False, 1)
    assert report.warnings[-1].startswith(f"not deleted from {FUNCTION}-delivery-dlq: ")
    assert redrive.statuses("--yes") == (0, ["DUPLICATE"])


def test_arrival_at_a_join_is_handled(redrive: Redrive, event: Event) -> None:
    join = {"all_of": ["left", "right"], "key": "${start_date}", "on_complete": [helpers.FIVE[4], {"type": "glue"}]}
    with redrive.router.config({"workflows": {}, "joins": {"both": join}}):
        redrive.store(event(job_name="left", job_run_id="1", start_date="2026-01-01"))
        assert redrive.statuses("--yes") == (0, ["JOINED"])
        redrive.store(event(job_name="right", job_run_id="1", start_date="2026-01-01"))
        code, (report,) = redrive.reports("--yes")
    assert (code, report["status"], len(report["executions"])) == (0, "JOINED", 1)
    assert set(report["executions"]) <= set(redrive.router.executions())


def test_records_of_other_functions_remain(redrive: Redrive, event: Event) -> None:
    other = {"requestContext": {"functionArn": "arn:aws:lambda:us-west-1:123456789012:function:local-mwaa-dag"}}
    body = json.dumps(other | {"requestPayload": event(job_name="cheap", job_run_id="other-function")})
    redrive.s3.put_object(Bucket=redrive.bucket, Key="aws/lambda/async/local-mwaa-dag/2026/11/23/x", Body=body)
    assert redrive.statuses("--yes") == (0, [])
    redrive.store(body)
    assert redrive.statuses("--yes") == (1, ["UNREADABLE"])
    assert len(redrive.objects()) == 1
