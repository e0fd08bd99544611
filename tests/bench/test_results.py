"""Statistics, goals and the page of the benchmarks."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from pydantic import ValidationError

from bench import render
from bench.__main__ import NAMES, measure_all, merged, report_of
from bench.command import ROUNDS, Run
from bench.results import Cell, Figure, Goal, Report, Section, Table

DOCS = Path(__file__).parents[2] / "docs"
COMMITTED = Report.model_validate_json((DOCS / "benchmarks.json").read_text(encoding="utf-8"))


def goal(bound: str, limit: float, *values: float) -> Goal:
    found = Figure(values=list(values), unit="ms")
    return Goal.model_validate({"name": "g", "found": found, "bound": bound, "limit": limit, "tried": "caches"})


def report(*goals: Goal) -> Report:
    rows: list[list[Cell]] = [["a | b", 1_234, Figure(values=[3.0, 1.0, 2.0], unit="ms")]]
    one = Section(
        name="x",
        title="X",
        about="Text.",
        tables=[Table(columns=["p", "q", "r"], rows=rows)],
        goals=list(goals),
        seeds=[7],
    )
    return Report(date="2026-01-01", quick=False, machine="m", versions={"Python": "3"}, sections=[one])


def test_page_is_made_from_the_committed_results() -> None:
    page = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    assert render.render(COMMITTED) == page, "docs/benchmarks.md was edited. Run: make bench"


def test_committed_results_have_every_section() -> None:
    assert [one.name for one in COMMITTED.sections] == list(NAMES)


def test_committed_figures_have_enough_runs() -> None:
    """Only ``make test`` runs once; a quick page says that it is quick."""
    if COMMITTED.quick:
        assert "**quick**" in (DOCS / "benchmarks.md").read_text(encoding="utf-8")
        return
    for one in COMMITTED.sections:
        for row in (row for table in one.tables for row in table.rows if row[0] != "`make test`"):
            assert all(len(cell.values) >= ROUNDS for cell in row if isinstance(cell, Figure)), row


def test_report_survives_json() -> None:
    before = report(goal("at most", 1.0, 0.5))
    assert Report.model_validate_json(before.model_dump_json()) == before


def test_figure_without_values_is_refused() -> None:
    with pytest.raises(ValidationError):
        Figure(values=[])


def test_ratio_pairs_the_values_of_each_round() -> None:
    assert Figure(values=[2.0, 9.0]).over(Figure(values=[1.0, 3.0])).values == [2.0, 3.0]
    with pytest.raises(ValueError, match="shorter"):
        Figure(values=[1.0, 2.0]).over(Figure(values=[1.0]))


@pytest.mark.parametrize(
    ("bound", "limit", "values", "met", "distance"),
    [
        ("at most", 1.0, (0.9, 1.0, 5.0), True, 0.0),
        ("at most", 1.0, (0.9, 1.1, 1.2), False, 0.1),
        ("at least", 4.0, (4.0,), True, 0.0),
        ("at least", 4.0, (3.0,), False, 0.25),
        ("at most", 0.0, (0.0, 0.0), True, 0.0),
    ],
)
def test_goal_compares_the_median(bound: str, limit: float, values: tuple[float], met: bool, distance: float) -> None:
    one = goal(bound, limit, *values)
    assert one.met is met
    assert one.distance == pytest.approx(distance)


def test_page_shows_a_missed_goal_with_distance_and_reason() -> None:
    page = render.render(report(goal("at most", 1.0, 1.5)))
    assert "| x | g | at most 1.00 ms | 1.50 ms (one run) | missed by 50 % |" in page
    assert "- g: caches\n" in page


def test_page_omits_reasons_of_goals_that_are_met() -> None:
    page = render.render(report(goal("at most", 1.0, 0.5)))
    assert "| met |" in page
    assert "caches" not in page


def test_page_shows_median_smallest_and_largest_value() -> None:
    page = render.render(report())
    assert "| a / b | 1,234 | 2.00 ms (1.00\N{EN DASH}3.00) |" in page
    assert "Seeds: 7." in page


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1234.5, "1,234"), (12.345, "12.35"), (0.0567, "0.057"), (0.00123, "0.00123")]
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert render.number(value) == text


def test_sections_measured_again_replace_the_former_ones() -> None:
    old = [Section(name=name, title="old", about="", tables=[]) for name in ("cost", "routing")]
    new = [Section(name="routing", title="new", about="", tables=[])]
    assert [(one.name, one.title) for one in merged(old, new)] == [("routing", "new"), ("cost", "old")]


def test_section_that_fails_keeps_the_ones_before() -> None:
    def fail(_: Run) -> Section:
        raise RuntimeError("make test: exit code 2")

    works, fails = ModuleType("bench.cost"), ModuleType("bench.developer")
    works.measure = lambda _: Section(name="cost", title="new", about="", tables=[])  # type: ignore[attr-defined]
    fails.measure = fail  # type: ignore[attr-defined]
    found = measure_all([works, fails], quick=True)
    assert next(found).name == "cost"
    with pytest.raises(RuntimeError, match="make test"):
        next(found)


def test_page_stays_quick_until_each_section_is_full() -> None:
    names = list(NAMES)
    full = [Section(name=name, title="full", about="", tables=[]) for name in names]
    before = report_of(None, full, quick=True)
    assert before.quick
    assert report_of(before, full[:1], quick=False).quick
    assert not report_of(before, full, quick=False).quick
    assert [one.name for one in report_of(before, full[:1], quick=False).sections] == names
