"""Every case that three interpreters run: the mocked ones, single triggers, waiting triggers, and the isolation matrix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.machine import mocks
from builder.machine.definition import render
from builder.machine.integrations import INTEGRATIONS, variants
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.step_function import StepFunction
from tests.localstack.interpreters import Answer, Case, Result, calls_of, with_short_waits
from tests.state_machine.harness import EVENT, Machine, script_of
from tests.state_machine.matrix import CELLS, run_cell

FILES = Path(__file__).parents[2] / "statemachines"
MOCKED, SINGLE, WAITING, MATRIX = "mocked cases", "single triggers", "waiting triggers", "isolation matrix"
GROUPS = (MOCKED, SINGLE, WAITING, MATRIX)


def read(name: str) -> dict[str, Any]:
    """A committed definition with its placeholders filled."""
    values = {
        "glue_run_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:glue-run",
        "mwaa_dag_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:mwaa-dag",
        "router_arn": "arn:aws:lambda:us-west-1:123456789012:function:router:live",
        "job_events_topic_arn": "arn:aws:sns:us-west-1:123456789012:job_events",
    }
    text = (FILES / f"{name}.asl.json").read_text()
    used = {key: value for key, value in values.items() if f"${{{key}}}" in text}
    definition: dict[str, Any] = json.loads(render(text, used))
    return definition


DEFINITION = read("downstream_orchestrator")
SHORT = with_short_waits(DEFINITION)
WAITING_SHORT = with_short_waits(read("downstream_orchestrator_waiting"))


def attempts(response: dict[str, Any]) -> list[Answer]:
    """The answers of a mocked response, attempt by attempt."""
    answers: list[Answer] = []
    for span, answer in response.items():
        first, _, last = span.partition("-")
        answers += [{key.lower(): value for key, value in answer.items()}] * (int(last or first) - int(first) + 1)
    return answers


def throw(error: str, times: int = 1) -> list[Answer]:
    """``times`` errors."""
    return [{"throw": {"Error": error, "Cause": "mocked"}}] * times


def returned(result: Any) -> list[Answer]:
    """One result."""
    return [{"return": result}]


SAMPLE: Any = mocks.sample_input().to_json()


def mocked() -> Iterator[Case]:
    """The cases of ``MockConfigFile.json``, on the committed definition with its real waits."""
    for case in mocks.cases():
        yield Case(
            group=MOCKED,
            name=case.name,
            machine=mocks.STATE_MACHINE,
            definition=DEFINITION,
            given=SAMPLE,
            script={
                variant.state: attempts(case.responses[kind])
                for kind, one in INTEGRATIONS.items()
                for _, variant in variants(one)
            },
        )


def single() -> Iterator[Case]:
    """Executions with one trigger, which starts or fails: most jobs have one."""
    responses = {case.name: case.responses for case in mocks.cases()}
    for item in SAMPLE["triggers"]:
        kind = item["type"]
        for name, answers in (("starts", responses["AllStarted"][kind]), ("fails", responses["AllFail"][kind])):
            yield Case(
                group=SINGLE,
                name=f"{kind}-{name}",
                machine="single",
                definition=SHORT,
                given=SAMPLE | {"triggers": [item]},
                script={variant.state: attempts(answers) for _, variant in variants(INTEGRATIONS[kind])},
            )


_RUN, _NESTED = variants(GlueJob.RUN)[0][1].state, StepFunction.RUN.state  # the sample sets every field
_DESCRIBE, _READ = "Read the state of the nested execution", "Read the output of the nested execution"
_PLAIN, _WHOLE = "Publish the success", "Publish the success with the output"
_ARN = StepFunction.RUN.sample["ExecutionArn"]
_ENDED = {"ExecutionArn": _ARN, "Status": "SUCCEEDED", "Output": '{"images": 5}'}
_SENT = returned({"MessageId": "m-1"})
_EXISTS = throw("StepFunctions.ExecutionAlreadyExistsException")

WAITING_SCRIPTS: dict[str, dict[str, list[Answer]]] = {
    "glue-succeeds": {_RUN: returned(dict(GlueJob.RUN.sample)), _PLAIN: _SENT},
    "glue-missing": {_RUN: throw("Glue.EntityNotFoundException")},
    "glue-stopped": {_RUN: returned({**GlueJob.RUN.sample, "JobRunState": "STOPPED"})},
    "glue-refused-twice": {
        _RUN: throw("Glue.ConcurrentRunsExceededException", 2) + returned(dict(GlueJob.RUN.sample)),
        _PLAIN: _SENT,
    },
    "glue-publish-repeated": {
        _RUN: returned(dict(GlueJob.RUN.sample)),
        _PLAIN: throw("SNS.InternalErrorException", 2) + _SENT,
    },
    "glue-publish-fails": {_RUN: returned(dict(GlueJob.RUN.sample)), _PLAIN: throw("SNS.NotFoundException", 10)},
    "nested-throttled-twice": {
        _NESTED: throw("StepFunctions.AWSStepFunctionsException", 2) + returned(_ENDED),
        _WHOLE: _SENT,
    },
    "nested-succeeds": {_NESTED: returned(_ENDED), _WHOLE: _SENT},
    "nested-returns-text": {_NESTED: returned({**_ENDED, "Output": '"text"'}), _PLAIN: _SENT},
    "nested-returns-list": {_NESTED: returned({**_ENDED, "Output": "[1]"}), _PLAIN: _SENT},
    "nested-missing": {_NESTED: throw("StepFunctions.StateMachineDoesNotExistException")},
    "nested-started-before": {
        _NESTED: _EXISTS,
        _DESCRIBE: returned({"ExecutionArn": _ARN, "Status": "SUCCEEDED"}),
        _READ: returned(_ENDED),
        _WHOLE: _SENT,
    },
    "nested-started-before-failed": {
        _NESTED: _EXISTS,
        _DESCRIBE: returned({"ExecutionArn": _ARN, "Status": "FAILED"}),
    },
    "nested-message-too-large": {
        _NESTED: returned(_ENDED),
        _WHOLE: throw("SNS.InvalidParameterException"),
        _PLAIN: _SENT,
    },
}
"""Runs that a trigger waits for. Mocks cannot raise ``States.*`` errors, and number the answers of a state by its retries.

