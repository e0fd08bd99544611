"""``orchestrator redrive-dlq`` against the engine: stores, readers, limits, interruptions, output and bad input."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.faults import Fault
from local.targets.queues import messages
from operations.dead_letter_stores import ReceiveSettings, SqsStore
from tests.cli.test_cli import COMMAND, ROOT
from tests.local.helpers import Event
from tests.operations.redrive.harness import FUNCTION, Redrive


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
    queue = SqsStore.open(redrive.sqs, redrive.url, ReceiveSettings(batch=1, visibility_timeout=1))
    given = []
    for dead_letter in queue.messages():
        given.append(dead_letter.id)
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
    with redrive.engine.patch_context.faults.inject("glue.StartJobRun", Fault(delay=3)):
        command = [*COMMAND, "redrive-dlq", FUNCTION, "--send", "--json"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert process.stderr.readline() == f"1. {poison}: UNREADABLE, kept\n"
        deadline = time.monotonic() + 20
        while not redrive.engine.patch_context.faults.calls["glue.StartJobRun"] and time.monotonic() < deadline:
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
