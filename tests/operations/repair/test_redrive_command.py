"""``orchestrator redrive-dlq`` on the engine: stores, readers, limits, interruptions, questions, output and bad input."""

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

from local.engine.faults import Fault
from local.simulation.targets.queues import messages
from tests.cli.helpers import COMMAND, ROOT, accept_interrupts
from tests.local.helpers import Event
from tests.operations.repair.harness import FUNCTION, Redrive


@contextmanager
def failure_destination(redrive: Redrive, url: str) -> Iterator[None]:
    """Make the queue the failure destination of the router."""
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


def test_failure_destination_may_be_a_queue(redrive: Redrive, event: Event) -> None:
    url = redrive.sqs.create_queue(QueueName="failures")["QueueUrl"]
    redrive.fail({"Records": [redrive.router.sns(event(job_name="cheap", job_run_id="from-a-queue"))]})
    (key,) = redrive.objects()
    record = redrive.s3.get_object(Bucket=redrive.bucket, Key=key)["Body"].read().decode()
    redrive.sqs.send_message(QueueUrl=url, MessageBody=record)
    with failure_destination(redrive, url):
        code, (report,) = redrive.reports("--yes")
    assert (code, report["store"], report["status"]) == (0, "failures", "STARTED")
    assert messages(redrive.engine, "failures") == {}
    assert redrive.statuses("--yes") == (0, ["DUPLICATE"])  # the same record, from the bucket


def test_one_queue_may_serve_as_both_stores(redrive: Redrive) -> None:
    with failure_destination(redrive, redrive.url):
        assert redrive.run() == (0, f"no dead letters in {FUNCTION}-delivery-dlq\n")


def test_limit_exits_1_if_more_events_remain(redrive: Redrive, event: Event) -> None:
    for number in range(3):
        redrive.store(event(job_name="cheap", job_run_id=f"limited-{number}"))
    assert redrive.statuses("--limit", "2", "--yes") == (1, ["STARTED", "STARTED"])
    assert len(redrive.bodies()) == 1
    assert redrive.statuses("--limit", "1", "--yes") == (0, ["STARTED"])


def test_messages_of_another_reader_exit_1(redrive: Redrive, event: Event) -> None:
    redrive.store(event(job_name="cheap", job_run_id="elsewhere"))
    (received,) = redrive.sqs.receive_message(QueueUrl=redrive.url, VisibilityTimeout=600)["Messages"]
    assert redrive.statuses("--yes") == (1, [])
    assert "another reader has about 1 messages" in redrive.err
    handle = {"ReceiptHandle": received["ReceiptHandle"], "VisibilityTimeout": 0}
    redrive.sqs.change_message_visibility(QueueUrl=redrive.url, **handle)
    assert redrive.statuses("--yes") == (0, ["STARTED"])


def test_alias_live_is_read_and_invoked(redrive: Redrive, event: Event) -> None:
    """The unpublished version has an empty environment, with which the router fails."""
    client = redrive.engine.client("lambda")
    variables = client.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
    create = not client.list_aliases(FunctionName=FUNCTION)["Aliases"]
    if create:
        version = client.publish_version(FunctionName=FUNCTION)["Version"]
        client.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion=version)
    client.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": {}})
    try:
        redrive.store(event(job_name="cheap", job_run_id="alias"))
        assert redrive.statuses("--yes") == (0, ["STARTED"])
    finally:
        client.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": variables})
        if create:
            client.delete_alias(FunctionName=FUNCTION, Name="live")


@pytest.mark.slow
def test_interrupted_redrive_keeps_its_events(redrive: Redrive, event: Event) -> None:
    unreadable = redrive.store("{")
    redrive.fail(event(job_name="slow", job_run_id="interrupted") | {"$wait_seconds": 30})
    with redrive.engine.patch_context.faults.inject("glue.StartJobRun", Fault(delay=3)):
        command = [*COMMAND, "redrive-dlq", FUNCTION, "--yes", "--json"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=accept_interrupts,  # noqa: PLW1509 - it only sets a signal's disposition
        )
        assert process.stderr is not None
        assert process.stderr.readline() == f"1. {unreadable}: UNREADABLE, remains\n"
        deadline = time.monotonic() + 20
        while not redrive.engine.patch_context.faults.calls["glue.StartJobRun"] and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, "Interrupted. " in err, "Traceback" in err) == (1, True, False), out + err
    assert [report["status"] for report in json.loads(out)] == ["UNREADABLE"]
    assert (set(redrive.bodies()), len(redrive.objects())) == ({unreadable}, 1)
    redrive.settle()
    assert redrive.statuses("--yes")[1] == ["UNREADABLE", "DUPLICATE"]
    assert redrive.objects() == []


