"""The configuration's schema describes the dataclasses; ``tests/contract`` compares its verdicts with the reader's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Any

import jsonschema
import pytest

from builder.schemas import configuration_schema
from orchestration.triggers import REGISTRY
from orchestration.values.validation import StringPattern

SCHEMA = configuration_schema.build()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
GLUE = {"type": "glue_job", "job_name": "load"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base."""

    common: str = ""
    """Of every type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Base):
    """A sample."""

    name: Annotated[str, StringPattern("^[a-z]+$", "lower-case letters")]
    """Its name."""
    id: Annotated[str, StringPattern("^[0-9]+$", "digits")] = "0"
    """Its number."""
    limits: dict[str, int] = field(default_factory=dict)
    """Its limits."""


def document(trigger: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"workflows": {"job": {"on_success": [trigger]}}, **others}


def errors(instance: Any) -> list[str]:
    """Place of each error, as a path with dots."""
    return [".".join(map(str, error.absolute_path)) for error in VALIDATOR.iter_errors(instance)]


def test_class_gives_its_docstrings_and_required_fields() -> None:
    schema = configuration_schema.fields(Sample)
    assert schema["description"] == "A sample."
    assert schema["required"] == ["name"]
    assert {name: one["description"] for name, one in schema["properties"].items()} == {
        "common": "Of every type.",
        "name": "Its name.",
        "id": "Its number.",
        "limits": "Its limits.",
    }
    assert "title" not in str(schema)


def test_pattern_accepts_a_placeholder_except_in_identities() -> None:
    """The router fills the placeholders before it checks the pattern."""
    properties = configuration_schema.fields(Sample)["properties"]
    name = re.compile(properties["name"]["pattern"])
    assert [bool(name.search(text)) for text in ("abc", "ABC", "a-${aws.account}", "${other}")] == [
        True,
        False,
        True,
        False,
    ]
    assert not name.search("${aws.account}${other}")
    assert properties["id"]["pattern"] == "^[0-9]+$"


def test_unknown_field_of_a_class_is_refused() -> None:
    validator = jsonschema.Draft202012Validator(configuration_schema.fields(Sample))
    assert validator.is_valid({"name": "a", "limits": {"x": 1}})
    assert not validator.is_valid({"name": "a", "nam": "b"})
    assert not validator.is_valid({"name": "a", "limits": {"x": "1"}})
    assert not validator.is_valid({"common": "a"})


@pytest.mark.parametrize("trigger", REGISTRY, ids=[trigger.TYPE for trigger in REGISTRY])
def test_example_of_each_type_is_accepted(trigger: Any) -> None:
    assert errors(document(dict(trigger.EXAMPLE))) == []
    assert SCHEMA["$defs"][trigger.TYPE]["examples"] == [trigger.EXAMPLE]


def test_error_stands_at_the_wrong_field() -> None:
    place = "workflows.job.on_success.0"
    assert errors(document(GLUE | {"job_name": 1})) == [f"{place}.job_name"]
    assert errors(document(GLUE | {"jobname": "x"})) == [place]
    assert errors(document({"type": "glue", "job_name": "x"})) == [f"{place}.type"]
    assert errors(document({"job_name": "x"})) == [place]
    assert errors(document(GLUE | {"when": {"a": "x"}})) == [f"{place}.when.a"]


def test_fields_of_one_type_are_refused_in_another() -> None:
    assert errors(document({"type": "step_function", "job_name": "load"})) != []


def test_reserved_key_has_a_message_for_people() -> None:
    wrong = document(GLUE | {"arguments": {"--triggered_by_job": "x"}})
    assert errors(wrong) == ["workflows.job.on_success.0.arguments"]
    names = SCHEMA["$defs"]["glue_job"]["properties"]["arguments"]["propertyNames"]
    assert names["errorMessage"] == "Reserved field, which the orchestrator or the service sets. Remove it."
    assert errors(document(GLUE | {"arguments": {"--mode": "x"}})) == ["workflows.job.on_success.0.arguments"]


def test_accept_takes_the_codes_of_warnings() -> None:
    assert errors(document(GLUE | {"accept": ["glue-conf", "unknown-root"]})) == []
    assert errors(document(GLUE | {"accept": ["path-syntax"]})) == ["workflows.job.on_success.0.accept.0"]
    assert errors({"workflows": {"job": {"accept": ["empty-workflow"]}}}) == []
    assert errors({"workflows": {"job": {"accept": ["x"]}}}) == ["workflows.job.accept.0"]


def test_lists_of_a_join_have_triggers_too() -> None:
    join = {"all_of": ["a", "b"], "key": "${start_date}", "on_complete": [GLUE]}
    assert errors(document(GLUE, joins={"both": join})) == []
    assert errors(document(GLUE, joins={"both": join | {"on_complete": [{"type": "x"}]}})) == [
        "joins.both.on_complete.0.type"
    ]
    assert errors(document(GLUE, joins={"both": join | {"on_success": [GLUE]}})) == ["joins.both"]


def test_document_needs_workflows_and_no_other_key() -> None:
    assert errors({"joins": {}}) == [""]
    assert errors({"workflows": {}, "workflow": {}}) == [""]
    assert errors({"workflows": {}, "$schema": "x.json", "allow_cycles": True}) == []
    assert errors({"workflows": {}, "allow_cycles": "yes"}) == ["allow_cycles"]


def test_snippet_asks_for_the_required_fields_in_order() -> None:
    snippets = {one["body"]["type"]: one for one in SCHEMA["$defs"]["trigger"]["defaultSnippets"]}
    assert snippets["glue_job"] == {
        "label": "glue_job: Start an AWS Glue job",
        "body": {"type": "glue_job", "job_name": "${1:load_images_to_redshift}"},
    }
    assert [text[:4] for text in list(snippets["eventbridge"]["body"].values())[1:]] == [
        f"${{{number}:" for number in range(1, len(snippets["eventbridge"]["body"]))
    ]
