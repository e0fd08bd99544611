"""Writes the JSON Schema of a condition ``when``, so that editors check its operators and complete them."""

from __future__ import annotations

from orchestration.values.condition_syntax import COMPARISONS, NESTED, OPERATORS
from orchestration.values.conditions import OR
from orchestration.values.strictjson import Json, JsonObject

_TEXT: JsonObject = {"type": "string"}
_TEXTS: Json = {"anyOf": [_TEXT, {"type": "array", "minItems": 1, "items": _TEXT}]}
_TEXT_OR_IGNORED_CASE: JsonObject = {
    "if": {"type": "object"},
    "then": {
        "required": ["equals-ignore-case"],
        "additionalProperties": False,
        "properties": {"equals-ignore-case": _TEXT},
    },
    "else": _TEXT,
}
_OPERANDS: dict[str, JsonObject] = {
    "anything-but": {
        "if": {"type": "object"},
        "then": {
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": dict.fromkeys(NESTED, _TEXTS),
        },
        "else": {
            "anyOf": [
                _TEXT,
                {"type": "number"},
                {"type": "array", "minItems": 1, "items": _TEXT},
                {"type": "array", "minItems": 1, "items": {"type": "number"}},
            ]
        },
        "description": "Any value except these. The event must have the field.",
    },
    "cidr": {**_TEXT, "description": "IP addresses of this network, such as 10.0.0.0/8."},
    "equals-ignore-case": {**_TEXT, "description": "This text in any case."},
    "exists": {"type": "boolean", "description": "True if the event has a value at this field, false if it has none."},
    "numeric": {
        "type": "array",
        "minItems": 2,
        "maxItems": 4,
        "items": {"anyOf": [{"enum": [*COMPARISONS]}, {"type": "number"}]},
        "description": 'A comparison or a range of numbers, such as [">=", 0, "<", 10].',
    },
    "prefix": {**_TEXT_OR_IGNORED_CASE, "description": "Texts that start with this one."},
    "suffix": {**_TEXT_OR_IGNORED_CASE, "description": "Texts that end with this one."},
    "wildcard": {**_TEXT, "description": "Texts with any characters in place of each '*'."},
}


def definitions() -> JsonObject:
    """The definitions ``condition`` and ``matcher``."""
    condition: Json = {"$ref": "#/$defs/condition"}
    return {
        "condition": {
            "type": "object",
            "description": "EventBridge event pattern: each field of the event with its accepted values.",
            "minProperties": 1,
            "properties": {
                OR: {
                    "type": "array",
                    "minItems": 2,
                    "items": condition,
                    "description": "Patterns of which one must match.",
                }
            },
            "additionalProperties": {
                "if": {"type": "object"},
                "then": condition,
                "else": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/matcher"}},
            },
        },
        "matcher": {
            "description": "A value, or an operator.",
            "if": {"type": "object"},
            "then": {
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "properties": {operator: _OPERANDS[operator] for operator in OPERATORS},
            },
            "else": {"type": ["string", "number", "boolean", "null"]},
        },
    }
