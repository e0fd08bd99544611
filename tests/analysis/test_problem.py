"""The line of a problem, and suggestions of the nearest option."""

from __future__ import annotations

import dataclasses

import pytest

from analysis.problem import Problem, nearest

PROBLEM = Problem(file="f.json", line=3, column=7, path="workflows.a", message="found 7", severity="error", code="x")


def test_line_has_place_path_and_message() -> None:
    assert str(PROBLEM) == "f.json:3:7 workflows.a: found 7 [x]"
    assert str(dataclasses.replace(PROBLEM, path="")) == "f.json:3:7 found 7 [x]"
    assert str(dataclasses.replace(PROBLEM, severity="warning")) == "f.json:3:7 warning: workflows.a: found 7 [x]"
    assert str(dataclasses.replace(PROBLEM, suggestion="b")) == "f.json:3:7 workflows.a: found 7. Did you mean 'b'? [x]"


@pytest.mark.parametrize(
    ("found", "suggestion"),
    [("glue_jop", "glue_job"), ("GLUE_JOB", "glue_job"), (" Glue_Jb ", "glue_job"), ("glue_job", ""), ("xyz", "")],
)
def test_nearest_option_is_suggested(found: str, suggestion: str) -> None:
    assert nearest(found, ["glue_job", "sqs_mwaa"]) == suggestion