def test_report_for_people(redrive: Redrive, event: Event) -> None:
    redrive.monkeypatch.setenv("COLUMNS", "200")
    code, out = redrive.run()
    assert (code, out) == (0, f"no dead letters in {FUNCTION}-delivery-dlq and s3://{redrive.bucket}\n")
    redrive.store(event(job_name="cheap", job_run_id="shown"))
    redrive.fail(event(job_run_id="shown-as-well"))
    code, out = redrive.run()
    text = " ".join(out.split())
    assert code == 0
    for words in (
        "cheap",
        "raw message, ",
        " s old",
        "error: RoutingError",
        "2 events: 2 PENDING",
    ):
        assert words in text
    code, out = redrive.run(FUNCTION, "--yes")
    assert (code, "2 events: 2 STARTED; 0 remain" in out) == (0, True)
    assert "1. cheap shown: STARTED\n" in redrive.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "function 'nowhere': does not exist in us-west-1. Name the router Lambda"),
        ((f"arn:aws:lambda:us-west-1:123456789012:function:{FUNCTION}",), "expected a function name"),
        (("local-mwaa-dag",), "environment variable STATE_MACHINE_ARN: found ''"),
        ((FUNCTION, "--queue", "http://127.0.0.1/123456789012/nowhere"), "queue http://127.0.0.1/123456789012/nowhere"),
        ((FUNCTION, "--bucket", "nowhere"), "bucket nowhere: NoSuchBucket: "),
        ((FUNCTION, "--topic", "job_approvals"), "--topic 'job_approvals': expected a topic ARN"),
    ],
)
def test_invalid_option_exits_2_with_one_line(redrive: Redrive, arguments: tuple[str, ...], words: str) -> None:
    code, out = redrive.run(*arguments, "--dry-run")
    assert (code, out, redrive.err.count("\n")) == (2, "", 1)
    assert words in redrive.err


@pytest.fixture
def queueless(redrive: Redrive) -> Iterator[str]:
    """A router without a delivery DLQ and without a failure destination."""
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
    yield "queueless"
    client.delete_function(FunctionName="queueless")


def test_missing_dlq_exits_2_with_one_line(redrive: Redrive, queueless: str) -> None:
    code, out = redrive.run(queueless, "--dry-run")
    assert (code, out, redrive.err.count("\n")) == (2, "", 1)
    assert (
        "queue 'queueless-delivery-dlq': does not exist in us-west-1. Name the delivery DLQ with --queue" in redrive.err
    )


def test_missing_failure_destination_is_reported(redrive: Redrive, queueless: str) -> None:
    code, _ = redrive.run(queueless, "--queue", redrive.url, "--dry-run")
    assert (code, "is not configured. Only the delivery DLQ is read" in redrive.err) == (0, True)


def test_redrive_without_terminal_needs_yes_or_dry_run(redrive: Redrive, event: Event) -> None:
    redrive.store(event(job_name="cheap", job_run_id="unconfirmed"))
    assert redrive.run(FUNCTION, stdin="y\n") == (2, "")
    assert redrive.err.endswith("Confirm with --yes, or list the events with --dry-run.\n")
    assert len(redrive.bodies()) == 1


class Terminal(io.StringIO):
    """Standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "remaining"), [("n\n", 1, 2), ("y\n", 0, 0)])
def test_redrive_asks_once_on_a_terminal(
    redrive: Redrive, event: Event, answer: str, code: int, remaining: int
) -> None:
    for number in range(2):
        redrive.store(event(job_name="cheap", job_run_id=f"asked-{remaining}-{number}"))
    assert redrive.run(FUNCTION, stdin=Terminal(answer))[0] == code
    assert redrive.err.count("Redrive 2 events? [y/N]") == 1
    assert len(redrive.bodies()) == remaining


def test_redrive_sends_exactly_the_listed_events(redrive: Redrive, event: Event) -> None:
    listed = redrive.store(event(job_name="cheap", job_run_id="listed"))
    later: list[str] = []

    class SlowReader(Terminal):
        """A person who reads the list while another message arrives."""

        def readline(self, *_: Any) -> Any:
            later.append(redrive.store(event(job_name="cheap", job_run_id="arrived-later")))
            return "y\n"

    assert redrive.run(FUNCTION, stdin=SlowReader())[0] == 0
    assert listed not in redrive.bodies()
    assert set(redrive.bodies()) == set(later)
