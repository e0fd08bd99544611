"""The lineage page has every job with the outcome of its newest execution."""

from __future__ import annotations

import re

from tests.console.conftest import Console


def test_lineage_has_the_newest_outcome_of_each_job(console: Console) -> None:
    page = console.get("/lineage")
    newest = {job: status for status, job in re.findall(r'<g class="node last-(\w+)" data-key="job:(\w+)"', page)}
    assert newest == {"ingest_orders": "succeeded", "clean_orders": "failed", "load_warehouse": "succeeded"}
    assert 'data-key="glue_job:train_model"' in page
