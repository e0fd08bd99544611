"""Reads a fixture's ``.expected``: a line an error; ``{types}`` stands for the registry's types.

A first line ``# beyond the schema: why`` marks what a JSON Schema cannot say, and so does not refuse.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.triggers import BY_TYPE


def errors_expected(config: Path) -> list[str]:
    """The errors that the configuration ``config`` must give, word for word."""
    lines = config.with_suffix(".expected").read_text().replace("{types}", ", ".join(BY_TYPE)).splitlines()
    return [line for line in lines if not line.startswith("#")]


def beyond_schema(config: Path) -> bool:
    """Whether the JSON Schema lets ``config`` pass."""
    return config.with_suffix(".expected").read_text().startswith("# beyond the schema:")
