"""``orchestrator redrive-dlq`` against the engine: what is sent, what leaves, what stays, and who may approve."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from cli.main import main
from cli.parked_stores import Queue, Reading
from local.engine import Engine
from local.faults import Fault
from local.simulation import Simulator
from local.targets.queues import messages
from local.topology import upload_config
from orchestration import strictjson
from orchestration.executions import Executions
from tests.conftest import Router
from tests.local import stage
from tests.local.stage import Event, counts
from tests.local.test_cli import COMMAND, ROOT

FUNCTION = "local-downstream-orchestrator"
ONE_GLUE_JOB = {"on_success": stage.FIVE[:1]}
CONFIG = {"workflows": stage.CONFIG["workflows"] | {"cheap": {"on_success": stage.FIVE[4:]}, "slow": ONE_GLUE_JOB}}


@pytest.fixture(scope="module")
def router(engine: Engine) -> Router:
    return Router(Simulator.deployed(engine, CONFIG))


@dataclass
class Redrive:
    """The two stores, and the command as a person runs it."""

    router: Router
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.engine, self.stack = self.router.simulator.engine, self.router.simulator.stack
        self.sqs, self.s3 = self.engine.client("sqs"), self.engine.client("s3")
        self.url, self.bucket = self.stack.delivery_dlq_url, self.stack.failure_bucket
        self.err = ""

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code and standard output."""
        self.monkeypatch.setattr(sys, "argv", ["orchestrator", "redrive-dlq", *(arguments or (FUNCTION,))])
        with pytest.raises(SystemExit) as caught:
            main()
        out, self.err = self.capsys.readouterr()
        assert "Traceback" not in self.err
        return int(caught.value.code or 0), out

    def reports(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        code, out = self.run(FUNCTION, "--json", *arguments)
        return code, json.loads(out)

    def statuses(self, *arguments: str) -> tuple[int, list[str]]:
        code, reports = self.reports(*arguments)
        return code, [report["status"] for report in reports]

    def park(self, body: Any) -> str:
        text = body if isinstance(body, str) else json.dumps(body)
        return str(self.sqs.send_message(QueueUrl=self.url, MessageBody=text)["MessageId"])

    def envelope(self, body: Any, topic: str = "job_events") -> dict[str, Any]:
        arn = self.stack.topics[topic]
        return {"Type": "Notification", "MessageId": "sns-1", "TopicArn": arn, "Message": json.dumps(body)}

    def bodies(self) -> dict[str, str]:
        """Every message that somebody else can see now; they can be seen afterwards, too."""
        held: list[dict[str, str]] = []
        while more := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            held += more
        for one in held:
            handle = {"ReceiptHandle": one["ReceiptHandle"], "VisibilityTimeout": 0}
            self.sqs.change_message_visibility(QueueUrl=self.url, **handle)
        return {one["MessageId"]: one["Body"] for one in held}

    def objects(self) -> list[str]:
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def settle(self) -> None:
        """Wait for the end of every execution."""
        executions = Executions(self.engine.client("stepfunctions"), self.router.simulator.settings)
        for name in self.router.executions():
            executions.wait(name, time.monotonic() + 30)

    @contextmanager
    def without_config(self) -> Iterator[None]:
        """The router raises, whatever it is sent."""
        bucket, _, key = self.stack.config_uri.removeprefix("s3://").partition("/")
        self.s3.delete_object(Bucket=bucket, Key=key)
        try:
            yield
        finally:
            upload_config(self.engine, self.stack.config_uri, strictjson.dumps(CONFIG))

    def fail(self, payload: Any) -> None:
        """Invoke the router asynchronously until its failure destination has the record."""
        before = len(self.objects())
        with self.without_config():
            client = self.engine.client("lambda")
            client.invoke(FunctionName=self.stack.router, InvocationType="Event", Payload=json.dumps(payload).encode())
            self.engine.runtime.drain()
        assert len(self.objects()) == before + 1


@pytest.fixture
def redrive(router: Router, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Redrive]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    engine = router.simulator.engine
    variables = {"ENDPOINT_URL": engine.endpoint, "DEFAULT_REGION": engine.region, "CONFIG_FILE": os.devnull}
    for name, value in variables.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    one = Redrive(router, capsys, monkeypatch)
    yield one
    one.settle()
    while held := one.sqs.receive_message(QueueUrl=one.url, MaxNumberOfMessages=10).get("Messages"):
        for message in held:
            one.sqs.delete_message(QueueUrl=one.url, ReceiptHandle=message["ReceiptHandle"])
    for key in one.objects():
        one.s3.delete_object(Bucket=one.bucket, Key=key)


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
    assert redrive.statuses() == (0, ["SUCCESS"])
    code, (report,) = redrive.reports("--send")
    redrive.settle()
    assert (code, report["status"], report["left"]) == (0, "STARTED", True)
    assert report["jobs"] == [{"job_name": "upstream", "job_run_id": "undelivered"}]
    assert set(report["executions"]) <= set(redrive.router.executions())
    assert {kind: count - before[kind] for kind, count in counts(redrive.engine).items()} == dict.fromkeys(before, 1)
    assert redrive.statuses("--send") == (0, [])


@pytest.mark.parametrize("shape", ["raw", "envelope", "event"])
def test_each_format_of_the_delivery_queue(redrive: Redrive, event: Event, shape: str) -> None:
    body = event(job_name="cheap", job_run_id=f"shape-{shape}")
    envelope = redrive.envelope(body)
    redrive.park({"raw": body, "envelope": envelope, "event": {"Records": [{"Sns": envelope}]}}[shape])
    code, (report,) = redrive.reports("--send")
    expected = {"raw": "raw message", "envelope": "SNS envelope", "event": "Lambda event"}[shape]
    assert (code, report["status"], report["format"]) == (0, "STARTED", expected)
    # The same event, published again, is a duplicate and leaves as well.
    redrive.park(envelope)
    assert redrive.statuses("--send") == (0, ["DUPLICATE"])
    assert redrive.bodies() == {}


def test_what_the_router_failed_on_stays_until_it_does_not(redrive: Redrive, event: Event) -> None:
    body = event(job_run_id="unrouted")
    with redrive.without_config():
        redrive.engine.client("sns").publish(TopicArn=redrive.stack.topics["job_events"], Message=json.dumps(body))
        redrive.engine.runtime.drain()
        (key,) = redrive.objects()
        code, (seen,) = redrive.reports()
        assert (code, seen["id"], seen["status"], seen["format"]) == (0, key, "SUCCESS", "invocation record")
        assert seen["error"].startswith("RoutingError: ")
        assert "ConfigUnavailableError" in seen["error"]
        code, (failed,) = redrive.reports("--send")
        assert (code, failed["status"], failed["left"]) == (1, "FAILED", False)
        assert "ConfigUnavailableError" in failed["reason"]
        assert redrive.objects() == [key]
    before = counts(redrive.engine)
    assert redrive.statuses("--send") == (0, ["STARTED"])
    redrive.settle()
    assert redrive.objects() == []
    assert {kind: count - before[kind] for kind, count in counts(redrive.engine).items()} == dict.fromkeys(before, 1)


def test_a_dry_run_changes_nothing(redrive: Redrive, event: Event) -> None:
    redrive.fail(event(job_run_id="looked-at"))
    held = {redrive.park(event(job_run_id=f"looked-at-{number}")) for number in range(12)}
    keys, runs = redrive.objects(), len(redrive.engine.runtime.invocations)
    code, statuses = redrive.statuses()
    assert (code, statuses) == (0, ["SUCCESS"] * 13)
    assert (set(redrive.bodies()), redrive.objects()) == (held, keys)
    assert len(redrive.engine.runtime.invocations) == runs


def test_a_poisonous_body_stays_and_stops_nothing(redrive: Redrive, event: Event) -> None:
    good = event(job_name="cheap", job_run_id="beside-poison")
    bad = ["{", "[1]", {"job_name": "cheap", "status": "SUCCESS"}]
    kept = {redrive.park(body) for body in bad}
    redrive.park(good)
    redrive.s3.put_object(Bucket=redrive.bucket, Key=f"aws/lambda/async/{FUNCTION}/poison", Body=b"\xff")
    redrive.park(event(job_name="nobody"))
    assert redrive.statuses() == (1, ["UNREADABLE"] * 3 + ["SUCCESS"] * 2 + ["UNREADABLE"])
    code, reports = redrive.reports("--send")
    statuses = [report["status"] for report in reports]
    assert (code, statuses) == (1, ["UNREADABLE", "UNREADABLE", "FAILED", "STARTED", "IGNORED", "UNREADABLE"])
    assert "'job_run_id': found nothing" in reports[2]["reason"]
    assert reports[4]["reason"] == "the configuration has no workflow for job 'nobody'"
    assert (set(redrive.bodies()), len(redrive.objects())) == (kept, 1)


def test_an_invocation_without_records_stays(redrive: Redrive) -> None:
    """The router has nothing to say of it: it was neither started nor ignored."""
    redrive.park({"Records": []})
    redrive.park({"requestContext": {}, "requestPayload": {"Records": []}})
    assert redrive.statuses() == (1, ["UNREADABLE"] * 2)
    assert redrive.statuses("--send") == (1, ["FAILED"] * 2)
    assert len(redrive.bodies()) == 2


def test_a_raw_approval_needs_its_topic(redrive: Redrive, event: Event) -> None:
    redrive.park(event(job_run_id="approved", decision="APPROVED"))
    runs = len(redrive.engine.runtime.invocations)
    for arguments in ((), ("--send",)):
        code, (report,) = redrive.reports(*arguments)
        assert (code, report["status"], report["warnings"]) == (1, "TOPIC_UNKNOWN", [])
        assert "--topic ARN" in report["reason"]
    assert (len(redrive.bodies()), len(redrive.engine.runtime.invocations)) == (1, runs)
    before = counts(redrive.engine)
    topic = redrive.stack.topics["job_approvals"]
    assert redrive.statuses("--topic", topic) == (0, ["APPROVAL"])
    assert redrive.statuses("--topic", topic, "--send") == (0, ["STARTED"])
    redrive.settle()
    added = {kind: count - before[kind] for kind, count in counts(redrive.engine).items()}
    assert added == dict.fromkeys(before, 0) | {"glue_job": 1}


@pytest.mark.parametrize("shape", ["envelope", "record"])
def test_a_publisher_cannot_forge_an_approval(redrive: Redrive, event: Event, shape: str) -> None:
    """Published to job_events, let through by its filter, not delivered, and held as it was published."""
    approval = event(job_run_id=f"forged-{shape}", decision="APPROVED")
    record = {"requestContext": {}, "requestPayload": approval}
    forged = {"envelope": redrive.envelope(approval, "job_approvals"), "record": record}[shape]
    redrive.park(forged | {"status": "SUCCESS"})
    code, statuses = redrive.statuses("--send")
    assert (code, statuses, len(redrive.bodies())) == (1, ["FAILED"], 1)
    assert not [name for name in redrive.router.executions() if "forged" in name]


def test_an_approvals_own_topic_counts(redrive: Redrive, event: Event) -> None:
    redrive.park(redrive.envelope(event(job_run_id="own-topic", decision="APPROVED"), "job_approvals"))
    redrive.park(redrive.envelope(event(job_run_id="other-topic", status=..., decision="APPROVED"), "job_events"))
    code, (approval, other) = redrive.reports()
    assert (code, approval["status"], other["status"]) == (0, "APPROVAL", "IGNORED")
    assert "decision APPROVED did not count" in other["warnings"][0]
    assert redrive.statuses("--send") == (0, ["STARTED", "IGNORED"])


def test_a_raw_body_cannot_replay(redrive: Redrive, event: Event) -> None:
    body = event(job_name="cheap", job_run_id="raw-replay")
    original = stage.record(redrive.router.invoke(body))["executions"][0]["name"]
    before = redrive.router.executions()
    redrive.park(body | {"$replay": {"of": original, "tag": "t"}})
    assert redrive.statuses() == (1, ["UNREADABLE"])
    code, (report,) = redrive.reports("--send")
    assert (code, report["status"]) == (1, "FAILED")
    assert "a replay is accepted by direct invocation only" in report["reason"]
    assert sorted(redrive.router.executions()) == sorted(before)


def test_a_direct_invocation_that_failed_is_sent_as_it_was(redrive: Redrive, event: Event) -> None:
    redrive.fail(event(job_run_id="direct", status=..., decision="APPROVED"))
    assert redrive.statuses() == (0, ["APPROVAL"])
    assert redrive.statuses("--send") == (0, ["STARTED"])


def test_a_record_over_one_megabyte_of_many_events(redrive: Redrive, event: Event) -> None:
    bodies = [event(job_name="cheap", job_run_id=f"large-{number}", blob="x" * 120_000) for number in range(10)]
    redrive.fail({"Records": [redrive.router.sns(body) for body in bodies]})
    (key,) = redrive.objects()
    assert redrive.s3.head_object(Bucket=redrive.bucket, Key=key)["ContentLength"] > 2**20
    code, (report,) = redrive.reports("--send")
    assert (code, report["status"], len(report["executions"]), len(report["jobs"])) == (0, "STARTED", 10, 10)
    assert redrive.objects() == []


def test_one_record_that_fails_keeps_its_neighbours(redrive: Redrive, event: Event) -> None:
    good = event(job_name="cheap", job_run_id="neighbour-of-bad")
    redrive.fail({"Records": [redrive.router.sns(good), redrive.router.sns("{", message_id="bad")]})
    assert redrive.statuses("--send") == (1, ["FAILED"])
    assert len(redrive.objects()) == 1
    assert [name for name in redrive.router.executions() if "neighbour-of-bad" in name]


def test_a_duplicate_with_other_content_is_told(redrive: Redrive, event: Event) -> None:
    stage.record(redrive.router.invoke(event(job_name="cheap", job_run_id="differs")))
    redrive.settle()
    redrive.park(event(job_name="cheap", job_run_id="differs", created_by="another"))
    code, (report,) = redrive.reports("--send")
    assert (code, report["status"], redrive.bodies()) == (0, "DUPLICATE", {})
    assert "created_by" in " ".join(report["warnings"])


def test_other_functions_records_are_left_alone(redrive: Redrive, event: Event) -> None:
    other = {"requestContext": {"functionArn": "arn:aws:lambda:us-west-1:123456789012:function:local-mwaa-dag"}}
    body = json.dumps(other | {"requestPayload": event(job_name="cheap", job_run_id="other-function")})
    redrive.s3.put_object(Bucket=redrive.bucket, Key="aws/lambda/async/local-mwaa-dag/2026/11/23/x", Body=body)
    assert redrive.statuses("--send") == (0, [])
    redrive.park(body)
    assert redrive.statuses("--send") == (1, ["UNREADABLE"])
    assert len(redrive.objects()) == 1


@contextmanager
def failure_destination(redrive: Redrive, url: str) -> Iterator[None]:
    """The function's failure destination is the queue."""
    client = redrive.engine.client("lambda")
    config = client.get_function_event_invoke_config(FunctionName=FUNCTION)["DestinationConfig"]
    arn = redrive.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def destination(wanted: dict[str, Any]) -> None:
        client.delete_function_event_invoke_config(FunctionName=FUNCTION)
        client.put_function_event_invoke_config(FunctionName=FUNCTION, DestinationConfig=wanted)

    destination({"OnFailure": {"Destination": arn}})
    try:
        yield
    finally:
        destination(config)


def test_a_failure_destination_that_is_a_queue(redrive: Redrive, event: Event) -> None:
    url = redrive.sqs.create_queue(QueueName="failures")["QueueUrl"]
    redrive.fail({"Records": [redrive.router.sns(event(job_name="cheap", job_run_id="from-a-queue"))]})
    (key,) = redrive.objects()
    record = redrive.s3.get_object(Bucket=redrive.bucket, Key=key)["Body"].read().decode()
    redrive.sqs.send_message(QueueUrl=url, MessageBody=record)
    with failure_destination(redrive, url):
        code, (report,) = redrive.reports("--send")
    assert (code, report["store"], report["status"]) == (0, "failures", "STARTED")
    assert messages(redrive.engine, "failures") == {}
    assert redrive.statuses("--send") == (0, ["DUPLICATE"])  # what is in the bucket


def test_one_queue_may_be_both_stores(redrive: Redrive) -> None:
    with failure_destination(redrive, redrive.url):
        assert redrive.run() == (0, f"nothing is held in {FUNCTION}-delivery-dlq\n")


def test_a_message_that_is_visible_again_too_early_is_given_once(redrive: Redrive, event: Event) -> None:
    held = {redrive.park(event(job_run_id=f"early-{number}")) for number in range(2)}
    queue = Queue.open(redrive.sqs, redrive.url, Reading(batch=1, hidden=1))
    given = []
    for parked in queue.parked():
        given.append(parked.id)
        time.sleep(1.2)
    queue.release()
    assert (len(given), set(given)) == (2, held)


def test_the_limit_says_that_more_is_held(redrive: Redrive, event: Event) -> None:
    for number in range(3):
        redrive.park(event(job_name="cheap", job_run_id=f"limited-{number}"))
    assert redrive.statuses("--limit", "2", "--send") == (1, ["STARTED", "STARTED"])
    assert len(redrive.bodies()) == 1
    assert redrive.statuses("--limit", "1", "--send") == (0, ["STARTED"])


def test_what_another_reader_has_is_not_forgotten(redrive: Redrive, event: Event) -> None:
    redrive.park(event(job_name="cheap", job_run_id="elsewhere"))
    (taken,) = redrive.sqs.receive_message(QueueUrl=redrive.url, VisibilityTimeout=600)["Messages"]
    assert redrive.statuses("--send") == (1, [])
    assert "another reader had about 1 messages" in redrive.err
    handle = {"ReceiptHandle": taken["ReceiptHandle"], "VisibilityTimeout": 0}
    redrive.sqs.change_message_visibility(QueueUrl=redrive.url, **handle)
    assert redrive.statuses("--send") == (0, ["STARTED"])


def test_the_alias_live_is_what_is_asked_and_invoked(redrive: Redrive, event: Event) -> None:
    """The unpublished code has another environment, with which it can do nothing."""
    client = redrive.engine.client("lambda")
    variables = client.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
    made = not client.list_aliases(FunctionName=FUNCTION)["Aliases"]
    if made:
        version = client.publish_version(FunctionName=FUNCTION)["Version"]
        client.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion=version)
    client.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": {}})
    try:
        redrive.park(event(job_name="cheap", job_run_id="alias"))
        assert redrive.statuses("--send") == (0, ["STARTED"])
    finally:
        client.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": variables})
        if made:
            client.delete_alias(FunctionName=FUNCTION, Name="live")


