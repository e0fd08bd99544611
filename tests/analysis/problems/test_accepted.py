"""Warnings that a configuration accepts in the entry that has them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.problems.check import check_file
from orchestration.configuration.trigger_ids import trigger_ids
from orchestration.settings import Settings

DOUBTFUL: dict[str, Any] = {"type": "glue_job", "job_name": "g", "arguments": {"path": "x"}}


def codes(document: dict[str, Any]) -> list[tuple[str, str]]:
    problems = check_file("f", json.dumps(document).encode(), Settings()).problems
    return [(problem.severity, problem.code) for problem in problems]


def of(*triggers: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    return codes({"workflows": {"j": {"on_success": list(triggers), **fields}}})


def test_accepted_warning_is_left_out_of_its_entry_only() -> None:
    accepted = {**DOUBTFUL, "accept": ["glue-argument"]}
    assert of(accepted) == []
    assert of(accepted, {**DOUBTFUL, "job_name": "h"}) == [("warning", "glue-argument")]


def test_code_that_no_longer_applies_is_a_warning() -> None:
    assert of({**DOUBTFUL, "accept": ["glue-argument", "glue-conf"]}) == [("warning", "unused-accept")]


def test_unused_code_of_an_invalid_entry_is_not_reported() -> None:
    assert of({"type": "glue_job", "accept": ["condition-text"]}) == [("error", "missing-field")]


def test_errors_cannot_be_accepted() -> None:
    broken = {**DOUBTFUL, "arguments": {"--x": "${}"}, "accept": ["path-syntax"]}
    assert sorted(of(broken)) == [("error", "path-syntax"), ("error", "unknown-code")]


@pytest.mark.parametrize("codes_found", ["glue-argument", [7], {"glue-argument": True}, None])
def test_accept_is_a_list_of_texts(codes_found: Any) -> None:
    found = of({**DOUBTFUL, "accept": codes_found})
    assert ("error", "wrong-type") in found
    assert ("warning", "glue-argument") in found


def test_workflow_accepts_warnings_about_itself() -> None:
    assert of(accept=["empty-workflow"]) == []
    within = of(DOUBTFUL, accept=["glue-argument"])
    assert sorted(within) == [("warning", "glue-argument"), ("warning", "unused-accept")]


def test_join_accepts_warnings_about_its_key_and_its_jobs() -> None:
    join = {"all_of": ["a", "b*"], "key": "${job_run_id}", "on_complete": [{"type": "glue_job", "job_name": "g"}]}
    assert sorted(codes({"workflows": {}, "joins": {"d": join}})) == [
        ("warning", "join-key"),
        ("warning", "wildcard-in-name"),
    ]
    assert codes({"workflows": {}, "joins": {"d": {**join, "accept": ["join-key", "wildcard-in-name"]}}}) == []


def test_names_with_dots_do_not_share_their_codes() -> None:
    document = {"workflows": {"a": {"accept": ["empty-workflow"]}, "a.on_success[0]": {}, "a.b": {}}}
    assert codes(document) == [("warning", "empty-workflow")] * 2


def test_accept_does_not_change_the_identity() -> None:
    ((plain,), _), ((accepting,), _) = trigger_ids([DOUBTFUL]), trigger_ids([{**DOUBTFUL, "accept": ["glue-argument"]}])
    assert plain == accepting
