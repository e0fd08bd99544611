"""Small drills that take seconds, defects that they report, and the page. tests/properties has the other drills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration import log_lines
from orchestration.input.item import Item
from orchestration.planning.plan import Plan, PlannedExecution
from orchestration.router import Router
from orchestration.triggers.base import RequestContext
from orchestration.triggers.glue_job import GlueJob
from tests.drills import __main__, dispatcher, ground, joins, poison, running
from tests.drills.defects import DROPPED, RANDOM_NAMES
from tests.drills.model import DrillSkippedError, Result, Tally, silent
from tests.drills.page import render
from tests.drills.registry import DRILLS, drill

DOCS = Path(__file__).parents[2] / "docs"
SEED = 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deliveries", "poison"])
def test_small_drill_is_clean(name: str) -> None:
    tally = drill(name).run(drill(name).small, SEED, silent)
    assert (tally.lost, tally.doubled, tally.wrong) == (0, 0, [])
    assert tally.found.total() > 0


@pytest.mark.slow
def test_random_names_double_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "MUTANT", RANDOM_NAMES)
    tally = drill("deliveries").run(4, SEED, silent)
    assert (tally.doubled > 0, tally.lost) == (True, 0)


@pytest.mark.slow
def test_dropped_events_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "MUTANT", DROPPED)
    tally = drill("deliveries").run(4, SEED, silent)
    assert (tally.lost > 0, tally.doubled) == (True, 0)


def test_target_from_an_event_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    request = GlueJob.request

    def evil(trigger: GlueJob, context: RequestContext) -> dict[str, Any]:
        return request(trigger, context) | {"JobName": context.event.job_run_id}

    monkeypatch.setattr(GlueJob, "request", evil)
    wrong = poison.run(200, SEED, silent).wrong
    assert any("the target ('glue_job'" in one and "is not in the configuration" in one for one in wrong)


def test_unexpected_error_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("job_run_id")

    monkeypatch.setattr(Router, "route", broken)
    assert poison.run(1, SEED, silent).wrong == ["configuration 0, event 0: KeyError: 'job_run_id'"]


def test_forged_log_line_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "keep_single_lines", lambda: None)
    wrong = poison.run(200, SEED, silent).wrong
    assert any("log records are" in one for one in wrong)


def test_lost_trigger_of_hostile_events_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.planning.plan.split", lambda triggers, _: (triggers[:-1] or triggers, []))
    assert poison.run(200, SEED, silent).lost > 0


def test_trigger_in_the_place_of_another_is_lost_and_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = Plan.pack

    def twice(plan: Plan, items: Sequence[Item], *numbers: int) -> list[PlannedExecution]:
        return pack(plan, [*items[:1], *items[:1], *items[2:]] if len(items) > 1 else items, *numbers)

    monkeypatch.setattr(Plan, "pack", twice)
    tally = poison.run(200, SEED, silent)
    assert tally.lost == tally.doubled > 0


@pytest.mark.slow
def test_small_joins_are_clean() -> None:
    tally = joins.run(drill("joins").small, SEED, silent)
    assert (tally.lost, tally.doubled, tally.wrong, tally.found.total()) == (0, 0, [], 18)


@pytest.mark.slow
def test_join_with_random_names_starts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(10_000))
    for module in ("joining.join_router", "planning.plan"):
        monkeypatch.setattr(f"orchestration.{module}.execution_name", lambda *_: f"random-{next(numbers)}")
    assert joins.run(10, SEED, silent).doubled > 0


ROW = {"sent": 500, "triggered": 450, "duplicates": 25, "rejected": 25, "dead": 25, "seconds": 30.0}


def report(row: dict[str, Any], inside: str = "") -> str:
    case = f'<properties><property name="row" value="{row}"/></properties>{inside}'
    return f'<testsuites><testsuite><testcase name="t">{case}</testcase></testsuite></testsuites>'


@pytest.mark.parametrize(
    ("change", "lost", "doubled"),
    [({}, 0, 0), ({"triggered": 448}, 2, 0), ({"triggered": 453}, 0, 3), ({"dead": 24}, 1, 0)],
)
def test_figures_of_the_killed_dispatcher(change: dict[str, Any], lost: int, doubled: int) -> None:
    tally = dispatcher.read_report(report(ROW | change), "2.11.0")
    assert (tally.lost, tally.doubled, tally.wrong, tally.deliveries) == (lost, doubled, [], 500)


@pytest.mark.parametrize("problem", ["failure", "error", "skipped"])
def test_failed_test_of_the_dispatcher_is_a_violation(problem: str) -> None:
    tally = dispatcher.read_report(report(ROW, f'<{problem} message="450 != 449"/>'), "3.0.6")
    assert tally.wrong == ["Airflow 3.0.6: t: 450 != 449"]
    assert dispatcher.read_report("<testsuites/>", "3.0.6").wrong == ["Airflow 3.0.6: the report has no figures"]


def test_missing_airflow_skips_the_drill_but_not_in_ci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "ROOT", tmp_path)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(DrillSkippedError, match=r"Airflow 2.11.0 is not installed. Run: make airflow"):
        dispatcher.run(1, SEED, silent)
    monkeypatch.setenv("CI", "true")
    assert dispatcher.run(1, SEED, silent).wrong == ["Airflow 2.11.0 is not installed. Run: make airflow"]


@pytest.mark.parametrize(
    ("tally", "failed"),
    [
        ({"expected": {"a": 1}, "found": {"a": 1}}, False),
        ({"expected": {"a": 1}}, True),
        ({"found": {"a": 1}}, True),
        ({"expected": {"a": 1}, "found": {"a": 2}}, True),
        ({"expected": {"a": 1, "b": 1}, "found": {"a": 2}}, True),
        ({"expected": {"a": 1}, "found": {"a": 1}, "wrong": ["w"]}, True),
        ({}, True),
    ],
)
def test_result_fails_if_anything_is_wrong_or_untested(tally: dict[str, Any], failed: bool) -> None:
    one = Tally(wrong=tally.pop("wrong", []))
    for name, keys in tally.items():
        getattr(one, name).update(keys)
    assert Result.of(one, name="joins", size=1, seed=1, seconds=1.0).failed is failed


def test_drill_that_ends_with_an_error_has_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never_settles(*_: object) -> Tally:
        raise TimeoutError("3 executions still run")

    broken = replace(drill("joins"), run=never_settles)
    monkeypatch.setattr(running, "drill", lambda _: broken)
    result = running.run_drill("joins", 3, SEED)
    assert result.failed
    assert result.examples == ["the drill ended with TimeoutError: 3 executions still run"]
    assert "never_settles" in capsys.readouterr().err


def test_killed_process_fails_the_drill() -> None:
    ended: Future[Result] = Future()
    ended.set_exception(BrokenProcessPool("terminated abruptly"))
    result = running._result(ended, "joins", 3, SEED)
    assert result.failed
    assert "terminated abruptly" in result.examples[0]


def test_page_is_rendered_from_its_results() -> None:
    """The page differs from its results after an edit by hand. Run: make drill."""
    document = json.loads((DOCS / "reliability.json").read_text(encoding="utf-8"))
    assert (DOCS / "reliability.md").read_text(encoding="utf-8") == render(document)
    assert [one["name"] for one in document["results"]] == [one.name for one in DRILLS]
    assert not [one["name"] for one in document["results"] if Result(**one).failed or one["skipped"]]


@pytest.mark.parametrize("scale", [[], ["--scale", "0.5"]], ids=["whole", "half"])
def test_command_fails_and_names_the_replay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], scale: list[str]
) -> None:
    lost = Result(name="joins", size=3, seed=7, seconds=1.0, starts=2, lost=1, examples=["lost: report of k1"])
    monkeypatch.setattr(__main__, "run_all", lambda sizes, seed, at_once, show: [lost])
    with pytest.raises(SystemExit) as ended:
        __main__.app(["--only", "joins", "--seed", "7", *scale])
    assert ended.value.code == 1
    command = " ".join(["python -m tests.drills --only joins --seed 7", *scale])
    assert f"To run it again: {command}\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "nothing"], "found nothing, expected deliveries, crash-points"),
        (["--only", "joins", "--write"], "the page has all drills"),
    ],
)
def test_bad_options_exit_2(arguments: list[str], message: str) -> None:
    answer = CliRunner().invoke(__main__.app, arguments)
    assert answer.exit_code == 2
    assert message in " ".join(answer.stderr.replace("│", " ").split())
