"""Paths that no known event has: severity, place, and the nearest known path."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.shapes.shape import EventShape
from analysis.shapes.unknown_paths import Shapes, unknown_paths
from orchestration.configuration.workflows import checked_entries, read_document
from orchestration.event.kinds import EventKind
from orchestration.settings import Settings

GLUE = {"type": "glue_job", "job_name": "g"}
DAG = {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"}
EVENT: dict[str, Any] = {
    "job_name": "a",
    "job_run_id": "1",
    "status": "SUCCESS",
    "start_date": "2026-01-01",
    "artifacts": {"output_path": "s3://b/p", "files": ["x"]},
    "metrics": {"rows": 7},
}


def found(
    document: dict[str, Any], *events: dict[str, Any], kind: EventKind = "on_success"
) -> list[tuple[str, str, str]]:
    """Severity, place and message of each problem."""
    recorded: Shapes = {}
    for number, event in enumerate(events):
        shape = EventShape(source=f"{number}.json", fields=event, recorded=True)
        recorded.setdefault((event["job_name"], kind), []).append(shape)
    read = read_document(document, Settings()).document
    entries = list(checked_entries(read, Settings()))
    assert not [entry.problems for entry in entries if entry.problems]
    return [(severity, problem.path, problem.message) for severity, problem in unknown_paths(read, entries, recorded)]


def workflow(*triggers: dict[str, Any], kind: str = "on_success", **more: Any) -> dict[str, Any]:
    return {"workflows": {"a": {kind: list(triggers)}, **more}}


def glue(value: str, **more: Any) -> dict[str, Any]:
    return {**GLUE, "arguments": {"--x": value}, **more}


def test_known_paths_have_no_problem() -> None:
    triggers = (
        glue("${artifacts.output_path}/${artifacts.files.0}-${start_date}"),
        {**DAG, "parameter_mapping": {"k": "metrics.rows"}, "when": {"metrics": {"rows": [{"numeric": [">", 0]}]}}},
    )
    assert found(workflow(*triggers), EVENT) == []


@pytest.mark.parametrize("kind", ["on_success", "on_approval"])
def test_missing_path_of_each_kind_is_an_error(kind: EventKind) -> None:
    ((severity, place, message),) = found(workflow(glue("${artifacts.path}"), kind=kind), EVENT, kind=kind)
    assert (severity, place) == ("error", f"workflows.a.{kind}[0].arguments.--x")
    assert message == (
        f"found '${{artifacts.path}}', but the event of a ({kind}) in 0.json has no 'artifacts.path'. The trigger fails. "
        "Correct the path, or publish the field"
    )


def test_events_of_another_kind_or_job_are_not_compared() -> None:
    document = workflow(glue("${nowhere}"))
    assert found(document, EVENT, kind="on_approval") == []
    assert found(document, {**EVENT, "job_name": "b"}) == []
    assert found(document) == []


def test_path_that_some_events_lack_is_a_warning() -> None:
    ((severity, _, message),) = found(
        workflow(glue("${start_date}")), EVENT, {**EVENT, "start_date": 1}, {"job_name": "a"}
    )
    assert severity == "warning"
    assert "not all (2) of the 3 events of a (on_success) has 'start_date'; look at 2.json" in message


def test_event_that_starts_no_trigger_does_not_count() -> None:
    trigger = glue("${artifacts.delta}", when={"mode": ["delta"]})
    delta = {**EVENT, "mode": "delta", "artifacts": {"delta": "x"}}
    assert found(workflow(trigger), {**EVENT, "mode": "full"}, delta) == []
    ((severity, _, _),) = found(workflow(trigger), EVENT | {"mode": "full"}, delta | {"artifacts": {}})
    assert severity == "error"


@pytest.mark.parametrize(("path", "count"), [("mode", 0), ("metrics.count", 0), ("artifacts.output_pth", 1)])
def test_default_warns_of_a_misspelt_path_only(path: str, count: int) -> None:
    problems = found(workflow(glue(f"${{{path}:-x}}")), EVENT)
    assert [severity for severity, _, _ in problems] == ["warning"] * count


def test_mapping_that_is_always_left_out_is_a_warning() -> None:
    ((severity, place, message),) = found(workflow({**DAG, "parameter_mapping": {"k": "start_dat"}}), EVENT)
    assert (severity, place) == ("warning", "workflows.a.on_success[0].parameter_mapping.k")
    assert "The parameter is left out" in message


@pytest.mark.parametrize(
    ("when", "problems"),
    [
        ({"metrics": {"row": [1]}}, [("error", "metrics.row")]),
        ({"metrics.row": [1]}, [("error", "metrics.row")]),
        ({"metrics": {"row": [{"exists": False}]}}, []),
        ({"$or": [{"metrics": {"row": [1]}}, {"start_date": ["x"]}]}, [("warning", "$or[0].metrics.row")]),
    ],
)
def test_condition_on_a_missing_field(when: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    document = workflow({**GLUE, "when": when})
    places = [(severity, place.partition(".when.")[2]) for severity, place, _ in found(document, EVENT)]
    assert places == problems


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("artifacts.output_pth", ("artifacts.output_path",)),
        ("artefacts.output_path", ("artifacts.output_path",)),
        ("output_path", ("artifacts.output_path",)),
        ("metrics.count", ()),
        ("zzz", ()),
    ],
)
def test_nearest_path_is_suggested(path: str, near: tuple[str, ...]) -> None:
    recorded: Shapes = {("a", "on_success"): [EventShape(source="0.json", fields=EVENT, recorded=True)]}
    document = workflow(glue(f"${{{path}}}"))
    entries = list(checked_entries(document, Settings()))
    ((_, problem),) = unknown_paths(document, entries, recorded)
    assert (problem.found, problem.options) == (path, near)


def chain(**trigger: Any) -> dict[str, Any]:
    first = {**GLUE, "job_name": "b", "wait": True, "publish": True}
    return workflow(first, b={"on_success": [{**GLUE, **trigger}]})


def test_condition_on_what_is_not_published_is_an_error() -> None:
    when = {"metrics.records_written": [{"numeric": [">", 0]}]}
    ((severity, place, message),) = found(chain(when=when))
    assert (severity, place) == ("error", "workflows.b.on_success[0].when.metrics.records_written")
    assert (
        "the event that workflows.a.on_success[0] publishes for b (on_success) has no 'metrics.records_written'"
        in message
    )
    assert "let the job publish its own event in place of 'publish'" in message


def test_template_on_what_is_not_published_is_an_error() -> None:
    ((severity, place, _),) = found(chain(arguments={"--day": "${business_date}", "--up": "${triggered_by_job}"}))
    assert (severity, place) == ("error", "workflows.b.on_success[0].arguments.--day")


def test_output_of_a_nested_execution_may_have_any_path() -> None:
    arn = "arn:aws:states:us-west-1:123456789012:stateMachine:b"
    first = {"type": "step_function", "arn": arn, "wait": True, "publish": True}
    second = glue("${artifacts.any.path}${metrics.rows}")
    ((_, _, message),) = found(workflow(first, b={"on_success": [second]}))
    assert "'${metrics.rows}'" in message


def join(**more: Any) -> dict[str, Any]:
    return {"j": {"all_of": ["a", "b"], "key": "${start_date}", **more}}


def test_key_of_a_join_behind_a_chain_is_an_error() -> None:
    joins = join(key="${business_date}", on_complete=[GLUE])
    ((severity, place, message),) = found(chain() | {"joins": joins})
    assert (severity, place) == ("error", "joins.j.key")
    assert "publishes for b has no 'business_date'. The event cannot arrive" in message


def test_key_of_a_join_is_compared_with_recorded_arrivals() -> None:
    document = {"workflows": {}, "joins": join(on_complete=[GLUE])}
    assert found(document, EVENT, {**EVENT, "job_name": "b"}) == []
    ((severity, place, message),) = found(document, EVENT, {"job_name": "b"})
    assert (severity, place) == ("error", "joins.j.key")
    assert "the event of b in 1.json has no 'start_date'" in message


@pytest.mark.parametrize(
    ("list_name", "text", "count"),
    [
        ("on_complete", "${upstream.a.artifacts.output_path}${artifacts.b.any}${job_run_id}", 0),
        ("on_complete", "${upstream.c.job_run_id}", 1),
        ("on_complete", "${upstream.a.artifacts.nowhere}", 1),
        ("on_complete", "${missing}", 1),
        ("on_deadline", "${missing}", 0),
        ("on_deadline", "${start_date}", 1),
    ],
)
def test_trigger_of_a_join_reads_the_events_of_its_jobs(list_name: str, text: str, count: int) -> None:
    document = {"workflows": {}, "joins": join(**{list_name: [glue(text)]})}
    problems = found(document, EVENT)
    assert [(severity, place) for severity, place, _ in problems] == [
        ("error", f"joins.j.{list_name}[0].arguments.--x")
    ] * count
    assert all("the event of joins.j has no" in message for _, _, message in problems)


def test_first_event_of_a_cycle_may_have_other_fields() -> None:
    ends = {**GLUE, "job_name": "a", "wait": True, "publish": True, "when": {"metrics": {"rows": [1]}}}
    assert found({**workflow(ends), "allow_cycles": True}) == []
    assert len(found({**workflow(ends), "allow_cycles": True}, {**EVENT, "metrics": {}})) == 1


def test_guard_against_published_events_is_known() -> None:
    """A published event always has the field that the condition wants to be absent, so it starts nothing here."""
    start = {**GLUE, "wait": True, "publish": True, "publish_as": "a"}
    guarded = glue("${artifacts.path}", when={"triggered_by_job": [{"exists": False}]})
    document = workflow(guarded, up={"on_success": [start]})
    assert found(document) == []
    assert len(found(workflow(glue("${artifacts.path}"), up={"on_success": [start]}))) == 1


def test_events_that_do_not_meet_the_condition_do_not_count() -> None:
    trigger = glue("${artifacts.nope}", when={"metrics": {"rows": [99]}})
    assert found(workflow(trigger), EVENT) == []
    assert len(found(workflow(glue("${artifacts.nope}", when={"metrics": {"rows": [7]}})), EVENT)) == 1


def test_null_is_missing_where_text_is_wanted() -> None:
    event = {**EVENT, "artifacts": {"day": None}}
    ((severity, place, _),) = found(workflow(glue("${artifacts.day}")), event)
    assert (severity, place) == ("error", "workflows.a.on_success[0].arguments.--x")
    mixed = {**DAG, "conf": {"whole": "${artifacts.day}", "mixed": "x ${artifacts.day}"}}
    assert [place for _, place, _ in found(workflow(mixed), event)] == ["workflows.a.on_success[0].conf.mixed"]
    join = {"all_of": ["a", "b"], "key": "${artifacts.day}", "on_complete": [GLUE]}
    ((_, place, _),) = found({"workflows": {}, "joins": {"j": join}}, event)
    assert place == "joins.j.key"


def test_recorded_event_of_a_join_says_more_than_the_arrivals() -> None:
    join = {"all_of": ["b", "c"], "key": "${day}", "on_complete": [glue("${upstream.b.artifacts.path}")]}
    document = {"workflows": {}, "joins": {"a": join}}
    assert found(document) == []
    recorded = {**EVENT, "upstream": {"b": {"artifacts": {"other": 1}}, "c": {}}}
    ((severity, place, _),) = found(document, recorded, kind="on_complete")
    assert (severity, place) == ("error", "joins.a.on_complete[0].arguments.--x")


def test_empty_list_is_not_its_own_correction() -> None:
    ((_, _, message),) = found(
        workflow({**GLUE, "when": {"artifacts": {"files": ["x"]}}}), {**EVENT, "artifacts": {"files": []}}
    )
    assert "files" in message
    read = read_document(workflow({**GLUE, "when": {"artifacts": {"files": ["x"]}}}), Settings()).document
    shapes: Shapes = {("a", "on_success"): [EventShape(source="f", fields={"artifacts": {"files": []}}, recorded=True)]}
    ((_, problem),) = unknown_paths(read, list(checked_entries(read, Settings())), shapes)
    assert problem.options == ()


def test_long_chain_takes_linear_time() -> None:
    """Each of 4,000 jobs has a problem, and none is in a cycle."""
    step = {**GLUE, "wait": True, "publish": True, "arguments": {"--x": "${metrics.rows}"}}
    jobs = {f"j{number}": {"on_success": [{**step, "publish_as": f"j{number + 1}"}]} for number in range(4_000)}
    assert len(found({"workflows": jobs})) == 3_999
    ring = {"a": {"on_success": [{**step, "publish_as": "b"}]}, "b": {"on_success": [{**step, "publish_as": "a"}]}}
    assert found({"workflows": ring}) == []
