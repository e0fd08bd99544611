"""Deploys the project and Lambda functions with a loop on one engine, and times the events of each."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import for_loop
from bench.glue_service import GlueService
from local.defaults import ACCOUNT
from local.engine.engine import Engine, run_engine
from local.engine.invocation import Invocation
from local.simulation.simulator import Simulator

OURS, LOOP, CAREFUL_LOOP = "router and state machine", "for loop", "for loop that catches errors"
THREADS = 40
"""Calls at once of the loop with threads: as many as the state machine makes."""
POOL = f"loop with {THREADS} threads"
_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Event:
    """The course of one event.

    Attributes:
        last: seconds from the publication to the last target's start.
        answered: seconds from the publication to the end of the function's last invocation.
        starts: number of starts of each target.
        invocations: number of the function's invocations.
        failed: name of the failed execution, or empty.
    """

    last: float
    answered: float
    starts: Counter[str]
    invocations: int
    failed: str


@dataclass(slots=True)
class Rig:
    """An engine with every variant.

    Attributes:
        topics: SNS topic of each variant.
        functions: name of each variant's function.
    """

    engine: Engine
    service: GlueService
    simulator: Simulator
    topics: dict[str, str]
    functions: dict[str, str]
    _ended: list[tuple[str, float]] = field(default_factory=list)
    _number: int = 0

    def publish(self, variant: str) -> Event:
        """Publish one event to a variant, and wait until it and its executions have ended."""
        self._number += 1
        run_id = f"run-{self._number}"
        body = json.dumps({"job_name": "job", "job_run_id": run_id, "status": "SUCCESS"})
        self._ended.clear()
        began = time.monotonic()
        self.engine.client("sns").publish(TopicArn=self.topics[variant], Message=body)
        self.engine.runtime.drain()
        failed = self._wait(began + _TIMEOUT) if variant == OURS else ""
        starts = self.service.starts.pop(run_id, [])
        answers = [at for function, at in self._ended if function == self.functions[variant]]
        return Event(
            last=max((at for _, at in starts), default=began) - began,
            answered=max(answers) - began,
            starts=Counter(name for name, _ in starts),
            invocations=len(answers),
            failed=failed,
        )

    def listen(self, one: Any) -> None:
        """Record the end of an invocation; a listener of the engine's Lambda service."""
        if isinstance(one, Invocation):
            self._ended.append((one.function, time.monotonic()))

    def _wait(self, deadline: float) -> str:
        """Wait until no execution runs; returns the name of the newest execution if it failed.

        Reads moto's memory, because ListExecutions would slow down the interpreter that is measured.
        """
        # local.engine.patches.imports must import the interpreter first.
        from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415

        backend = stepfunctions_parser_backends[ACCOUNT][self.engine.region]
        (machine,) = (one for one in backend.state_machines if one.arn == self.simulator.stack.state_machine)
        while any(one.status == "RUNNING" for one in list(machine.executions)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"an execution is still running after {_TIMEOUT:.0f} s, expected its end")
            time.sleep(0.005)
        newest = machine.executions[-1]
        return str(newest.name) if newest.status == "FAILED" else ""


@contextmanager
def run_rig(count: int, service: GlueService, missing: str = "") -> Iterator[Rig]:
    """Run an engine with ``count`` Glue jobs and every variant, and warm the variants up.

    Args:
        count: number of targets: ``job_0``, ``job_1``, …
        service: service time and record of StartJobRun.
        missing: name of a target that does not exist, or empty.
    """
    triggers = [{"type": "glue_job", "job_name": f"job_{number}"} for number in range(count)]
    with run_engine("us-west-1", patches=service.patches()) as engine:
        without = [f"glue_job:{missing}"] if missing else []
        simulator = Simulator.deploy(engine, {"workflows": {"job": {"on_success": triggers}}}, without)
        topics, functions = {OURS: simulator.stack.topics["job_events"]}, {OURS: simulator.stack.function}
        for variant, name, more in (
            (LOOP, "loop", {}),
            (CAREFUL_LOOP, "careful-loop", {"CARRY_ON": "true"}),
            (POOL, "pool", {"THREADS": str(THREADS)}),
        ):
            topics[variant], functions[variant] = _deploy_loop(engine, name, {"JOBS": str(count), **more}), name
        rig = Rig(engine, service, simulator, topics, functions)
        engine.runtime.listeners.append(rig.listen)
        for variant in rig.topics:
            rig.publish(variant)
        yield rig


def _deploy_loop(engine: Engine, name: str, environment: dict[str, str]) -> str:
    """Create the function with the for loop and its topic; returns the topic's ARN."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(Path(for_loop.__file__), "for_loop.py")
    function = engine.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT}:role/local-downstream-orchestrator",
        Handler="for_loop.handler",
        Code={"ZipFile": buffer.getvalue()},
        Timeout=900,
        Environment={"Variables": environment},
    )["FunctionArn"]
    topic: str = engine.client("sns").create_topic(Name=name)["TopicArn"]
    engine.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    return topic
