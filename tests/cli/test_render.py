"""Text of events reaches the terminal as it is: no markup, no emoji, and no escape sequence."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rich.text import Text

from cli.inspect_output import print_join
from cli.redrive_output import show
from cli.render import errors, output, render, working
from cli.replay_output import print_plan
from local.simulation.result import Simulation
from operations.joins import JoinStatus
from operations.repair.redrive import RedriveReport

JOB, RUN = "[/load]:bell:", "a\x1b[2J\u202eb"
SHOWN = ("[/load]:bell:", r"a\u001b[2J\u202eb")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(output, "width", 200)


def test_replay_table_shows_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    decision = {"id": "one", "type": "glue_job", "name": JOB, "attempt": 1, "action": "LEFT_OUT", "reason": RUN}
    print_plan([{"job_name": JOB, "job_run_id": RUN, "replay": {"triggers": [decision]}}])
    assert_shown(capsys)


def test_dead_letters_show_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    report = RedriveReport(
        id="message",
        store="queue",
        payload_format="sns",
        stored_at="2026-01-01T00:00:00Z",
        status="READY",
        jobs=({"job_name": JOB, "job_run_id": RUN},),
    )
    stores: Any = SimpleNamespace(stores=(), more=False)
    show([report], stores, sent=False)
    assert_shown(capsys)


def test_join_shows_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_join(JoinStatus(join="j", key="k", state="open", opened="", arrived={JOB: RUN}, missing=[JOB]))
    assert_shown(capsys)


def test_progress_shows_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with working(JOB) as update:
        update(f"{JOB} {RUN}")
        errors.print(f"{JOB} {RUN}")
    found = capsys.readouterr().err
    assert all(one in found for one in SHOWN), found


def test_styled_text_shows_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    output.print(Text.assemble((JOB, "bold"), f" {RUN}\n", "second line"))
    found = capsys.readouterr().out
    assert all(one in found for one in SHOWN), found
    assert found.splitlines()[1] == "second line"


def test_joined_event_shows_its_joins_and_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    join = {"join": "report", "key": "d", "status": "WAITING", "missing": ["load_1", "load_2"]}
    simulation = Simulation(topic="t", message_id="m", status="JOINED", joins=[join], warnings=["the field is missing"])
    output.print(render(simulation))
    assert capsys.readouterr().out.splitlines() == [
        "JOINED: the event arrived at 1 joins",
        "    join report key d: WAITING, missing load_1, load_2",
        "warning: the field is missing",
    ]


def assert_shown(capsys: pytest.CaptureFixture[str]) -> None:
    found = capsys.readouterr().out
    assert all(one in found for one in SHOWN), found
