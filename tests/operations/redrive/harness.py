"""The two stores that ``orchestrator redrive-dlq`` empties, and the command as a person runs it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from cli.main import main
from local.stack import upload_config
from orchestration import strictjson
from orchestration.executions import ExecutionClient
from tests.conftest import Router
from tests.local import helpers

FUNCTION = "local-downstream-orchestrator"
ONE_GLUE_JOB = {"on_success": helpers.FIVE[:1]}
CONFIG = {"workflows": helpers.CONFIG["workflows"] | {"cheap": {"on_success": helpers.FIVE[4:]}, "slow": ONE_GLUE_JOB}}


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
        self.monkeypatch.setattr(sys, "argv", ["orchestrator", "redrive-dlq", *(arguments or (FUNCTION, "--dry-run"))])
        with pytest.raises(SystemExit) as caught:
            main()
        out, self.err = self.capsys.readouterr()
        assert "Traceback" not in self.err
        return int(caught.value.code or 0), out

    def reports(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and reports; a dry run unless the arguments have ``--yes``."""
        mode = () if "--yes" in arguments else ("--dry-run",)
        code, out = self.run(FUNCTION, "--json", *arguments, *mode)
        return code, json.loads(out)

    def statuses(self, *arguments: str) -> tuple[int, list[str]]:
        code, reports = self.reports(*arguments)
        return code, [report["status"] for report in reports]

    def store(self, body: Any) -> str:
        """Send a message to the delivery DLQ; returns its id."""
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
        executions = ExecutionClient(self.engine.client("stepfunctions"), self.router.simulator.settings)
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
