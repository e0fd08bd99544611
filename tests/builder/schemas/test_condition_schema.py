"""The schema of a condition accepts what the router accepts, and refuses what an editor can see to be wrong."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from builder.schemas import condition_schema
from orchestration.values.condition_syntax import OPERATORS, EventPattern

DEFINITIONS = condition_schema.definitions()
VALIDATOR = jsonschema.Draft202012Validator({"$ref": "#/$defs/condition", "$defs": DEFINITIONS})

RIGHT: tuple[Any, ...] = (
    {"status": ["SUCCESS"]},
    {"metrics": {"records": [0, 1.5, True, None]}},
    {"a": [{"prefix": "s3://"}, {"suffix": {"equals-ignore-case": ".CSV"}}]},
    {"a": [{"anything-but": ["x", "y"]}]},
    {"a": [{"anything-but": [1, 2]}]},
    {"a": [{"anything-but": "x"}]},
    {"a": [{"anything-but": {"prefix": ["x", "y"]}}]},
    {"a": [{"numeric": [">=", 0, "<", 10]}]},
    {"a": [{"exists": False}]},
    {"a": [{"cidr": "10.0.0.0/8"}]},
    {"a": [{"wildcard": "*.csv"}, {"equals-ignore-case": "x"}]},
    {"$or": [{"a": ["x"]}, {"b": {"c": ["y"]}}]},
)
WRONG: tuple[Any, ...] = (
    {},
    [],
    {"a": "x"},
    {"a": []},
    {"a": {}},
    {"a": [["x"]]},
    {"a": [{}]},
    {"a": [{"prefix": "x", "suffix": "y"}]},
    {"a": [{"prefixes": "x"}]},
    {"a": [{"prefix": 1}]},
    {"a": [{"prefix": {"wildcard": "x"}}]},
    {"a": [{"suffix": {}}]},
    {"a": [{"anything-but": []}]},
    {"a": [{"anything-but": ["x", 1]}]},
    {"a": [{"anything-but": {}}]},
    {"a": [{"anything-but": {"numeric": [">", 1]}}]},
    {"a": [{"anything-but": {"prefix": "x", "suffix": "y"}}]},
    {"a": [{"numeric": [">"]}]},
    {"a": [{"numeric": [">", 0, "<", 1, "<", 2]}]},
    {"a": [{"numeric": ["~", 0]}]},
    {"a": [{"exists": "true"}]},
    {"a": [{"cidr": 10}]},
    {"$or": [{"a": ["x"]}]},
    {"$or": {"a": ["x"]}},
    {"$or": [{"a": ["x"]}, {}]},
)


@pytest.mark.parametrize("condition", RIGHT, ids=json.dumps)
def test_condition_of_the_router_is_accepted(condition: Any) -> None:
    assert list(EventPattern().problems(condition, "when")) == []
    assert [error.message for error in VALIDATOR.iter_errors(condition)] == []


@pytest.mark.parametrize("condition", WRONG, ids=json.dumps)
def test_condition_that_the_router_refuses_is_refused(condition: Any) -> None:
    if isinstance(condition, dict) and condition:  # an empty condition is none for the router
        assert list(EventPattern().problems(condition, "when"))
    assert not VALIDATOR.is_valid(condition)


def test_each_operator_is_completed_and_described() -> None:
    matcher = json.loads(json.dumps(DEFINITIONS["matcher"]))
    offered = matcher["then"]["properties"]
    assert set(offered) == set(OPERATORS)
    assert all(operand["description"].endswith(".") for operand in offered.values())


def test_error_stands_at_the_wrong_operand() -> None:
    (error,) = VALIDATOR.iter_errors({"a": {"b": ["x", {"exists": 1}]}})
    assert list(error.absolute_path) == ["a", "b", 1, "exists"]
