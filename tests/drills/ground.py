"""The local stack of a drill: real router processes, the state machine, five kinds of targets, and their starts."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from builder import package
from local.defaults import ACCOUNT
from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from local.simulation.targets.queues import messages
from local.stack import upload_config
from orchestration.values import strictjson
from tests.drills.boundary import Boundary, boundary
from tests.drills.model import Progress
from tests.state_machine.harness import shortened

AT_ONCE = 16
ATTEMPTS = 3
SETTLE = 300.0
"""Seconds until every execution must have ended."""

NESTED = "arn:aws:states:us-west-1:123456789012:stateMachine:nested"
FIVE: list[dict[str, Any]] = [
    {"type": "glue_job", "id": "glue", "job_name": "job"},
    {"type": "step_function", "id": "nested", "arn": NESTED},
    {"type": "eventbridge", "id": "bus", "detail_type": "d", "source": "s"},
    {"type": "mwaa_dag", "id": "mwaa", "environment_name": "e", "dag_id": "d"},
    {"type": "sqs_mwaa", "id": "sqs", "dag_id": "d"},
]
"""One trigger of each type."""

MUTANT = ""
"""Python code at the end of the router's handler module: a test shows with it that a drill notices the defect."""


@dataclass(slots=True)
class Ground:
    """The deployed stack.

    Attributes:
        boundary: disturbs the calls of the router, of the mwaa_dag function and of the state machine.
    """

    engine: Engine
    simulator: Simulator
    boundary: Boundary

    def upload(self, document: dict[str, Any]) -> None:
        """Replace the configuration. Its targets must exist."""
        upload_config(self.engine, self.simulator.stack.config_uri, strictjson.dumps(document))

    def record(self, event: dict[str, Any] | str, topic: str = "job_events") -> dict[str, Any]:
        """An invocation's payload with the event in one SNS record."""
        message = event if isinstance(event, str) else strictjson.dumps(event)
        sns = {"Message": message, "MessageId": "m", "TopicArn": self.simulator.stack.topics[topic]}
        return {"Records": [{"EventSource": "aws:sns", "Sns": sns}]}

    def invoke(self, payload: Any) -> dict[str, Any]:
        """Invoke the router and wait; returns its result or its error."""
        client, router = self.engine.client("lambda"), self.simulator.stack.router
        answer = client.invoke(FunctionName=router, Payload=json.dumps(payload).encode())
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    def publish(self, event: dict[str, Any] | str, topic: str = "job_events") -> str:
        """Publish the event to its topic; returns the message id."""
        message = event if isinstance(event, str) else strictjson.dumps(event)
        answer = self.engine.client("sns").publish(TopicArn=self.simulator.stack.topics[topic], Message=message)
        return str(answer["MessageId"])

    def failures(self) -> list[str]:
        """Keys of the failure bucket."""
        pages = self.engine.client("s3").get_paginator("list_objects_v2")
        bucket = self.simulator.stack.failure_bucket
        return [one["Key"] for page in pages.paginate(Bucket=bucket) for one in page.get("Contents", [])]

    def dead(self) -> int:
        """Messages in the delivery DLQ."""
        return len(messages(self.engine, self.simulator.stack.delivery_dlq_url.rsplit("/", 1)[-1]))

    def kill_workers(self) -> None:
        """Kill the processes of all functions, in the middle of their invocations."""
        for worker in self.engine.runtime.workers():
            worker.kill()

    def settle(self) -> None:
        """Wait until no invocation and no execution is running.

        Raises:
            TimeoutError: some still run after five minutes.
        """
        from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415 - the engine patches it

        backend = stepfunctions_parser_backends[ACCOUNT][self.engine.region]
        deadline, quiet = time.monotonic() + SETTLE, 0
        while quiet < 2:
            self.engine.runtime.drain()
            running = [
                one.name
                for machine in list(backend.state_machines)
                if not machine.name.endswith("-join-deadline")
                for one in list(machine.executions)
                if one.status == "RUNNING"
            ]
            # After the look at the executions: one that has just ended may have published an event.
            pending = any(not one.done() for one in list(self.engine.runtime._pending))
            quiet = 0 if running or pending else quiet + 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(running)} executions still run, such as {running[:3]}")
            time.sleep(0.1)

    def job_runs(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield job, run id and arguments of each Glue job run."""
        from moto.glue.models import glue_backends  # noqa: PLC0415 - the engine patches it

        for job in glue_backends[ACCOUNT][self.engine.region].jobs.values():
            for run in job.job_runs:
                yield job.name, run.job_run_id, run.arguments or {}

    def nested(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield ARN and input of each execution that the state machine started in other state machines."""
        from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415 - the engine patches it

        for machine in stepfunctions_parser_backends[ACCOUNT][self.engine.region].state_machines:
            for execution in machine.executions if not machine.name.startswith("local-") else ():
                given = execution.execution_input
                yield execution.execution_arn, json.loads(given) if isinstance(given, str) else given

    def queued(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield id and body of each message for the dispatcher."""
        yield from messages(self.engine, "local-mwaa-triggers").items()

    def starts(self) -> Counter[str]:
        """Number of starts by type, target and upstream run id, as the services have them."""
        found = Counter[str]()
        for job, _, arguments in self.job_runs():
            found[start("glue_job", job, arguments["--triggered_by_run_id"])] += 1
        for arn, given in self.nested():
            found[start("step_function", machine_of(arn), given["triggered_by_run_id"])] += 1
        for message in messages(self.engine, "events-of-default").values():
            name = f"{message['source']}/{message['detail-type']}"
            found[start("eventbridge", name, message["detail"]["triggered_by_run_id"])] += 1
        for dags in self.engine.mwaa.environments.values():
            for dag, runs in dags.items():
                for dag_run in runs:
                    found[start("mwaa_dag", dag, dag_run["conf"]["triggered_by_run_id"])] += 1
        for _, body in self.queued():
            found[start("sqs_mwaa", body["dag_id"], body["conf"]["triggered_by_run_id"])] += 1
        return found


def machine_of(execution_arn: str) -> str:
    """ARN of an execution's state machine."""
    return execution_arn.rpartition(":")[0].replace(":execution:", ":stateMachine:")


def start(kind: str, target: str, run: str) -> str:
    """Key of one start in a tally."""
    return f"{kind} {target} after run {run}"


def expected(triggers: Iterable[dict[str, Any]], run: str) -> Counter[str]:
    """One start of each trigger."""
    keys = {"glue_job": "job_name", "step_function": "arn", "mwaa_dag": "dag_id", "sqs_mwaa": "dag_id"}
    return Counter(
        start(
            one["type"], one[keys[one["type"]]] if one["type"] in keys else f"{one['source']}/{one['detail_type']}", run
        )
        for one in triggers
    )


@contextmanager
def open_ground(document: dict[str, Any], *, workers: int = AT_ONCE, retry_waits: bool = False) -> Iterator[Ground]:
    """Deploy the stack with a configuration and its targets, behind a boundary.

    Args:
        document: the configuration.
        workers: maximum number of processes of one function.
        retry_waits: the state machine waits before it retries. Otherwise it retries at once.
    """
    with ExitStack() as stack:
        engine = stack.enter_context(run_engine("us-west-1"))
        engine.runtime.concurrency = workers
        one = stack.enter_context(boundary(engine.endpoint, engine.mwaa.endpoint))
        engine.patch_context.endpoint = one.url
        engine.runtime.environment |= {"AWS_ENDPOINT_URL": one.url, "AWS_ENDPOINT_URL_MWAA": one.url}
        if not retry_waits:
            stack.enter_context(shortened())
        simulator = Simulator.deploy(engine, document)
        if MUTANT:
            _mutate(engine, simulator.stack.function)
        yield Ground(engine, simulator, one)


def _mutate(engine: Engine, function: str) -> None:
    """Deploy the router with the defect."""
    archive, out = zipfile.ZipFile(io.BytesIO(package.build("downstream_orchestrator").body)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:
        for name in archive.namelist():
            body = archive.read(name)
            changed.writestr(name, body + MUTANT.encode() if name == "tasks/downstream_orchestrator.py" else body)
    client = engine.client("lambda")
    client.update_function_code(FunctionName=function, ZipFile=out.getvalue())
    version = client.publish_version(FunctionName=function)["Version"]
    client.update_alias(FunctionName=function, Name="live", FunctionVersion=version)


def in_parallel(ground: Ground, payloads: Sequence[Any], step: str, progress: Progress) -> list[dict[str, Any]]:
    """Invoke the router with each payload, 16 at a time, with Lambda's two retries; returns the results in order."""

    def attempts(payload: Any) -> dict[str, Any]:
        for _ in range(ATTEMPTS - 1):
            result = ground.invoke(payload)
            if "errorMessage" not in result:
                return result
        return ground.invoke(payload)

    results: list[dict[str, Any]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(attempts, payloads):
            results.append(result)
            progress(step, len(results), len(payloads))
    return results


def wait_for_invocations(ground: Ground, count: int, progress: Progress) -> None:
    """Show the progress of the published events until the router has answered all, or has failed for the last time."""
    pending = ground.engine.runtime._pending
    while left := sum(not one.done() for one in list(pending)):
        progress("events under fire", count - min(left, count), count)
        pending = ground.engine.runtime._pending
        time.sleep(0.2)
    progress("events under fire", count, count)
