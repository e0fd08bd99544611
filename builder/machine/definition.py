"""Reads the committed state machine definition and fills its placeholders. Needs no Data Science SDK."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "statemachines"
"""The generated definitions, in a checkout as well as in an installed tool."""

NAME, WAITING_NAME = "downstream_orchestrator.asl.json", "downstream_orchestrator_waiting.asl.json"
"""Definition without and with the states that wait for a run."""

DEADLINE_NAME = "join_deadline.asl.json"
"""Definition of the state machine that waits for a join's deadline."""

PLACEHOLDERS = frozenset({"glue_run_function_arn", "mwaa_dag_function_arn", "job_events_topic_arn", "router_arn"})
"""Names that Terraform's ``templatefile`` fills; any other ``${`` would break it. No definition has all of them."""


def join_deadline() -> str:
    """Text of the definition that waits for a join's deadline."""
    return (_FOLDER / DEADLINE_NAME).read_text(encoding="utf-8")


def committed(*, waiting: bool = False) -> str:
    """The definition's text, with its placeholders."""
    return (_FOLDER / (WAITING_NAME if waiting else NAME)).read_text(encoding="utf-8")


def render(definition: str, values: dict[str, str]) -> str:
    """Fill the placeholders of a definition, as Terraform's ``templatefile`` does."""
    for name in PLACEHOLDERS:
        if f"${{{name}}}" in definition:
            definition = definition.replace(f"${{{name}}}", values[name])
    return definition
