"""Runs the committed state machine on the engine, with the interpreter's waits shortened."""

from __future__ import annotations

import json
import time
import types
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from local.engine.engine import Engine
from local.engine.patches.replace import replaced
from local.simulation.simulator import Simulator
from orchestration.starting.executions import ExecutionClient
from orchestration.starting.outcomes import to_json
from tests.trigger_types import TYPE_CASES

EVENT = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}
REQUESTS = {kind: dict(cases.machine.request) for kind, cases in TYPE_CASES.items()}
NESTED = REQUESTS["step_function"]["StateMachineArn"]
CONFIG: dict[str, Any] = {
    "workflows": {"j": {"on_success": [{"type": kind, **cases.machine.trigger} for kind, cases in TYPE_CASES.items()]}}
}


def identified(kind: str, run_id: str) -> dict[str, Any]:
    """The fields of a request of the type that hold a run id."""
    case = TYPE_CASES[kind].machine if kind in TYPE_CASES else None
    if case is not None and case.run_id_argument:
        return {"Arguments": {**case.request["Arguments"], case.run_id_argument: run_id}}
    return {case.run_id_key: run_id} if case is not None and case.run_id_key else {}


def trigger(kind: str, name: str = "n", **changes: Any) -> dict[str, Any]:
    """One item of an execution's input, with its own run id if its service or a look knows one."""
    own = identified(kind, f"run-{uuid.uuid4()}")
    return {"id": f"id-{name}"[:64], "type": kind, "name": name, "request": REQUESTS.get(kind, {}) | own | changes}


class Machine:
    """Runs executions of the deployed state machine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.simulator = Simulator.deploy(engine, CONFIG)
        machine = engine.client("stepfunctions").describe_state_machine(
            stateMachineArn=self.simulator.stack.state_machine
        )
        self.definition = json.loads(machine["definition"])
        self.executions = ExecutionClient(engine.client("stepfunctions"), self.simulator.settings)

    def run(
        self, triggers: list[dict[str, Any]], name: str = "", case: str = ""
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The ended execution, and its outcomes."""
        return self.run_input({"event": EVENT, "triggers": triggers, "routing": {}}, name, case)

    def run_input(self, given: Any, name: str = "", case: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The ended execution of ``given``, and its outcomes; ``case`` names a mocked one."""
        name = name or f"test-{uuid.uuid4()}"
        machine = self.simulator.stack.state_machine + (f"#{case}" if case else "")
        self.executions.client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given))
        execution = self.executions.wait(name, time.monotonic() + 100)
        arn = self.simulator.settings.execution_arn(name)
        described: dict[str, Any] = self.engine.client("stepfunctions").describe_execution(executionArn=arn)
        outcomes: Any = to_json(self.executions.outcomes(execution))
        return described | {"input": json.loads(described["input"])}, outcomes

    def history(self, described: dict[str, Any]) -> list[dict[str, Any]]:
        """Every event of the execution."""
        arn = self.simulator.settings.execution_arn(described["name"])
        client = self.engine.client("stepfunctions")
        events: list[dict[str, Any]] = client.get_execution_history(executionArn=arn)["events"]
        return events

    def entered(self, described: dict[str, Any]) -> int:
        """StateEntered events of the execution: what AWS bills as transitions."""
        return sum(event["type"].endswith("StateEntered") for event in self.history(described))


def script_of(history: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Results and errors that each Task state received from its service, in order.

    Args:
        history: of an execution in which each Task state has one item.
    """
    events = {event["id"]: event for event in history}
    script: dict[str, list[dict[str, Any]]] = {}
    attempts: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for event in history:
        if "taskScheduledEventDetails" in event:
            attempts[state_of(event, events)] += 1
        if "taskTimedOutEventDetails" in event:
            late[state_of(event, events)] += 1
        elif "taskSucceededEventDetails" in event and late[state_of(event, events)]:
            # moto records the late answer of a call that has timed out. It belongs to no attempt.
            late[state_of(event, events)] -= 1
            continue
        failed = event.get("taskFailedEventDetails") or event.get("taskTimedOutEventDetails")
        if failed:
            answer = {"throw": {"Error": failed["error"], "Cause": failed.get("cause", "")}}
        elif "taskSucceededEventDetails" in event:
            answer = {"return": json.loads(event["taskSucceededEventDetails"]["output"])}
        else:
            continue
        script.setdefault(state_of(event, events), []).append(answer)
    return {state: answers[: attempts[state]] for state, answers in script.items()}


def state_of(event: dict[str, Any], events: dict[int, dict[str, Any]]) -> str:
    """Name of the state to which an event belongs.

    Args:
        event: one of ``events``.
        events: the execution's history by event id.
    """
    while "stateEnteredEventDetails" not in event:
        event = events[event["previousEventId"]]
    return str(event["stateEnteredEventDetails"]["name"])


ENDLESS = 600
"""Seconds of the Wait state of a target that never ends."""


@contextmanager
def shortened(timeout: float = 60.0, pause: float = 0.0) -> Iterator[None]:
    """Let retries wait for no time, Wait states for ``pause``, and Task states for at most ``timeout`` seconds.

    A Wait state of ``ENDLESS`` seconds is that of a target which never ends. It waits.
    """
    wait_interval = WaitFunction._wait_interval

    def paused(wait: WaitFunction, env: Any, wait_seconds: int) -> None:
        if wait_seconds >= ENDLESS:
            wait_interval(wait, env, wait_seconds)
        else:
            time.sleep(min(pause, wait_seconds))

    def seconds(declared: TimeoutSeconds, env: Any) -> None:
        whole = declared.timeout_seconds == TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS  # a state that declares none
        env.stack.append(declared.timeout_seconds if whole else min(declared.timeout_seconds, timeout))

    with (
        replaced(retrier_decl, "time", types.SimpleNamespace(sleep=lambda _: None)),
        replaced(TimeoutSeconds, "_eval_body", seconds),
        replaced(WaitFunction, "_wait_interval", paused),
    ):
        yield
