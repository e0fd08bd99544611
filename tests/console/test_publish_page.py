"""The publish page shows what an event would start, and starts it once."""

from __future__ import annotations

import re

from orchestration.event.identity import execution_name
from tests.console.conftest import Console, text_of


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
