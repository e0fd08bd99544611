"""The console's pages show the stack's executions, lineage and configuration, and change it only on the local stack."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import boto3
import pytest

from local.engine.engine import Engine
from orchestration.event.identity import execution_name
from tests.browser.scene import DOCUMENT, HOSTILE_JOB
from tests.cli.helpers import Orchestrator
from tests.console.conftest import ROUTER, Console

FAILED = execution_name("on_success", "clean_orders", "1")
HOSTILE = execution_name("on_success", HOSTILE_JOB, "\u202edi-nur")


def text_of(page: str) -> str:
    """The page's text without tags, in one line."""
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", page).split()))


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


def test_hostile_texts_are_escaped_and_visible(console: Console) -> None:
    for path in ("/executions", f"/executions/{HOSTILE}", "/lineage", "/configuration"):
        page = console.get(path)
        assert "<script>document" not in page
        assert not re.search("[\x00-\x08\x1b\u202a-\u202e]", page), path
    assert "\\u202edi-nur" in console.get(f"/executions/{HOSTILE}")


def test_lineage_has_the_newest_outcome_of_each_job(console: Console) -> None:
    page = console.get("/lineage")
    newest = {job: status for status, job in re.findall(r'<g class="node last-(\w+)" data-key="job:(\w+)"', page)}
    assert newest == {"ingest_orders": "succeeded", "clean_orders": "failed", "load_warehouse": "succeeded"}
    assert 'data-key="glue_job:train_model"' in page


def test_configuration_is_checked_saved_and_used(console: Console, engine: Engine) -> None:
    wrong = json.dumps({"workflows": {"x": {"on_success": [{"type": "glue_jop", "job_name": "a"}]}}}, indent=2)
    assert "Did you mean &#39;glue_job&#39;?" in console.post("/configuration/check", text=wrong)
    assert "Not saved: 1 errors." in console.post("/configuration", 422, text=wrong)
    right = json.dumps({"workflows": {**DOCUMENT["workflows"], "new_job": {"on_success": []}}}, indent=2)
    assert "Saved." in console.post("/configuration", text=right.replace("\n", "\r\n"))
    body = engine.client("s3").get_object(
        Bucket="local-code-us-west-1", Key="code/local/orchestration/workflow_config.json"
    )
    assert body["Body"].read().decode() == right
    assert "would start" in console.post(
        "/publish/check", text='{"job_name": "clean_orders", "job_run_id": "2", "status": "SUCCESS"}'
    )


def test_publish_starts_the_event_once(console: Console) -> None:
    event = '{"job_name": "load_warehouse", "job_run_id": "published", "status": "SUCCESS"}'
    name = execution_name("on_success", "load_warehouse", "published")
    assert f"/executions/{name}" in console.post("/publish", text=event)
    assert "duplicate" in console.post("/publish", text=event)
    ignored = text_of(console.post("/publish", text='{"job_name": "other", "job_run_id": "1", "status": "SUCCESS"}'))
    assert "no workflow for job 'other'" in ignored
    assert "job_run_id" in console.post("/publish", 422, text='{"job_name": "load_warehouse"}')


def test_plan_of_an_event_names_the_trigger_that_would_fail(console: Console) -> None:
    event = '{"job_name": "ingest_orders", "job_run_id": "2", "status": "SUCCESS"}'
    text = text_of(console.post("/publish/check", text=event))
    assert "would start 2 of 3 triggers" in text
    assert re.search("fails clean_orders : .*artifacts.path", text)


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


def test_stack_on_aws_is_read_only(engine: Engine) -> None:
    console = Console(allow_replay=False, local=False)
    assert "--allow-replay" in console.get(f"/executions/{FAILED}")
    assert "<textarea" not in console.get("/configuration")
    assert 'class="source"' in console.get("/configuration")
    console.get("/publish", 404)
    token = Console().token  # another console's token is refused too
    for path in (f"/executions/{FAILED}/replay", "/configuration", "/publish"):
        answer = console.client.post(
            path, data={"token": token}, headers={"Host": "127.0.0.1:4567", "Origin": "http://127.0.0.1:4567"}
        )
        assert answer.status_code == 403


def test_html_report_is_self_contained(orchestrator: Orchestrator, tmp_path: Path) -> None:
    boto3.DEFAULT_SESSION = None
    file = tmp_path / "report.html"
    result = orchestrator("inspect", FAILED, "--function", ROUTER, "--html", str(file))
    assert (result.exit_code, result.stderr) == (1, f"wrote {file}\n")
    page = file.read_text()
    assert "Glue.EntityNotFoundException" in page
    assert "data-state" in page
    assert not re.search(r'(src|href)="(?!https://us-west-1\.console\.aws\.amazon\.com/|#)', page)
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "<script" not in page
    refused = orchestrator("inspect", FAILED, "--function", ROUTER, "--html", str(tmp_path / "no" / "folder.html"))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
