"""Facets of a type that other packages read: colour, reserved keys, role, doctor's question, warnings, error names."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import get_origin

import pytest

from analysis.codes.registry import WARNING_NAMES
from analysis.graph.svg import svg
from analysis.permissions import permissions
from analysis.warnings import arguments
from builder.policies import iam
from builder.schemas import configuration_schema
from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE, REGISTRY, Trigger, WaitingTrigger
from orchestration.triggers.base import STATE_MACHINE
from orchestration.triggers.facets import Evidence, KeyPrefix
from orchestration.values.strictjson import JsonObject
from orchestration.values.validation import field_annotations
from tests.analysis.graph.graphs import graph_of
from tests.contract.test_registry import each_type, example, file_of

SETTINGS = Settings(
    region="us-west-1",
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:x",
    mwaa_trigger_queue_url="",
)


def contrast_with_white(colour: str) -> float:
    """Contrast ratio of WCAG 2 (www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@each_type
def test_colour_is_visible_and_unique(trigger: type[Trigger]) -> None:
    advice = f"choose another COLOUR in {file_of(trigger)}"
    assert re.fullmatch("#[0-9a-f]{6}", trigger.COLOUR), advice
    assert contrast_with_white(trigger.COLOUR) >= 3, advice
    assert [other.TYPE for other in REGISTRY if other.COLOUR == trigger.COLOUR] == [trigger.TYPE], advice


@each_type
def test_graph_draws_the_type_in_its_colour_with_an_arrowhead(trigger: type[Trigger]) -> None:
    picture = svg(graph_of({"workflows": {"job": {"on_success": [dict(trigger.EXAMPLE)]}}}))
    assert f'stroke="{trigger.COLOUR}"' in picture
    (tip,) = set(re.findall(r'marker-end="url\(#([^)]+)\)"', picture))
    assert f'<marker id="{tip}"' in picture


@each_type
def test_fields_that_become_payload_refuse_reserved_keys(trigger: type[Trigger]) -> None:
    annotations = field_annotations(trigger)
    free = {field.name for field in dataclasses.fields(trigger) if get_origin(annotations[field.name]) is dict}
    assert set(trigger.RESERVED_IN) == free, f"RESERVED_IN in {file_of(trigger)}: name each field with free keys"
    schema = configuration_schema.build()["$defs"][trigger.TYPE]["properties"]
    reserved = sorted({**trigger.RESERVED_FIELDS, **trigger.SERVICE_FIELDS})
    for name in trigger.RESERVED_IN:
        assert schema[name]["propertyNames"]["not"] == {"enum": reserved}


@each_type
def test_fields_with_an_arn_or_url_are_addresses(trigger: type[Trigger]) -> None:
    values = {name: value for name, value in trigger.EXAMPLE.items() if isinstance(value, str)}
    addresses = {name for name, value in values.items() if re.match(r"arn:|https?://", value)}
    assert addresses <= set(trigger.ADDRESSES) <= set(values), f"ADDRESSES in {file_of(trigger)}"


@each_type
def test_caller_has_a_generated_policy_with_the_permission(trigger: type[Trigger]) -> None:
    statements = iam.build()[trigger.CALLER]["Statement"]
    actions = [action for statement in statements for action in statement["Action"]]
    assert trigger.TARGET_PERMISSION.action in actions, f"CALLER in {file_of(trigger)}"
    assert (trigger.CALLER == STATE_MACHINE) == (trigger.TARGET_PERMISSION in trigger.INTEGRATION.iam)
    needed = permissions([example(trigger)], SETTINGS).roles[trigger.CALLER]
    assert trigger.TARGET_PERMISSION.action in [permission.action for permission in needed]


def test_second_type_with_a_lambda_gets_its_own_role(
    monkeypatch: pytest.MonkeyPatch, planted: Callable[..., type[Trigger]]
) -> None:
    second = planted(CALLER="other_function")
    monkeypatch.setattr("analysis.permissions.REGISTRY", (*REGISTRY, second))
    assert permissions([], SETTINGS).roles == {STATE_MACHINE: [], "mwaa_dag": [], "other_function": [], "glue_run": []}


@pytest.fixture
def planted() -> Callable[..., type[Trigger]]:
    """A type like the first one of the registry, with other attributes."""
    return lambda **attributes: type("Planted", (REGISTRY[0],), {"__slots__": (), "TYPE": "planted", **attributes})


@each_type
def test_warnings_of_keys_have_a_code(trigger: type[Trigger]) -> None:
    fields = {field.name for field in dataclasses.fields(trigger)}
    for name, prefix in trigger.KEY_PREFIXES.items():
        assert name in fields, f"KEY_PREFIXES in {file_of(trigger)}"
        codes = {prefix.code, prefix.abbreviation, prefix.hyphen, *(code for code, _ in prefix.doubtful.values())} - {
            ""
        }
        assert codes <= set(WARNING_NAMES), f"describe the codes {codes} in analysis/codes/value_warnings.py"


def test_key_without_the_prefix_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, planted: Callable[..., type[Trigger]]
) -> None:
    prefixed = planted(KEY_PREFIXES={"headers": KeyPrefix("x-", "header-prefix", "header", "The service drops others")})
    monkeypatch.setitem(BY_TYPE, "planted", prefixed)
    entry: JsonObject = {"type": "planted", "headers": {"x-good": "1", "bad": "2"}}
    (warning,) = arguments.warnings(entry, "here")
    assert warning.code == "header-prefix"
    assert str(warning) == "here.headers.bad: found header 'bad', expected 'x-bad'. The service drops others"


@each_type
def test_each_error_name_has_evidence(trigger: type[Trigger]) -> None:
    integrations = [trigger.INTEGRATION, *([trigger.RUN] if issubclass(trigger, WaitingTrigger) else [])]
    names = {
        name
        for integration in integrations
        for name in (
            *(error for retry in integration.retries for error in retry.errors),
            *integration.already_started,
            integration.sample_error,
        )
    }
    missing = names - set(trigger.ERROR_NAMES)
    assert missing == set(), f"add them to ERROR_NAMES in {file_of(trigger)}; without evidence the grade is 'none'"


def test_error_name_of_two_types_has_one_evidence() -> None:
    seen: dict[str, Evidence] = {}
    for trigger in REGISTRY:
        for name, evidence in trigger.ERROR_NAMES.items():
            assert seen.setdefault(name, evidence) == evidence, f"{name} in {file_of(trigger)}"
