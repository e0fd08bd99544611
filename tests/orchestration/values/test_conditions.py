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

from orchestration.errors import ConditionError
from orchestration.planning.skipped import mismatch
from orchestration.values.condition_fields import Budget
from orchestration.values.condition_syntax import EventPattern
from orchestration.values.conditions import Evaluation, matches
from orchestration.values.strictjson import Json, JsonObject
from tests.analysis.problems.wrong_conditions import WRONG_CONDITIONS
from tests.analysis.problems.wrong_configurations import Wrong
from tests.orchestration.values.event_ruler import ruler_matches
from tests.orchestration.values.random_patterns import Generator

PAIRS = 20_000
SCHEMA = json.loads((Path(__file__).parents[3] / "orchestration" / "workflow_config.schema.json").read_text())
CONDITION = jsonschema.Draft202012Validator({"$ref": "#/$defs/condition", "$defs": SCHEMA["$defs"]})
BEYOND_SCHEMA = (
    "an empty range",
    "a reversed range",
    "an empty prefix in anything-but",
    "a range of one number",
    "a wrong network",
    "a network of one address",
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
    assert ruler_matches(pattern, EVENT) is expected
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
@pytest.mark.parametrize("dots", [False, True])
def test_agrees_with_event_rulers_algorithm(dots: bool) -> None:
    found = {True: 0, False: 0}
    generator = Generator(2, objects_in_lists=True, dots=dots)
    for _ in range(PAIRS):
        pattern, event = generator.pair()
        expected = ruler_matches(pattern, event)
        assert matches(pattern, event) is expected, json.dumps([pattern, event])
        assert (mismatch(pattern, event) == "") is expected
        found[expected] += 1
    print(  # noqa: T201 - shown by pytest -rP
        f"Event Ruler's algorithm agrees on {PAIRS:,} pairs{', names with dots' if dots else ''}, "
        f"{found[True]:,} of them matches"
    )
    assert min(found.values()) > PAIRS // 10


@pytest.mark.parametrize("dots", [False, True])
def test_random_patterns_are_valid(dots: bool) -> None:
    generator = Generator(3, objects_in_lists=True, dots=dots)
    for _ in range(2_000):
        pattern, _ = generator.pair()
        assert not list(EventPattern().problems(pattern, "when")), json.dumps(pattern)
        assert CONDITION.is_valid(pattern), json.dumps(pattern)


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        # Recorded on AWS by LocalStack: event_pattern_templates/dot_joining_*.
        ({"state": {"status": ["running"]}}, {"state.status": "running"}, True),
        ({"state": {"status": ["running"]}}, {"state.status": {"status": "running"}}, False),
        ({"state.status": ["running"]}, {"state": {"status": "running"}}, True),
        ({"state.status": {"status": ["running"]}}, {"state": {"status": "running"}}, False),
        ({"object.nested.test": ["v"]}, {"object.nested": {"test": "v"}}, True),
        ({"object.nested": {"test": ["v"]}}, {"object": {"nested.test": "v"}}, True),
        ({"a": {"b": [2]}}, {"a": {"b": 1}, "a.b": 2}, True),
        ({"a": {"b": [{"exists": False}]}}, {"a.b": 1}, False),
        ({"a": {"b": [1], "c": [2]}}, {"a": [{"b": 1}, {"b": 0}], "a.c": 2}, True),
    ],
)
def test_names_are_joined_by_dots(pattern: JsonObject, event: JsonObject, expected: bool) -> None:
    assert matches(pattern, event) is expected
    assert ruler_matches(pattern, event) is expected


def _tasks(*interfaces: str) -> JsonObject:
    """Two tasks, the second one inactive. A task with an interface has it in a list of a list."""
    context: list[Json] = [
        [{"kind": "endpoint", "context": {"interfaces": [{"name": name}]} if name else {}}] for name in interfaces
    ]
    return {
        "tasks": [
            {"state": "ACTIVE", "provider": {"id": "p"}, "resources": context[0]},
            {"state": "INACTIVE", "provider": {"id": "q"}, "resources": context[1]},
        ]
    }


@pytest.mark.parametrize(
    ("field", "event", "expected"),
    [
        ("name", _tasks("", "i"), True),
        ("name", _tasks("i", "i"), False),
        ("other", _tasks("i", "i"), True),
    ],
)
def test_absent_in_the_element_of_the_other_fields(field: str, event: JsonObject, expected: bool) -> None:
    """The cases of Event Ruler's test ``testACWithExistFalseRule`` (ACMachineTest)."""
    absent: JsonObject = {"context": {"interfaces": {field: [{"exists": False}]}}}
    pattern: JsonObject = {"tasks": {"state": ["ACTIVE"], "provider": {"id": ["p"]}, "resources": absent}}
    assert matches(pattern, event) is expected
    assert ruler_matches(pattern, event) is expected


