"""Warnings of paths and defaults: when they appear, and when they do not."""

from __future__ import annotations

import pytest

from analysis.warnings.values import members as member_warnings
from analysis.warnings.values import texts, warnings
from orchestration.values.strictjson import Json, JsonObject


def warned(entry: JsonObject) -> list[tuple[str, str]]:
    """Name of the check and place of each warning."""
    return [(problem.code, problem.path) for problem in warnings(entry, "t")]


@pytest.mark.parametrize("default", ["0", "1.5", "-3", "true", "false", "null", "[]", "[1]"])
def test_default_that_looks_like_json_is_a_warning(default: str) -> None:
    assert warned({"conf": {"n": f"${{metrics.n:-{default}}}"}}) == [("default-type", "t.conf.n")]


@pytest.mark.parametrize(
    "text", ["${a:-}", "${a:-none}", "${a:-2026-01-01}", "${a:-007}", "x ${a:-0}", "${a:-0}${b:-0}", "$${a:-0}", "${a}"]
)
def test_other_default_is_no_warning(text: str) -> None:
    assert warned({"conf": {"n": text}}) == []


def test_default_of_an_argument_is_no_warning() -> None:
    assert warned({"arguments": {"--n": "${metrics.n:-0}"}}) == []


def test_advice_quotes_the_path_for_json() -> None:
    (problem,) = warnings({"conf": {"n": '${metrics."dq:score":-0}'}}, "t")
    assert problem.message.endswith(r'In parameter_mapping, write "n": {"path": "metrics.\"dq:score\"", "default": 0}')


@pytest.mark.parametrize("key", ["$.a", "@.a", "a[0]", "${a}", " a", "a ", 'a."b"', "$a"])
def test_condition_with_path_syntax_is_a_warning(key: str) -> None:
    assert warned({"when": {key: ["x"]}}) == [("path-in-name", f"t.when.{key}")]
    assert warned({"when": {"metrics": {key: ["x"]}}}) == [("path-in-name", f"t.when.metrics.{key}")]
    assert warned({"when": {"$or": [{"b": [1]}, {key: ["x"]}]}}) == [("path-in-name", f"t.when.$or[1].{key}")]


@pytest.mark.parametrize("key", ["a", "a.b", "dq:score", "my field", "größe", "0", "a-b", "*"])
def test_name_of_a_field_in_a_condition_is_no_warning(key: str) -> None:
    assert warned({"when": {"metrics": {key: [{"prefix": "$"}]}, "$or": [{key: ["x"]}, {"b": ["$.a"]}]}}) == []


@pytest.mark.parametrize(
    "entry", [{"conf": []}, {"conf": None, "when": 7}, {"when": {"$or": 7}}, {"when": {"$or": [7]}}]
)
def test_invalid_entry_has_no_warning(entry: JsonObject) -> None:
    assert warned(entry) == []


def members(jobs: Json, entry: JsonObject) -> list[tuple[str, str, str]]:
    """Name of the check, place and advice of each warning."""
    found = member_warnings(jobs, entry, "t")
    return [(problem.code, problem.path, problem.message.partition(". Write ")[2]) for problem in found]


def test_job_name_with_dots_needs_quotes_in_a_path() -> None:
    mapping: Json = {"a": "upstream.dwh.orders", "b": {"path": "upstream.dwh.orders.metrics.0", "default": 1}}
    entry: JsonObject = {"conf": {"x": ["${artifacts.dwh.orders.path:-d}"]}, "parameter_mapping": mapping}
    assert members(["dwh.orders", "b"], entry) == [
        ("path-in-name", "t.conf.x[0]", r"artifacts.\"dwh.orders\".path"),
        ("path-in-name", "t.parameter_mapping.a", r"upstream.\"dwh.orders\""),
        ("path-in-name", "t.parameter_mapping.b.path", r"upstream.\"dwh.orders\".metrics.0"),
    ]


@pytest.mark.parametrize(
    ("jobs", "text"),
    [
        (["dwh.orders", "b"], '${upstream."dwh.orders".path}'),
        (["dwh.orders", "dwh"], "${upstream.dwh.orders.path}"),
        (["dwh", "b"], "${upstream.dwh.orders}"),
        (["dwh.orders", "b"], "${metrics.dwh.orders}"),
        (["dwh.orders", "b"], "${upstream}"),
        (["dwh.orders", "b"], "${upstream.dwh}"),
        (None, "${upstream.dwh.orders}"),
        ([7, None], "${upstream.dwh.orders}"),
    ],
)
def test_other_path_of_a_join_is_no_warning(jobs: Json, text: str) -> None:
    assert members(jobs, {"arguments": {"--x": text}, "parameter_mapping": {"a": "a..b", "b": 7}}) == []


def test_texts_have_their_places() -> None:
    assert list(texts({"a": ["x", {"b": "y"}], "c": 1}, "p")) == [("p.a[0]", "x"), ("p.a[1].b", "y")]
