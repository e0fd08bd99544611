"""Writes ``docs/triggers.md``: one section for each trigger type, from the registry."""

from __future__ import annotations

import json
from typing import Any

from builder.schemas.configuration_schema import fields
from orchestration.triggers import REGISTRY, Trigger, WaitingTrigger
from orchestration.triggers.base import Retry

_HEAD = """# Trigger types

Written by `python -m builder` from `orchestration/triggers/`; do not edit. Rules for all types:

- `${path}` in `arguments` and `conf` inserts the event's field at that dot path, for example `${artifacts.output_path}`.
- `${path:-default}` inserts a text if the event has no such field. Without a default, a missing field fails that trigger
  only.
- A value that consists of one template keeps the field's type.
- `parameter_mapping` maps a conf key to a dot path, without `${}`. If the field is missing, the key is left out, with a
  warning.
- A field that names a target (job, ARN, queue, bus, environment, DAG) must not contain a template.
- Every type has an optional `description`, for people.
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
        *_waiting(trigger),
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
        "The orchestrator sets these fields. A configuration must not contain them:",
        "",
        "| Automatic field | Value |",
        "|---|---|",
        *(_row(f"`{name}`", text) for name, text in trigger.RESERVED_FIELDS.items()),
        "",
        "```json",
        json.dumps(trigger.EXAMPLE, indent=2),
        "```",
        "",
        "**Retries**",
        "",
        *(_retry(retry) for retry in integration.retries),
        "",
        _other_errors(trigger),
        "",
        "**IAM** of the state machine's role: "
        + "; ".join(f"`{allow.action}` on `{allow.resource}` ([AWS]({allow.doc_url}))" for allow in integration.iam)
        + ".",
        "",
    ]
    return "\n".join(lines)


def _other_errors(trigger: type[Trigger]) -> str:
    """A sentence about the errors that are not retried."""
    look_up = trigger.START_LOOK_UP
    if look_up is None:
        return "Any other error fails the trigger immediately."
    retried = {error for retry in trigger.INTEGRATION.retries for error in retry.errors}
    refused = ", ".join(f"`{error}`" for error in look_up.refused if error not in retried)
    return (
        f"{refused}: the trigger fails immediately. After any other error the run may have started, so a function looks for it "
        f"({look_up.wait_seconds} s later for the first time)."
    )


def _in_the_console(trigger: type[Trigger]) -> str:
    integration = trigger.INTEGRATION
    return (
        f"State in the console: **{integration.state}**. Service integration: `{integration.resource}`. Timeout of an "
        f"attempt: {integration.timeout_seconds} s."
    )


def _waiting(trigger: type[Trigger]) -> list[str]:
    """A paragraph about ``wait``, for the types that have it."""
    if not issubclass(trigger, WaitingTrigger):
        return []
    actions = [f"`{allow.action}`" for allow in trigger.RUN.iam if allow not in trigger.INTEGRATION.iam]
    return [
        "",
        (
            f"With `wait`: state **{trigger.RUN.state}**, service integration `{trigger.RUN.resource}`, at most "
            f"{trigger.RUN.timeout_seconds // 3600} hours. The role also needs {', '.join(actions)} ([Chains](chains.md))."
        ),
    ]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in cells) + " |"


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return f"[{field['$ref'].rsplit('/')[-1]}](conditions.md)"
    if field["type"] != "object":
        return str(field["type"])
    values = field.get("additionalProperties")
    return f"object of {values['type']}s" if isinstance(values, dict) else "object"


def _default(field: dict[str, Any]) -> str:
    if field.get("type") == "boolean" and "default" not in field:
        return "not sent"
    return json.dumps(field.get("default", {}))


def _retry(retry: Retry) -> str:
    interval = (
        f"every {retry.interval_seconds} s"
        if retry.backoff == 1
        else f"first after {retry.interval_seconds} s, then {retry.backoff:g} times longer each"
    )
    jitter = ", each wait a random part of this" if retry.jitter == "FULL" else ""
    bound = "" if retry.max_delay_seconds is None else f", at most {retry.max_delay_seconds} s apart"
    errors = ", ".join(f"`{error}`" for error in retry.errors)
    return f"- {errors}: {retry.max_attempts} times, {interval}{bound}{jitter}. Reason: {retry.reason}."
