"""Writes ``docs/triggers.md``: one section a trigger type, from the same data that the machine is made of."""

from __future__ import annotations

import json
from typing import Any

from builder.schema import fields
from orchestration.triggers import REGISTRY, Trigger
from orchestration.triggers.base import Retry

_HEAD = """# Trigger types

Written by `python -m builder` from `orchestration/triggers/`; do not edit. How the fields are filled:

- `${path}` in `arguments` and `conf` takes the event's field at that dot path (`${artifacts.output_path}`), and
  `${path:-default}` gives a text where the event has no such field. A value that is one template alone keeps the
  field's type. A missing field without a default fails that trigger, and no other.
- `parameter_mapping` maps a conf key to a dot path, without `${}`. A missing field leaves the key out, with a warning.
- No field that names a target (job, ARN, queue, bus, environment, DAG) may hold a template.
- Every type takes `description`, for people.
"""


def build() -> str:
    """The page, as Markdown."""
    return "\n".join([_HEAD, *(_section(trigger) for trigger in REGISTRY)])


def _section(trigger: type[Trigger]) -> str:
    integration = trigger.INTEGRATION
    schema = fields(trigger)
    required = set(schema.get("required", []))
    lines = [
        f"## `{trigger.TYPE}`",
        "",
        f"{schema['description']} {integration.comment}",
        "",
        _in_the_console(trigger),
        "",
        "| Field | Type | Default | Meaning |",
        "|---|---|---|---|",
        *(
            _row(
                f"`{name}`",
                _type(field),
                "required" if name in required else f"`{_default(field)}`",
                field["description"],
            )
            for name, field in schema["properties"].items()
        ),
        "",
        "Filled by the orchestrator, and refused in the configuration:",
        "",
        "| Automatic field | Holds |",
        "|---|---|",
        *(_row(f"`{name}`", text) for name, text in trigger.RESERVED_FIELDS.items()),
        "",
        "```json",
        json.dumps(trigger.EXAMPLE, indent=2),
        "```",
        "",
        "**Retries.** " + " ".join(_retry(retry) for retry in integration.retries),
        "Any other error fails the trigger at once.",
        "",
        "**IAM** of the state machine's role: "
        + "; ".join(f"`{allow.action}` on `{allow.resource}` ([AWS]({allow.doc_url}))" for allow in integration.iam)
        + ".",
        "",
    ]
    return "\n".join(lines)


def _in_the_console(trigger: type[Trigger]) -> str:
    integration = trigger.INTEGRATION
    return (
        f"State in the console: **{integration.state}**; service integration `{integration.resource}`; an attempt may "
        f"take {integration.timeout_seconds} s."
    )


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in cells) + " |"


def _type(field: dict[str, Any]) -> str:
    if field["type"] != "object":
        return str(field["type"])
    values = field.get("additionalProperties")
    return f"object of {values['type']}s" if isinstance(values, dict) else "object"


def _default(field: dict[str, Any]) -> str:
    return json.dumps(field.get("default", {}))


def _retry(retry: Retry) -> str:
    interval = (
        f"every {retry.interval_seconds} s"
        if retry.backoff == 1
        else f"after {retry.interval_seconds} s, doubling {retry.backoff:g}"
    )
    bound = "" if retry.max_delay_seconds is None else f", at most {retry.max_delay_seconds} s apart"
    errors = ", ".join(f"`{error}`" for error in retry.errors)
    return f"{errors}: {retry.max_attempts} times, {interval}{bound}; {retry.reason}."
