"""Writes the configuration's JSON Schema, for editors, from the dataclasses that the router uses."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from analysis.codes.registry import WARNING_NAMES
from builder.schemas import condition_schema
from orchestration.configuration.joins import Join
from orchestration.configuration.workflows import Workflow
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS
from orchestration.triggers import REGISTRY, Trigger
from orchestration.values import placeholders
from orchestration.values.strictjson import JsonObject
from orchestration.values.templating import TEXT

_ONE_OF = "|".join(re.escape(name) for name in placeholders.NAMES)
_WITH_PLACEHOLDER = rf"^(?=.*\$\{{(?:{_ONE_OF})\}})(?!.*\$\{{(?!(?:{_ONE_OF})\}})).*$"
"""Text with a placeholder of the deployment, and without another template."""

_STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class _Schema(GenerateJsonSchema):
    """Generates schemas without titles, which repeat the field's name in every tooltip."""

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> dict[str, Any]:
        written = super().generate(schema, mode)
        written.pop("title", None)
        return written

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def fields(cls: type[Any]) -> dict[str, Any]:
    """The JSON Schema of one dataclass; unknown fields are refused."""
    with_config(_STRICT)(cls)
    schema = TypeAdapter(cls).json_schema(schema_generator=_Schema)
    schema["description"] = inspect.getdoc(cls) or ""
    for name, field in schema["properties"].items():
        if name not in ("id", "key"):
            _allow_placeholders(field)
        if {"type": "null"} in field.get("anyOf", []):
            # None is the default of an absent field. The reader refuses null.
            field.update(next(each for each in field.pop("anyOf") if each != {"type": "null"}))
            del field["default"]
        if name == "accept":
            field["items"] = {"enum": list(WARNING_NAMES)}
        if field.get("type") == "condition":
            del field["type"]
            field["$ref"] = "#/$defs/condition"
    for base in filter(dataclasses.is_dataclass, cls.__mro__[1:]):  # inherited fields lose their docstring
        for name, inherited in fields(base)["properties"].items():
            schema["properties"][name].setdefault("description", inherited["description"])
    return schema


def _allow_placeholders(schema: JsonObject) -> None:
    """Accept placeholders of the deployment in each pattern: the router checks the pattern after it has filled them."""
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and pattern != TEXT:
        schema["pattern"] = f"{pattern}|{_WITH_PLACEHOLDER}"
    for nested in schema.values():
        if isinstance(nested, dict):
            _allow_placeholders(nested)


def build() -> dict[str, Any]:
    """The schema of ``workflow_config.json``."""
    workflow, join = fields(Workflow), fields(Join)
    for schema, event_kinds in ((workflow, EVENT_KINDS), (join, JOIN_KINDS)):
        for event_kind in event_kinds:
            schema["properties"][event_kind]["items"] = {"$ref": "#/$defs/trigger"}
    kinds = [trigger.TYPE for trigger in REGISTRY]
    # if/then for each type instead of oneOf, so that an editor marks the field that is wrong.
    branches = [
        {"if": {"properties": {"type": {"const": kind}}, "required": ["type"]}, "then": {"$ref": f"#/$defs/{kind}"}}
        for kind in kinds
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Workflow configuration of downstream-orchestrator",
        "type": "object",
        "required": ["workflows"],
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string", "description": "Path or URL of this schema, for editors."},
            "allow_cycles": {
                "type": "boolean",
                "default": False,
                "description": "True if a workflow may start one of its upstream jobs. `orchestrator validate` reads it.",
            },
            "workflows": {
                "type": "object",
                "description": "Upstream job name to its workflow: the triggers to start.",
                "additionalProperties": {"$ref": "#/$defs/workflow"},
            },
            "joins": {
                "type": "object",
                "description": "Join name to its join: triggers that start when several jobs have succeeded.",
                "additionalProperties": {"$ref": "#/$defs/join"},
            },
        },
        "$defs": {
            "workflow": workflow,
            "join": join,
            "trigger": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": {"enum": kinds, "description": "Type of the target to start."}},
                "allOf": branches,
                "defaultSnippets": [_snippet(trigger) for trigger in REGISTRY],
            },
            **condition_schema.definitions(),
            **{trigger.TYPE: _trigger(trigger) for trigger in REGISTRY},
        },
    }


def _snippet(trigger: type[Trigger]) -> JsonObject:
    """The required fields of a type, for editors (code.visualstudio.com/docs/languages/json: define snippets)."""
    required = [
        one.name for one in dataclasses.fields(trigger) if one.default is one.default_factory is dataclasses.MISSING
    ]
    body: JsonObject = {name: f"${{{number}:{trigger.EXAMPLE[name]}}}" for number, name in enumerate(required, 1)}
    label = f"{trigger.TYPE}: {(inspect.getdoc(trigger) or '').partition('.')[0]}"
    return {"label": label, "body": {"type": trigger.TYPE, **body}}


def _trigger(trigger: type[Trigger]) -> dict[str, Any]:
    schema = fields(trigger)
    schema["properties"] = {"type": {"const": trigger.TYPE}, **schema["properties"]}
    schema["examples"] = [dict(trigger.EXAMPLE)]
    for name in trigger.RESERVED_IN:
        schema["properties"][name]["propertyNames"] = {
            "not": {"enum": sorted({**trigger.RESERVED_FIELDS, **trigger.SERVICE_FIELDS})},
            "errorMessage": "Reserved field, which the orchestrator or the service sets. Remove it.",
        }
    return schema
