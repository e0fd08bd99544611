"""The dead-letter stores of a deployed router, and ``orchestrator redrive-dlq`` as a person runs it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

import pytest

from local.engine.engine import Engine
from local.stack import Stack, upload_config
from orchestration.starting.executions import ExecutionClient
from orchestration.values import strictjson
from tests.cli.helpers import Orchestrator
from tests.conftest import Router
from tests.local import helpers

FUNCTION = "local-downstream-orchestrator"
ONE_GLUE_JOB = {"on_success": helpers.FIVE[:1]}
CONFIG = {"workflows": helpers.CONFIG["workflows"] | {"cheap": {"on_success": helpers.FIVE[4:]}, "slow": ONE_GLUE_JOB}}


@dataclass
class Redrive:
    """The delivery DLQ, the failure bucket, and the command.

    Attributes:
        err: standard error of the last command.
    """

    router: Router
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.engine, self.stack = self.router.simulator.engine, self.router.simulator.stack
        self.sqs, self.s3 = self.engine.client("sqs"), self.engine.client("s3")
        self.url, self.bucket = self.stack.delivery_dlq_url, self.stack.failure_bucket
        self.err = ""

    def run(self, *arguments: str, stdin: str | TextIO = "") -> tuple[int, str]:
        """Run the command, by default as a dry run; returns the exit code and standard output."""
        arguments = arguments or (FUNCTION, "--dry-run")
        result = Orchestrator(self.monkeypatch, self.capsys)("redrive-dlq", *arguments, stdin=stdin)
        self.err = result.stderr
        return result.exit_code, result.stdout

    def reports(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Run the command with ``--json``, as a dry run unless the arguments have ``--yes``; returns exit code and reports."""
        mode = () if "--yes" in arguments else ("--dry-run",)
        code, out = self.run(FUNCTION, "--json", *arguments, *mode)
        return code, json.loads(out)

    def statuses(self, *arguments: str) -> tuple[int, list[str]]:
        """Run the command as ``reports()`` does; returns exit code and statuses."""
        code, reports = self.reports(*arguments)
        return code, [report["status"] for report in reports]

    def store(self, body: Any) -> str:
        """Send a message to the delivery DLQ; returns its id."""
        text = body if isinstance(body, str) else json.dumps(body)
        return str(self.sqs.send_message(QueueUrl=self.url, MessageBody=text)["MessageId"])

    def envelope(self, body: Any, topic: str = "job_events") -> dict[str, Any]:
        """Return the event in an SNS envelope."""
        arn = self.stack.topics[topic]
        return {"Type": "Notification", "MessageId": "sns-1", "TopicArn": arn, "Message": json.dumps(body)}

    def bodies(self) -> dict[str, str]:
        """Return the visible messages of the delivery DLQ, id to body; they remain visible."""
        received: list[dict[str, str]] = []
        while more := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            received += more
        for one in received:
            handle = {"ReceiptHandle": one["ReceiptHandle"], "VisibilityTimeout": 0}
            self.sqs.change_message_visibility(QueueUrl=self.url, **handle)
        return {one["MessageId"]: one["Body"] for one in received}

    def objects(self) -> list[str]:
        """Return the keys of the failure bucket."""
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def settle(self) -> None:
        """Wait until all executions end."""
        executions = ExecutionClient(self.engine.client("stepfunctions"), self.router.simulator.settings)
        for name in self.router.executions():
            executions.wait(name, time.monotonic() + 30)

    @contextmanager
    def without_config(self) -> Iterator[None]:
        """Remove the configuration, so that the router raises an error for every event."""
        bucket, _, key = self.stack.config_uri.removeprefix("s3://").partition("/")
        self.s3.delete_object(Bucket=bucket, Key=key)
        self.engine.runtime.recycle()  # a warm router would use its last configuration
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


@contextmanager
def unreachable(engine: Engine, stack: Stack, topic: str) -> Iterator[None]:
    """Subscribe a function that does not exist to the topic, in place of the router."""
    sns, arn = engine.client("sns"), stack.topics[topic]
    (router,) = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    found = sns.get_subscription_attributes(SubscriptionArn=router["SubscriptionArn"])["Attributes"]
    attributes = {name: found[name] for name in ("FilterPolicy", "FilterPolicyScope", "RedrivePolicy")}

    def subscribe(endpoint: str) -> str:
        options = {"TopicArn": arn, "Protocol": "lambda", "Attributes": attributes}
        return str(sns.subscribe(**options, Endpoint=endpoint)["SubscriptionArn"])

    sns.unsubscribe(SubscriptionArn=router["SubscriptionArn"])
    nowhere = subscribe(router["Endpoint"].replace(FUNCTION, "nowhere"))
    try:
        yield
    finally:
        sns.unsubscribe(SubscriptionArn=nowhere)
        subscribe(router["Endpoint"])
