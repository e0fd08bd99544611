"""The pages of executions: the list with filters, one execution, its batches, and its replay."""

from __future__ import annotations

import re

import pytest

from local.engine.engine import Engine
from orchestration.event.identity import execution_name
from tests.console.conftest import ROUTER, Console, text_of

FAILED = execution_name("on_success", "clean_orders", "1")


def test_list_has_each_execution_and_filters(console: Console) -> None:
    page = console.get("/executions")
    assert page.count("data-row") == 7  # four events and the three batches of one
    assert "2 of 3 triggers failed" in page
    assert console.get("/executions?job=clean_orders").count("data-row") == 1
    assert console.get("/executions/rows?status=FAILED").count("data-row") == 1
    assert console.get("/executions?trigger=clean").count("data-row") == 1


def test_run_that_started_nothing_shows_the_reason(console: Console) -> None:
    assert "the configuration has no workflow for job &#39;nobody&#39;" in console.get("/executions?job=nobody&run=1")
    assert "it was not published" in console.get("/executions?job=nobody&run=2")


@pytest.mark.parametrize(
    ("query", "words"),
    [("status=DONE", "expected one of RUNNING"), ("run=1", "needs a job"), ("since=soon", "since")],
)
def test_bad_filter_is_a_message(console: Console, query: str, words: str) -> None:
    assert words in text_of(console.get(f"/executions?{query}"))


def test_execution_shows_outcomes_states_and_command(console: Console) -> None:
    page = console.get(f"/executions/{FAILED}")
    text = text_of(page)
    assert "1 TRIGGERED 2 FAILED" in text
    assert "Glue.EntityNotFoundException Job build_features not found." in text
    assert f"orchestrator replay arn:aws:states:us-west-1:123456789012:execution:{ROUTER}:{FAILED}" in text
    by_name = {name: outcome for outcome, name in re.findall(r'<g class="\w+ (\w+)" data-state="([^"]+)"', page)}
    assert by_name["Start Glue job run"] == "failed"
    assert by_name["Note why the trigger was rejected"] == "passed"
    assert by_name["Start nested execution"] == "unused"
    assert by_name["Some triggers failed"] == "failed"
    assert page.count('class="bad"') == 2  # the bar of the failed call, and its line


def test_batches_are_one_page(console: Console) -> None:
    page = console.get(f"/executions/{execution_name('on_success', 'load_warehouse', '1')}")
    assert page.count('<details class="trigger"') == 120
    assert "120 TRIGGERED" in text_of(page)


def test_replay_previews_then_starts_failed_triggers(console: Console, engine: Engine) -> None:
    glue = engine.client("glue")
    assert "WOULD_START" in console.post(f"/executions/{FAILED}/replay", mode="preview")
    assert not glue.list_jobs()["JobNames"].count("build_features")
    glue.create_job(Name="build_features", Role="r", Command={"Name": "glueetl"})
    try:
        page = text_of(console.post(f"/executions/{FAILED}/replay", mode="start"))
        assert "STARTED glue_job build_features" in page
        assert "2 TRIGGERED 1 FAILED" in text_of(console.get(f"/executions/{FAILED}"))
        assert len(glue.get_job_runs(JobName="build_features")["JobRuns"]) == 1
    finally:
        glue.delete_job(JobName="build_features")
