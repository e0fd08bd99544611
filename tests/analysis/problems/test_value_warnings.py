"""Warnings of paths and defaults: when they appear, and when they do not."""

from __future__ import annotations

import pytest

from analysis.problems.value_warnings import texts, value_warnings
from orchestration.values.strictjson import JsonObject


def warned(entry: JsonObject) -> list[tuple[str, str]]:
    """Name of the check and place of each warning."""
    return [(name, problem.path) for name, problem in value_warnings(entry, "t")]


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
    ((_, problem),) = value_warnings({"conf": {"n": '${metrics."dq:score":-0}'}}, "t")
    assert problem.message.endswith(r'In parameter_mapping, write "n": {"path": "metrics.\"dq:score\"", "default": 0}')


@pytest.mark.parametrize("key", ["$.a", "@.a", "a[0]", "${a}", " a", "a ", 'a."b"', "$a"])
def test_condition_with_path_syntax_is_a_warning(key: str) -> None:
    assert warned({"when": {key: ["x"]}}) == [("path-syntax", f"t.when.{key}")]
    assert warned({"when": {"metrics": {key: ["x"]}}}) == [("path-syntax", f"t.when.metrics.{key}")]
    assert warned({"when": {"$or": [{"b": [1]}, {key: ["x"]}]}}) == [("path-syntax", f"t.when.$or[1].{key}")]


@pytest.mark.parametrize("key", ["a", "a.b", "dq:score", "my field", "größe", "0", "a-b", "*"])
def test_name_of_a_field_in_a_condition_is_no_warning(key: str) -> None:
    assert warned({"when": {"metrics": {key: [{"prefix": "$"}]}, "$or": [{key: ["x"]}, {"b": ["$.a"]}]}}) == []


@pytest.mark.parametrize(
    "entry", [{"conf": []}, {"conf": None, "when": 7}, {"when": {"$or": 7}}, {"when": {"$or": [7]}}]
)
def test_invalid_entry_has_no_warning(entry: JsonObject) -> None:
    assert warned(entry) == []


def test_texts_have_their_places() -> None:
    assert list(texts({"a": ["x", {"b": "y"}], "c": 1}, "p")) == [("p.a[0]", "x"), ("p.a[1].b", "y")]
