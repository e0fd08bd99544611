"""Reads the committed state machine definition and fills its placeholders. Needs no Data Science SDK."""

from __future__ import annotations

from pathlib import Path

DEFINITION = Path(__file__).resolve().parent.parent / "statemachines" / "downstream_orchestrator.asl.json"
"""The generated definition, in a checkout as well as in an installed tool."""

PLACEHOLDERS = frozenset({"mwaa_dag_function_arn"})
"""Names that Terraform's ``templatefile`` fills; any other ``${`` would break it."""


def committed() -> str:
    """The definition's text, with its placeholders."""
    return DEFINITION.read_text(encoding="utf-8")


def render(definition: str, values: dict[str, str]) -> str:
    """Fill the placeholders of a definition, as Terraform's ``templatefile`` does."""
    for name in PLACEHOLDERS:
        definition = definition.replace(f"${{{name}}}", values[name])
    return definition
