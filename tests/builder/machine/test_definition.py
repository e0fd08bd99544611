"""The committed definitions are read from their files, and their placeholders filled as by Terraform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.machine.definition import committed, join_deadline, render

FOLDER = Path(__file__).parents[3] / "statemachines"
FUNCTION = "arn:aws:lambda:us-west-1:123456789012:function:f"


def test_each_text_is_that_of_its_file() -> None:
    texts = [committed(), committed(waiting=True), join_deadline()]
    names = ["downstream_orchestrator", "downstream_orchestrator_waiting", "join_deadline"]
    assert texts == [(FOLDER / f"{name}.asl.json").read_text(encoding="utf-8") for name in names]


def test_waiting_definition_publishes_events_and_the_plain_not() -> None:
    assert ["${job_events_topic_arn}" in text for text in (committed(), committed(waiting=True))] == [False, True]


def test_render_fills_every_place_of_a_placeholder() -> None:
    text = '{"a": "${router_arn}", "b": ["${router_arn}:live"], "c": "${mwaa_dag_function_arn}"}'
    rendered = render(
        text,
        {
            "router_arn": "arn:r",
            "glue_run_function_arn": FUNCTION,
            "mwaa_dag_function_arn": FUNCTION,
            "job_events_topic_arn": "arn:t",
        },
    )
    assert json.loads(rendered) == {"a": "arn:r", "b": ["arn:r:live"], "c": FUNCTION}


def test_render_fills_all_placeholders_of_the_committed_texts() -> None:
    values = {
        "router_arn": "arn:r",
        "glue_run_function_arn": FUNCTION,
        "mwaa_dag_function_arn": FUNCTION,
        "job_events_topic_arn": "arn:t",
    }
    for text in (committed(), committed(waiting=True), join_deadline()):
        assert "${" not in render(text, values)


def test_render_keeps_other_templates() -> None:
    """Terraform would refuse such a text; the definition's checks find it."""
    assert render("${other} $router_arn {router_arn}", {}) == "${other} $router_arn {router_arn}"


def test_placeholder_without_a_value_is_refused() -> None:
    with pytest.raises(KeyError, match="router_arn"):
        render(join_deadline(), {"mwaa_dag_function_arn": FUNCTION})
