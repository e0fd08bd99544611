"""Every configuration fixture: the reader's exact errors, and the same verdict from the JSON Schema."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import jsonschema
import pytest

from local.validation import read_config
from orchestration.configuration.workflows import problems_of
from orchestration.errors import ConfigError
from orchestration.settings import Settings
from orchestration.triggers import REGISTRY, Trigger, WaitingTrigger
from orchestration.values.strictjson import StrictJSONError, loads
from orchestration.values.validation import StringPattern, field_annotations
from tests.invalid_case import InvalidCase
from tests.invalid_configs import DOCUMENT_CASES, INVALID_CONFIGS
from tests.trigger_types import TYPE_CASES, every_field_config

FOLDER = Path(__file__).parents[1] / "configs"
SCHEMA = json.loads((Path(__file__).parents[2] / "orchestration" / "workflow_config.schema.json").read_text())
ROUTER = Settings(
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:orchestrator",
    region="us-west-1",
    deploy_env="test",
    mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/default",
)
each_type = pytest.mark.parametrize("trigger", REGISTRY, ids=[trigger.TYPE for trigger in REGISTRY])
each_invalid = pytest.mark.parametrize("case", INVALID_CONFIGS.values(), ids=lambda case: case.name.replace(" ", "-"))


def errors_of(text: str) -> list[str]:
    try:
        return [str(problem) for problem in problems_of(read_config(text), ROUTER)]
    except ConfigError as error:
        return [str(error)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("valid-*.json")), ids=lambda path: path.stem)
def test_valid(path: Path) -> None:
    assert errors_of(path.read_text()) == []
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)


def test_payload_table_config_is_valid() -> None:
    document = every_field_config()
    assert errors_of(json.dumps(document)) == []
    jsonschema.validate(document, SCHEMA)


@each_type
def test_payload_table_sets_every_field(trigger: type[Trigger]) -> None:
    fields = {field.name for field in dataclasses.fields(trigger)}
    # tests/state_machine/test_waiting.py has these fields: the run must end before its payload can be read.
    waiting = {field.name for field in dataclasses.fields(WaitingTrigger)} - {
        field.name for field in dataclasses.fields(Trigger)
    }
    # Only validate reads accept: test_accept_does_not_reach_the_target.
    assert set(TYPE_CASES[trigger.TYPE].on_success.trigger) == fields - waiting - {"accept"}


@each_invalid
def test_invalid_config_gives_exact_errors(case: InvalidCase) -> None:
    assert errors_of(case.text) == list(case.errors)


@each_invalid
def test_schema_and_reader_agree(case: InvalidCase) -> None:
    try:
        document: Any = loads(case.text)
    except StrictJSONError:
        return
    if case.beyond_schema:
        document = json.loads(case.text)
    refused = any(jsonschema.Draft202012Validator(SCHEMA).iter_errors(document))
    assert refused != bool(case.beyond_schema), "set beyond_schema to the reason if the JSON Schema accepts the case"


def rules_of(trigger: type[Trigger]) -> dict[str, str]:
    """Rules that the type declares: name, and text that an error of a case must contain."""
    rules = {"unknown field": ": unknown field, expected one of: "}
    hints = field_annotations(trigger)
    for field in dataclasses.fields(trigger):
        if field.name in ("id", "when"):  # fields of every type: tests/invalid_configs.py has their cases
            continue
        annotation, default = hints[field.name], (field.default, field.default_factory)
        if default == (dataclasses.MISSING, dataclasses.MISSING):
            rules[f"{field.name} is required"] = f"{field.name}: missing field"
        if get_origin(annotation) is Annotated:
            (pattern,) = (one for one in get_args(annotation)[1:] if isinstance(one, StringPattern))
            rules[f"{field.name} has a pattern"] = f"expected {pattern.expected}"
        if get_origin(annotation) is dict:
            rules[f"{field.name} has reserved keys"] = "reserved field, which the orchestrator sets"
    return rules


@each_type
def test_each_rule_has_an_invalid_case(trigger: type[Trigger]) -> None:
    errors = "\n".join(error for case in TYPE_CASES[trigger.TYPE].invalid for error in case.errors)
    missing = [rule for rule, text in rules_of(trigger).items() if text not in errors]
    assert missing == [], f"add these rules to `invalid` of tests/trigger_types/{trigger.TYPE}.py"


@each_type
def test_checks_across_fields_have_an_invalid_case(trigger: type[Trigger]) -> None:
    overrides = trigger.check is not Trigger.check
    assert overrides == any(case.beyond_schema for case in TYPE_CASES[trigger.TYPE].invalid), "see Trigger.check"


def test_invalid_case_names_are_unique() -> None:
    assert len(INVALID_CONFIGS) == len(DOCUMENT_CASES) + sum(len(one.invalid) for one in TYPE_CASES.values())


@each_type
def test_invalid_cases_belong_to_their_type(trigger: type[Trigger]) -> None:
    assert {case.name.split(": ")[0] for case in TYPE_CASES[trigger.TYPE].invalid} == {trigger.TYPE}


def test_committed_configuration_is_valid() -> None:
    path = FOLDER.parents[1] / "orchestration" / "workflow_config.json"
    assert errors_of(path.read_text()) == []