def test_absence_considers_fields_that_come_first_by_name() -> None:
    """Event Ruler goes through the fields by name, so no element is chosen yet when it looks for ``a``."""
    event: JsonObject = {"list": [{"a": 1, "m": 1, "z": 1}, {"m": 2}]}
    assert matches({"list": {"m": [2], "z": [{"exists": False}]}}, event)
    assert not matches({"list": {"m": [2], "a": [{"exists": False}]}}, event)
    assert not ruler_matches({"list": {"m": [2], "a": [{"exists": False}]}}, event)


def _steps(pattern: JsonObject, event: JsonObject) -> int:
    budget = Budget(10**9)
    try:
        Evaluation(pattern, event, budget).matches()
    except ConditionError:
        return budget.limit
    return budget.spent


_ABSENT: Json = [{"exists": False}]
_PRESENT: Json = [{"exists": True}]


@pytest.mark.parametrize(
    ("pattern", "element"),
    [
        ({"list": {"x": _ABSENT}}, 1),
        ({"list": {"x": _ABSENT}}, {}),
        ({"list": {"x": _ABSENT}}, {"x": 1}),
        ({"list": {"x": _PRESENT, "y": _ABSENT}}, {"x": 1, "y": 1}),
        ({"list": {"x": _PRESENT, "y": [2]}}, {"x": 1, "y": 1}),
        ({"list": {"x": _PRESENT, "y": _PRESENT, "z": _ABSENT}}, {"x": 1, "y": [{"y": 1}], "z": 1}),
        ({"list": {"x": {"a": _PRESENT, "b": _ABSENT}, "y": [2]}}, {"x": [{"a": 1}, {"a": 2, "b": 1}], "y": 1}),
        ({"list": [{"wildcard": "*a*b"}, {"prefix": "b"}]}, "a" * 3_000),
        ({"list": [{"cidr": "10.0.0.0/8"}]}, "11.0.0.1"),
        ({"$or": [{"list": {"x": _ABSENT}}, {"list": {"y": _ABSENT}}]}, {"x": 1, "y": 1}),
    ],
)
def test_work_is_linear_in_the_event(pattern: JsonObject, element: Json) -> None:
    small, large = (_steps(pattern, {"list": [element] * count}) for count in (1_000, 10_000))
    assert small > 1_000
    assert large < 11 * small


def test_work_is_linear_in_lists_next_to_each_other() -> None:
    """The elements of a list are forgotten after its last field, so lists do not multiply."""
    for y in (_PRESENT, _ABSENT):
        pattern: JsonObject = {name: {"x": _PRESENT, "y": y} for name in "abc"}
        elements: list[Json] = [{"x": 1, "y": 1}]
        small, large = (_steps(pattern, dict.fromkeys("abc", elements * count)) for count in (15, 150))
        assert small > 3 * 15
        assert large < 11 * small


def test_work_is_linear_in_the_pattern() -> None:
    event: JsonObject = {"list": [{f"f{number:03}": 1 for number in range(200)}] * 20}
    small, large = (
        _steps({"list": {f"f{number:03}": _PRESENT for number in range(count)}}, event) for count in (20, 200)
    )
    assert small > 20 * 20
    assert large < 11 * small


def test_long_texts_and_many_comparisons_count_as_steps() -> None:
    assert _steps({"x": ["a"]}, {"x": "b" * 256_000}) > 1_000
    assert _steps({"x": [{"anything-but": [str(number) for number in range(5_000)]}]}, {"x": "b"}) > 5_000
    assert _steps({"x": [{"wildcard": "*a" * 500}]}, {"x": "b"}) > 500


def test_work_beyond_the_bound_is_an_error() -> None:
    event: JsonObject = {"list": [{"x": "a" * 25_000}] * 10}
    with pytest.raises(ConditionError, match=r"needs more than 20,000,000 steps for this event\. Name fewer fields"):
        matches({"list": {"x": [{"wildcard": "*b" * 30_000}]}}, event)


def test_lists_under_one_flat_name_are_bounded() -> None:
    """Each element of one list goes with each of the other: the only combination that is not linear."""
    event: JsonObject = {"a": [{"b": {"c": 1, "e": 1}}] * 1_000, "a.b": [{"d": 1, "f": 1}] * 1_000}
    pattern: JsonObject = {"a": {"b": dict.fromkeys("cdef", _PRESENT)}}
    with pytest.raises(ConditionError, match="needs more than 50,000 combinations of list elements for this event"):
        matches(pattern, event)


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
