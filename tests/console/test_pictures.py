"""Pictures of the console: states and nodes with their outcomes, and calls on a common scale."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from analysis.graph.svg import svg
from console import pictures
from console.pictures import Bar
from operations.executions.inspected import InspectedTrigger, Inspection, Run
from operations.executions.timeline import Call, StateCount
from tests.analysis.graph.graphs import jobs

SPACE = "{http://www.w3.org/2000/svg}"
COUNTS = {
    "Start Glue job run": StateCount(entered=3, failed=1, retried=1),
    "Which type of trigger?": StateCount(entered=12),
    "Start nested execution": StateCount(entered=1, retried=1),
}


@pytest.fixture(autouse=True)
def environment() -> None:
    """The pictures need no stack, which the other tests of the console start."""


def states() -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(pictures.machine(COUNTS))
    return {group.attrib["data-state"]: group for group in root.iter(f"{SPACE}g") if "data-state" in group.attrib}


@pytest.mark.parametrize(
    ("name", "outcome", "title"),
    [
        ("Start Glue job run", "failed", "entered 3 times, 1 failed, 1 succeeded after a retry"),
        ("Which type of trigger?", "passed", "entered 12 times"),
        ("Start nested execution", "retried", "entered 1 times, 1 succeeded after a retry"),
        ("Some triggers failed", "unused", "not entered"),
    ],
)
def test_state_has_its_outcome_and_visits(name: str, outcome: str, title: str) -> None:
    group = states()[name]
    assert group.attrib["class"] == f"state {outcome}"
    assert group.findtext(f"{SPACE}title") == f"{name}: {title}"


def test_badge_counts_visits_within_the_box() -> None:
    found = states()
    badges = {name: group.find(f"{SPACE}text[@class='badge']") for name, group in found.items()}
    texts = {name: badge.text for name, badge in badges.items() if badge is not None}
    assert texts == {"Start Glue job run": "3\u00d7", "Which type of trigger?": "12\u00d7"}
    for name, badge in badges.items():
        box = found[name].find(f"{SPACE}rect")
        if badge is not None and box is not None:
            x, y, width, height = (float(box.attrib[key]) for key in ("x", "y", "width", "height"))
            assert x < float(badge.attrib["x"]) < x + width
            assert y < float(badge.attrib["y"]) < y + height
            assert badge.attrib["text-anchor"] == "end"


def test_picture_has_no_prefix_that_a_browser_ignores() -> None:
    assert pictures.machine({}).startswith("<svg ")
    assert pictures.with_outcomes(svg(jobs(a=["x"])), {}).startswith("<svg ")


def test_node_has_a_status_if_its_job_ran() -> None:
    root = ElementTree.fromstring(
        pictures.with_outcomes(
            svg(jobs(a=["b"], b=["x"])), {"job:a": "SUCCEEDED", "job:b": "FAILED", "job:c": "FAILED"}
        )
    )
    nodes = {group.attrib["data-key"]: group for group in root.iter(f"{SPACE}g") if "data-key" in group.attrib}
    assert {key: (group.attrib["class"], group.findtext(f"{SPACE}title")) for key, group in nodes.items()} == {
        "job:a": ("node last-succeeded", "job a (last execution: SUCCEEDED)"),
        "job:b": ("node last-failed", "job b (last execution: FAILED)"),
        "glue_job:x": ("node", "glue_job x"),
    }


def inspection(*triggers: tuple[str, list[Call]]) -> Inspection:
    """An event whose triggers have one run each, with these calls."""
    return Inspection(
        name="x",
        arn="",
        url="",
        job_name="j",
        job_run_id="r",
        event_kind="on_success",
        event={},
        config_source="",
        config_version="",
        executions=[],
        triggers=[
            InspectedTrigger(
                id=key,
                type="glue_job",
                name=key,
                batch="",
                runs=[Run(number=0, execution="x", status="TRIGGERED", calls=calls)],
            )
            for key, calls in triggers
        ],
        skipped=[],
        states={},
    )


def call(second: int, seconds: float | None, error: str = "") -> Call:
    return Call(start=f"2025-11-24T01:00:{second:02}+00:00", seconds=seconds, waited=0.0, error=error)


def test_all_calls_have_one_scale() -> None:
    """The last call ends ten seconds after the first began, so a second is 100 thousandths."""
    drawn = pictures.timeline(
        inspection(("one", [call(2, 1.0, "Glue.Throttled"), call(6, 6.0)]), ("two", [call(4, 3.0)]))
    )
    assert drawn == {
        "one": [
            Bar(x=0.0, width=100.0, failed=True, title="2025-11-24T01:00:02+00:00: Glue.Throttled"),
            Bar(x=400.0, width=600.0, failed=False, title="2025-11-24T01:00:06+00:00: succeeded"),
        ],
        "two": [Bar(x=200.0, width=300.0, failed=False, title="2025-11-24T01:00:04+00:00: succeeded")],
    }


def test_short_call_is_visible_and_a_single_one_fills_the_line() -> None:
    drawn = pictures.timeline(inspection(("one", [call(0, 0.001), call(10, None)])))
    assert [(bar.x, bar.width) for bar in drawn["one"]] == [(0.0, 4.0), (1000.0, 4.0)]
    (bar,) = pictures.timeline(inspection(("one", [call(0, 2.5)])))["one"]
    assert (bar.x, bar.width) == (0.0, 1000.0)


def test_calls_without_time_do_not_divide_by_zero() -> None:
    drawn = pictures.timeline(inspection(("one", [call(0, 0.0)]), ("two", [])))
    assert [bar.width for bar in drawn["one"]] == [4.0]
    assert drawn["two"] == []


def test_event_without_calls_has_no_timeline() -> None:
    assert pictures.timeline(inspection(("one", []))) == {}
