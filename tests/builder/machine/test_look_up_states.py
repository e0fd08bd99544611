"""Every path that the states of a look read exists when they read it."""

from __future__ import annotations

import json
import re

import pytest

from builder.machine import state_machine
from builder.machine.look_up_states import ERROR, LOOK_FOR
from orchestration.triggers._start_look_up import GLUE_RUN

ITEM = state_machine.build()["States"]["Start every trigger"]["ItemProcessor"]["States"]
READ = {
    "Wait until Glue lists the job run": set(),
    "Look for the Glue job run": {
        "$.request.JobName",
        "$.request.Arguments",
        "$$.Execution.StartTime",
        ERROR,
        "$.Payload",
    },
    "Look for an earlier Glue job run": {LOOK_FOR, "$.Payload"},
    "Note that the Glue job run is unknown": {"$.look"},
    "Note that Glue refused the start once": set(),
    "Note that Glue refused the start again": {"$.refused.count"},
    "Note that Glue refused the start too often": {ERROR},
    "Wait before the next start": {"$.refused.seconds"},
}
"""State to the paths that it reads, written by hand."""
WRITTEN = {
    ERROR: {"Start Glue job run", "Start Glue job run with JobRunQueuingEnabled"},
    "$.look": {"Look for the Glue job run", "Look for an earlier Glue job run"},
    "$.refused": {"Note that Glue refused the start once", "Note that Glue refused the start again"},
}
"""Place of the item to the states that write it."""


@pytest.mark.parametrize("name", READ)
def test_state_reads_these_paths(name: str) -> None:
    state = dict(ITEM[name])
    for field in ("Catch", "Retry", "Comment", "ResultPath", "OutputPath"):
        state.pop(field, None)
    found = set(re.findall(r"\$[$\w.]*\w", json.dumps(state).replace("${glue_run_function_arn}", "")))
    assert found == READ[name]


@pytest.mark.parametrize("place", WRITTEN)
def test_place_is_written_before_it_is_read(place: str) -> None:
    writers = {
        name
        for name, state in ITEM.items()
        if state.get("ResultPath") == place or place in [catch["ResultPath"] for catch in state.get("Catch", [])]
    }
    assert writers == WRITTEN[place]


def test_error_of_the_start_replaces_the_event() -> None:
    """Both together could exceed a state's output, which no state can catch."""
    for name in WRITTEN[ERROR]:
        assert ITEM[name]["Catch"][-1]["ResultPath"] == ERROR == "$.event"


def test_names_and_limits_come_from_the_type() -> None:
    assert ITEM[GLUE_RUN.wait_state]["Seconds"] == GLUE_RUN.wait_seconds
    assert f"States.MathRandom(1, {GLUE_RUN.restart_seconds})" in json.dumps(ITEM)
