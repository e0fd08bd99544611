"""Paths that an event published by the state machine never has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.warnings.chains import PUBLISHED
from builder.machine import state_machine
from tests.analysis.warnings.configurations import GLUE, QUEUE, codes

MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:after"
PUBLISH = {"wait": True, "publish": True}


def after(publisher: dict[str, Any], **fields: Any) -> list[str]:
    return codes({**publisher, **PUBLISH}, after={"on_success": [{**GLUE, **fields}]})


def test_fields_are_those_of_the_generated_state() -> None:
    text = json.dumps(state_machine.build(waiting=True))
    states = text.split('"Message": ')[1:]
    assert states
    for state in states:
        message, _ = json.JSONDecoder().raw_decode(state)
        names = {name.removesuffix(".$") for name in message}
        assert names == PUBLISHED | {"artifacts", "metrics"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"arguments": {"--n": "${metrics.rows}"}}, ["chain-path"]),
        ({"arguments": {"--n": "${metrics.rows:-0}"}}, []),
        ({"arguments": {"--n": "${artifacts.path}"}}, ["chain-path"]),
        ({"arguments": {"--n": "${artifacts}"}}, []),
        ({"arguments": {"--n": "${business_date}"}}, ["chain-path"]),
        ({"arguments": {"--n": "${start_date}/${triggered_by_job}"}}, []),
        ({"when": {"metrics": {"rows": [1]}}}, ["chain-path"]),
        ({"when": {"metrics": {"rows": [{"exists": False}]}}}, []),
    ],
)
def test_published_event_of_a_glue_job_has_no_data(fields: dict[str, Any], code: list[str]) -> None:
    assert after({**GLUE, "job_name": "after"}, **fields) == code


def test_event_of_a_nested_execution_may_have_artifacts() -> None:
    machine = {"type": "step_function", "arn": MACHINE}
    assert after(machine, arguments={"--p": "${artifacts.path}"}) == []
    assert after(machine, arguments={"--p": "${metrics.rows}"}) == ["chain-path"]


def test_job_that_publishes_itself_may_have_any_field() -> None:
    reads = {"on_success": [{**GLUE, "arguments": {"--n": "${metrics.rows}"}}]}
    assert codes({**GLUE, "job_name": "after"}, after=reads) == []
    approved = {"on_approval": reads["on_success"], "on_success": [QUEUE]}
    assert codes({**GLUE, "job_name": "after", **PUBLISH}, after=approved) == []
