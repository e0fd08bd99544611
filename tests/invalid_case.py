"""A configuration that the reader refuses, with its exact errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TRIGGER_PATH = "workflows.load_promos.on_success[0]"
"""The place of the one trigger in a case of a trigger type."""


@dataclass(frozen=True, kw_only=True)
class InvalidCase:
    """One invalid configuration.

    Attributes:
        name: the rule that it breaks, as ``glue_job-unknown-field``.
        text: the configuration file's text.
        errors: every error, word for word.
        beyond_schema: why the JSON Schema accepts it; empty if the schema refuses it too.
    """

    name: str
    text: str
    errors: tuple[str, ...]
    beyond_schema: str = ""


def trigger_case(name: str, trigger: Mapping[str, Any], *errors: str, beyond_schema: str = "") -> InvalidCase:
    """A configuration whose only trigger is ``trigger``, without its ``type``; the errors' paths begin at the trigger.

    ``name`` begins with the type: ``glue_job: unknown field``.
    """
    kind = name.split(": ", maxsplit=1)[0]
    document = {"workflows": {"load_promos": {"on_success": [{"type": kind, **trigger}]}}}
    return InvalidCase(
        name=name,
        text=json.dumps(document, indent=2),
        errors=tuple(f"{TRIGGER_PATH}.{error}" for error in errors),
        beyond_schema=beyond_schema,
    )
