"""Helpers for tests with real Airflow: the queue that the dispatcher polls, and the table of run times."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from tests.airflow.installed import Airflow, end_group

QUICK_DETECTION = {
    # A dead scheduler's tasks, and dead tasks, are found after five minutes by default.
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "3",
    # The names of the same settings in 2.10.
    "AIRFLOW__SCHEDULER__SCHEDULER_ZOMBIE_TASK_THRESHOLD": "30",
    "AIRFLOW__SCHEDULER__ZOMBIE_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "3",
    "AIRFLOW__SCHEDULER__LOCAL_TASK_JOB_HEARTBEAT_SEC": "3",
}


@dataclass
class Queue:
    """A queue with a redrive policy, as Terraform makes it, but for the numbers.

    Attributes:
        engine: where it is.
        name: of the queue.
        visibility: seconds for which a received message is hidden.
        receives: how often a message may be received.
    """

    engine: Engine
    name: str
    visibility: int
    receives: int
    url: str = field(init=False)
    dlq: str = field(init=False)

    def __post_init__(self) -> None:
        self.sqs = self.engine.client("sqs")
        self.dlq = self.sqs.create_queue(QueueName=f"{self.name}-dlq")["QueueUrl"]
        self.url = self.sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self.limit(self.receives)

    def limit(self, receives: int) -> None:
        """Set how often a message may be received from now on."""
        arn = f"arn:aws:sqs:{self.engine.region}:{ACCOUNT}:{self.name}-dlq"
        attributes = {
            "VisibilityTimeout": str(self.visibility),
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": receives}),
        }
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes=attributes)

    def send(self, *bodies: str) -> None:
        for start in range(0, len(bodies), 10):
            entries = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies[start : start + 10])]
            answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
            assert not answer.get("Failed")

    def left(self) -> int:
        """Messages in the queue, hidden ones too."""
        return self._count(self.url)

    def dead(self) -> int:
        """Messages in the dead-letter queue."""
        return self._count(self.dlq)

    def dead_bodies(self) -> list[str]:
        """Take every message out of the dead-letter queue."""
        bodies: list[str] = []
        while answer := self.sqs.receive_message(QueueUrl=self.dlq, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in answer]
        return bodies

    def _count(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(attributes[name]) for name in names)


class Dispatcher:
    """``dag.test()`` of event_dispatcher, in a process inside Airflow's environment."""

    def __init__(self, airflow: Airflow, queue: Queue, url: str | None = None) -> None:
        self.airflow = airflow
        variables = airflow.variables | {
            "AWS_ENDPOINT_URL": queue.engine.endpoint,
            "AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL": queue.url if url is None else url,
        }
        self.process = subprocess.Popen(
            [
                airflow.bin / "python",
                Path(__file__).parent / "in_airflow_venv" / "run_dispatcher.py",
                airflow.home / "dag-test.log",
            ],
            env=variables,
            cwd=airflow.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def begin(self, age: float = 0) -> None:
        """Start a run that is ``age`` seconds old, without waiting for its end."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{age}\n")
        self.process.stdin.flush()

    def run(self, age: float = 0) -> dict[str, Any]:
        """Run it once; returns the report of ``in_airflow_venv/run_dispatcher.py``."""
        self.begin(age)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.airflow.log("dag-test")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        end_group(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Result of one Airflow version in one mode."""

    version: str
    way: str
    sent: int
    triggered: int
    duplicates: int
    rejected: int
    dead: int
    seconds: float


Measured = Callable[[Row], None]


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| Airflow | way | messages sent | triggered | duplicates skipped | rejected | in the DLQ | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda one: (one.way, [int(part) for part in one.version.split(".")])):
        numbers = (row.sent, row.triggered, row.duplicates, row.rejected, row.dead, f"{row.seconds:.0f}")
        lines.append(" | ".join(("| " + row.version, row.way, *map(str, numbers))) + " |")
    return "\n".join(lines)


def wait_for(what: str, check: Any, seconds: float, every: float = 1.0) -> Any:
    """Ask until the answer is true.

    Raises:
        TimeoutError: it never was; says ``what`` and the last answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s; the last answer was {answer!r}")
        time.sleep(every)
