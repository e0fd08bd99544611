"""Paths whose first part is almost a field of the event."""

from __future__ import annotations

import json

import pytest

from analysis.problems.check import check_file
from analysis.warnings.roots import EVENT_ROOTS, JOIN_ROOTS, meant
from orchestration.configuration.joins import join_event
from orchestration.settings import Settings
from tests.analysis.warnings.configurations import GLUE, QUEUE, codes, document_of


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("artefacts.x", "artifacts.x"),
        ("artefact.x", "artifacts.x"),
        ("metric.rows", "metrics.rows"),
        ("Metrics.rows", "metrics.rows"),
        ("startDate", "start_date"),
        ("job-name", "job_name"),
        ("event.artifacts.x", "artifacts.x"),
        ("source_event.metrics.x", "metrics.x"),
        ("detail.artefacts.x", "artefacts.x"),
        ("start_date-2026", "start_date:-2026"),
        ("artifacts-old.x", ""),
        ("business_date", ""),
        ("created_at", ""),
        ("event.name", ""),
        ("event.payload.artifacts.x", "payload.artifacts.x"),
        ("event." * 2_000 + "x", "event." * 1_999 + "x"),
        ("event", ""),
        ("run_id", ""),
        ("message.body", ""),
        ("date", ""),
    ],
)
def test_meant_path_is_suggested_for_typos_only(path: str, expected: str) -> None:
    assert meant(path, EVENT_ROOTS) == expected


def test_fields_that_publishers_add_have_no_warning() -> None:
    assert codes({**GLUE, "arguments": {"--x": "${business_date}/${region}", "--y": "${data.rows.0}"}}) == []


def test_event_of_a_join_has_no_other_fields() -> None:
    event = join_event("daily", "2026", {"a": {}}, ["b"])
    assert set(event) == set(JOIN_ROOTS)
    join = {"all_of": ["a", "b"], "key": "${day}", "on_complete": [{**GLUE, "arguments": {"--d": "${day}"}}]}
    document = json.dumps(document_of(QUEUE, joins={"daily": join})).encode()
    assert [problem.code for problem in check_file("f", document, Settings()).problems] == ["event-path"]
    join["on_complete"] = [
        {**GLUE, "arguments": {"--d": "${job_run_id}", "--x": "${upstream.a.day}", "--y": "${day:-}"}}
    ]
    assert codes(QUEUE, joins={"daily": join}) == []


def test_placeholders_of_the_deployment_are_no_paths() -> None:
    assert codes({**GLUE, "arguments": {"--x": "${deploy.env}-${aws.region}"}}) == []
