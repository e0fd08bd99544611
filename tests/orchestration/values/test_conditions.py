"""Conditions: EventBridge's operators, compared with moto's matcher and with Event Ruler's algorithm on random pairs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from moto.events.models import EventPattern as MotoPattern

from orchestration.planning.skipped import mismatch
from orchestration.values.condition_syntax import EventPattern
from orchestration.values.conditions import matches
from orchestration.values.strictjson import JsonObject
from tests.analysis.problems.wrong_conditions import WRONG_CONDITIONS
from tests.analysis.problems.wrong_configurations import Wrong
from tests.orchestration.values.random_patterns import Generator, ruler_matches

PAIRS = 20_000
SCHEMA = json.loads((Path(__file__).parents[3] / "orchestration" / "workflow_config.schema.json").read_text())
CONDITION = jsonschema.Draft202012Validator({"$ref": "#/$defs/condition", "$defs": SCHEMA["$defs"]})
BEYOND_SCHEMA = (
    "an empty range",
    "a reversed range",
    "an empty prefix in anything-but",
    "a wrong network",
    "two wildcards in a row",
    "a wrong escape",
    "a template",
    "an operator as a field of $or",
    "a field in and outside of $or",
    "too many alternatives",
    "a number that is too large",
)
"""Wrong conditions that the JSON Schema accepts: they need a parser, or compare values."""
EVENT: JsonObject = {
    "job_name": "load",
    "status": "SUCCESS",
    "artifacts": {
        "output_path": "s3://bucket/image.PNG",
        "files": [{"name": "a", "rows": 0}, {"name": "b", "rows": 5}],
    },
    "metrics": {"rows": 100, "ratio": 300.0, "complete": True, "note": None, "retries": "3"},
    "tags": ["nightly", "eu"],
    "nobody": [],
    "source_ip": "10.0.0.33",
    "a.b": "dotted",
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"status": ["SUCCESS"]}, True),
        ({"status": ["success"]}, False),
        ({"status": ["FAILED", "SUCCESS"]}, True),
        ({"tags": ["eu"]}, True),
        ({"tags": ["us"]}, False),
        ({"status": ["SUCCESS"], "tags": ["us"]}, False),
        ({"metrics": {"rows": [100]}}, True),
        ({"metrics.rows": [100]}, True),
        ({"a.b": ["dotted"]}, True),
        ({"metrics": {"ratio": [300]}}, True),  # recorded on AWS, against its page; 300 and 300.0 are equal
        ({"metrics": {"complete": [1]}}, False),
        ({"metrics": {"complete": [True]}}, True),
        ({"metrics": {"rows": ["100"]}}, False),
        ({"metrics": {"note": [None]}}, True),
        ({"metrics": {"absent": [None]}}, False),
        ({"nobody": [None]}, False),  # recorded on AWS
        ({"artifacts": {"output_path": [{"prefix": "s3://"}]}}, True),
        ({"artifacts": {"output_path": [{"prefix": "S3://"}]}}, False),
        ({"artifacts": {"output_path": [{"prefix": {"equals-ignore-case": "S3://"}}]}}, True),
        ({"artifacts": {"output_path": [{"suffix": ".PNG"}]}}, True),
        ({"artifacts": {"output_path": [{"suffix": {"equals-ignore-case": ".png"}}]}}, True),
        ({"artifacts": {"output_path": [{"wildcard": "s3://*/image.*"}]}}, True),
        ({"artifacts": {"output_path": [{"wildcard": "*/image"}]}}, False),
        ({"status": [{"equals-ignore-case": "success"}]}, True),
        ({"status": [{"anything-but": "FAILED"}]}, True),
        ({"status": [{"anything-but": ["FAILED", "SUCCESS"]}]}, False),
        ({"absent": [{"anything-but": "FAILED"}]}, False),  # recorded on AWS
        ({"metrics": {"note": [{"anything-but": "x"}]}}, True),  # recorded on AWS
        ({"metrics": {"rows": [{"anything-but": {"prefix": "1"}}]}}, True),  # recorded on AWS: 100 is not a text
        ({"tags": [{"anything-but": "eu"}]}, True),
        ({"metrics": {"rows": [{"numeric": [">", 0, "<=", 100]}]}}, True),
        ({"metrics": {"rows": [{"numeric": ["<", 100]}]}}, False),
        ({"metrics": {"retries": [{"numeric": ["=", 3]}]}}, False),
        ({"metrics": {"complete": [{"numeric": ["=", 1]}]}}, False),
        ({"metrics": {"rows": [{"exists": True}]}}, True),
        ({"metrics": [{"exists": True}]}, False),  # recorded on AWS: only fields with values exist
        ({"metrics": [{"exists": False}]}, True),
        ({"nobody": [{"exists": True}]}, False),
        ({"absent": {"deep": [{"exists": False}]}}, True),
        ({"artifacts": {"files": {"rows": [{"exists": False}]}}}, False),
        ({"source_ip": [{"cidr": "10.0.0.0/24"}]}, True),
        ({"source_ip": [{"cidr": "10.0.1.0/24"}]}, False),
        ({"status": [{"cidr": "10.0.1.0/24"}]}, False),
        ({"artifacts": {"files": {"name": ["b"], "rows": [{"numeric": [">", 0]}]}}}, True),
        ({"artifacts": {"files": {"name": ["a"], "rows": [{"numeric": [">", 0]}]}}}, False),
        ({"$or": [{"status": ["FAILED"]}, {"metrics": {"rows": [100]}}]}, True),
        ({"job_name": ["x"], "$or": [{"status": ["SUCCESS"]}, {"tags": ["eu"]}]}, False),
        (
            {"$or": [{"artifacts": {"files": {"name": ["a"]}}}, {"a": [1]}], "artifacts": {"files": {"rows": [5]}}},
            False,
        ),
    ],
)
def test_operators(pattern: dict[str, Any], expected: bool) -> None:
    assert not list(EventPattern().problems(pattern, "when"))
    assert matches(pattern, EVENT) is expected
    assert ruler_matches(pattern, EVENT) is expected or any("." in key for key in pattern)
    assert (mismatch(pattern, EVENT) == "") is expected


@pytest.mark.slow
def test_agrees_with_motos_matcher() -> None:
    found = {True: 0, False: 0}
    generator = Generator(1, objects_in_lists=False)
    while sum(found.values()) < PAIRS:
        pattern, event = generator.pair()
        if _moto_reads_differently(pattern, event):
            continue
        expected = MotoPattern(None, pattern).matches_event(event)  # type: ignore[arg-type]
        assert matches(pattern, event) is expected, json.dumps([pattern, event])
        found[expected] += 1
    print(  # noqa: T201 - shown by pytest -rP
        f"moto agrees on {PAIRS:,} pairs, {found[True]:,} of them matches"
    )
    assert min(found.values()) > PAIRS // 10


def _moto_reads_differently(pattern: Any, event: Any) -> bool:
    """True for the rows of docs/conditions.md, Differences: true is 1 for moto, and an object exists."""
    text, values = json.dumps(pattern), json.dumps(event)
    literals = text.replace('"exists": true', "").replace('"exists": false', "")
    booleans = any(word in one for word in ("true", "false") for one in (literals, values))
    numbers = any(type(one) in (int, float) for one in (*_scalars(pattern), *_scalars(event)))
    objects = any(isinstance(value, dict) for value in _nodes(event)) and '"exists"' in text
    return (booleans and numbers) or objects


def _nodes(value: Any) -> Iterator[Any]:
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield one
        yield from _nodes(one)


def _scalars(value: Any) -> Iterator[Any]:
    return (one for one in _nodes(value) if not isinstance(one, dict | list))


@pytest.mark.slow
def test_agrees_with_event_rulers_algorithm() -> None:
    found = {True: 0, False: 0}
    generator = Generator(2, objects_in_lists=True)
    for _ in range(PAIRS):
        pattern, event = generator.pair()
        expected = ruler_matches(pattern, event)
        assert matches(pattern, event) is expected, json.dumps([pattern, event])
        assert (mismatch(pattern, event) == "") is expected
        found[expected] += 1
    print(  # noqa: T201 - shown by pytest -rP
        f"Event Ruler's algorithm agrees on {PAIRS:,} pairs, {found[True]:,} of them matches"
    )
    assert min(found.values()) > PAIRS // 10


def test_random_patterns_are_valid() -> None:
    generator = Generator(3, objects_in_lists=True)
    for _ in range(2_000):
        pattern, _ = generator.pair()
        assert not list(EventPattern().problems(pattern, "when")), json.dumps(pattern)
        assert CONDITION.is_valid(pattern), json.dumps(pattern)


@pytest.mark.parametrize("wrong", WRONG_CONDITIONS, ids=lambda wrong: wrong.name.replace(" ", "-"))
def test_schema_refuses_what_a_schema_can_know(wrong: Wrong) -> None:
    (trigger,) = json.loads(wrong.text)["workflows"]["load"]["on_success"]
    known = wrong.name.removeprefix("condition with ") not in BEYOND_SCHEMA
    assert CONDITION.is_valid(trigger["when"]) is not known


def test_wildcards_are_read_in_linear_time() -> None:
    pattern: JsonObject = {"x": [{"wildcard": "*a" * 200 + "*b"}]}
    began = time.process_time()
    assert not matches(pattern, {"x": "a" * 100_000})
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ({"metrics": {"rows": [{"numeric": [">", 100]}]}}, 'metrics.rows: found 100, expected [{"numeric":[">",100]}]'),
        ({"metrics": {"lost": ["x"]}}, 'metrics.lost: found nothing, expected ["x"]'),
        ({"artifacts": {"files": {"name": ["c"]}}}, 'artifacts.files.name: found "a", "b", expected ["c"]'),
        (
            {"artifacts": {"files": {"name": ["a"], "rows": [5]}}},
            "no single list element matches artifacts.files.name, artifacts.files.rows",
        ),
        (
            {"$or": [{"status": ["FAILED"]}, {"tags": ["us"]}]},
            'status: found "SUCCESS", expected ["FAILED"]; or tags: found ["nightly","eu"], expected ["us"]',
        ),
    ],
)
def test_reason_names_field_and_value(pattern: dict[str, Any], reason: str) -> None:
    assert mismatch(pattern, EVENT) == reason