def test_ctrl_c_in_the_middle_loses_nothing(redrive: Redrive, event: Event) -> None:
    poison = redrive.park("{")
    redrive.fail(event(job_name="slow", job_run_id="interrupted") | {"$wait_seconds": 30})
    with redrive.engine.wiring.faults.injected("glue.StartJobRun", Fault(delay=3)):
        command = [*COMMAND, "redrive-dlq", FUNCTION, "--send", "--json"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert process.stderr.readline() == f"1. {poison}: UNREADABLE, kept\n"
        deadline = time.monotonic() + 20
        while not redrive.engine.wiring.faults.calls["glue.StartJobRun"] and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, "interrupted: " in err, "Traceback" in err) == (1, True, False)
    assert [report["status"] for report in json.loads(out)] == ["UNREADABLE"]
    assert (set(redrive.bodies()), len(redrive.objects())) == ({poison}, 1)
    redrive.settle()
    assert redrive.statuses("--send")[1] == ["UNREADABLE", "DUPLICATE"]
    assert redrive.objects() == []


def test_the_report_for_people(redrive: Redrive, event: Event) -> None:
    redrive.monkeypatch.setenv("COLUMNS", "200")
    code, out = redrive.run()
    assert (code, out) == (0, f"nothing is held in {FUNCTION}-delivery-dlq and s3://{redrive.bucket}\n")
    redrive.park(event(job_name="cheap", job_run_id="shown"))
    redrive.fail(event(job_run_id="shown-as-well"))
    code, out = redrive.run()
    text = " ".join(out.split())
    assert code == 0
    for words in (
        "cheap",
        "raw message, ",
        " s old",
        "held because:",
        "2 events: 2 SUCCESS; nothing was changed; to send:",
    ):
        assert words in text
    code, out = redrive.run(FUNCTION, "--send")
    assert (code, "2 events: 2 STARTED; 0 kept" in out) == (0, True)
    assert "1. cheap shown: STARTED\n" in redrive.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "function 'nowhere' is not there in us-west-1; name the router Lambda"),
        ((f"arn:aws:lambda:us-west-1:123456789012:function:{FUNCTION}",), "expected the function's name"),
        (("local-mwaa-dag",), "environment variable STATE_MACHINE_ARN: found ''"),
        ((FUNCTION, "--queue", "http://127.0.0.1/123456789012/nowhere"), "queue http://127.0.0.1/123456789012/nowhere"),
        ((FUNCTION, "--bucket", "nowhere"), "bucket nowhere: NoSuchBucket: "),
        ((FUNCTION, "--topic", "job_approvals"), "--topic: found 'job_approvals', expected a topic's ARN"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(redrive: Redrive, arguments: tuple[str, ...], words: str) -> None:
    code, out = redrive.run(*arguments)
    assert (code, out, redrive.err.count("\n")) == (2, "", 1)
    assert words in redrive.err


def test_a_router_without_its_queue_is_one_line_and_exit_2(redrive: Redrive) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty", "")
    client = redrive.engine.client("lambda")
    found = client.get_function_configuration(FunctionName=FUNCTION)
    client.create_function(
        **{name: found[name] for name in ("Runtime", "Role", "Handler", "Timeout")},
        FunctionName="queueless",
        Code={"ZipFile": buffer.getvalue()},
        Environment={"Variables": found["Environment"]["Variables"]},
    )
    code, out = redrive.run("queueless")
    assert (code, out, redrive.err.count("\n")) == (2, "", 1)
    assert "queue 'queueless-delivery-dlq' is not there in us-west-1; name the delivery DLQ with --queue" in redrive.err
    # Without a failure destination, the queue alone is looked at, and that is said.
    code, out = redrive.run("queueless", "--queue", redrive.url)
    assert (code, "is not configured: only the delivery DLQ is looked at" in redrive.err) == (0, True)