``tests/state_machine/test_waiting.py`` has runs that time out, fail or return too much.
"""


def waiting() -> Iterator[Case]:
    """One trigger that waits for its run and publishes its success, next to four that do not wait."""
    good = {one.state: attempts(response) for one, response in _good()}
    items = {item["type"]: item for item in SAMPLE["triggers"]}
    others = [item for kind, item in items.items() if kind not in (GlueJob.TYPE, StepFunction.TYPE)]
    for name, script in WAITING_SCRIPTS.items():
        waits = items[GlueJob.TYPE if _RUN in script else StepFunction.TYPE]
        yield Case(
            group=WAITING,
            name=name,
            machine="waiting",
            definition=WAITING_SHORT,
            given=SAMPLE | {"triggers": [*others[:2], waits, *others[2:]]},
            script={INTEGRATIONS[item["type"]].state: good[INTEGRATIONS[item["type"]].state] for item in others}
            | script,
        )


def _good() -> Iterator[tuple[Any, dict[str, Any]]]:
    (started,) = (case for case in mocks.cases() if case.name == "AllStarted")
    for kind, integration in INTEGRATIONS.items():
        yield integration, started.responses[kind]


def matrix(machine: Machine) -> Iterator[Case]:
    """The isolation matrix: the embedded engine runs each cell with faults in real services, and gives the answers."""
    for kind, what, position in CELLS:
        run = run_cell(machine, kind, what, position)
        history = machine.history(run.described)
        result = Result(run.described["status"], run.described.get("error", ""), run.outcomes, calls_of(history))
        yield Case(
            group=MATRIX,
            name=f"{kind}-{what}-{position}".replace(" ", "_"),
            machine="matrix",
            definition=with_short_waits(machine.definition),
            given={"event": EVENT, "triggers": run.triggers, "routing": {}},
            script=script_of(history),
            engine=result,
        )


def ids() -> list[str]:
    """The id of every case, without running one."""
    scripted = [case.id for case in (*mocked(), *single(), *waiting())]
    return [*scripted, *(f"{MATRIX}-{'-'.join(cell)}".replace(" ", "_") for cell in CELLS)]
