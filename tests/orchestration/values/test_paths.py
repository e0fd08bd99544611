"""Paths: the grammar, the value that each one reads, and the spelling that was probably meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.values.paths import (
    EXAMPLE,
    MISSING,
    PATH,
    EventPath,
    Step,
    advice,
    in_json,
    is_absent,
    lookup,
    meant,
    parse,
    reason,
)
from orchestration.values.strictjson import Json, JsonObject

FIELDS: JsonObject = {
    "job_name": "j",
    "artifacts": {"files": ["a", {"n": 1}], "none": None, "0": "zero", "-1": "minus", "a b": 1, "": "empty"},
    "metrics": {"dq:score": 7, "00": "00", 'say "hi"': 8, "größe": 9},
    "upstream": {"dwh.orders": {"artifacts": {"path": "p"}}, "dwh": {"orders": "nested"}},
    "many": list(range(12)),
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("job_name", "j"),
        ("artifacts.files.0", "a"),
        ("artifacts.files.1.n", 1),
        ("artifacts.none", None),
        ("artifacts.0", "zero"),
        ('artifacts."-1"', "minus"),
        ('artifacts."a b"', 1),
        ('metrics."dq:score"', 7),
        ("metrics.00", "00"),
        ('metrics."say ""hi"""', 8),
        ('metrics."größe"', 9),
        ('upstream."dwh.orders".artifacts.path', "p"),
        ("upstream.dwh.orders", "nested"),
        ('"upstream"."dwh"."orders"', "nested"),
        ("many.11", 11),
    ],
)
def test_path_reads_its_value(path: str, value: Json) -> None:
    assert reason(path) == ""
    assert lookup(FIELDS, path) == value


@pytest.mark.parametrize(
    "path",
    [
        "missing",
        "artifacts.missing",
        "job_name.deeper",
        "job_name.0",
        "artifacts.files.2",
        "artifacts.files.00",
        "artifacts.files.01",
        'artifacts.files."0"',
        "artifacts.none.x",
        "many.9999999",
        "many.1234567890123456789012345678901234567890",
    ],
)
def test_path_without_a_value_is_missing(path: str) -> None:
    assert reason(path) == ""
    assert lookup(FIELDS, path) is MISSING


@pytest.mark.parametrize(
    ("text", "wrong", "spelling"),
    [
        ("", "the path is empty", ""),
        (" ", "the path is empty", ""),
        ("$.artifacts.path", "a path does not begin with '$' or '@'", "artifacts.path"),
        ("$artifacts.path", "a path does not begin with '$' or '@'", "artifacts.path"),
        ("@.a", "a path does not begin with '$' or '@'", "a"),
        ("$['a']['b c'].d", "a path does not begin with '$' or '@'", 'a."b c".d'),
        ("$..a", "a path does not begin with '$' or '@'", ""),
        ("$", "a path does not begin with '$' or '@'", ""),
        ("${a.b}", "a path is written without '${' and '}'", "a.b"),
        ("${ a.b", "a path is written without '${' and '}'", "a.b"),
        ("a[0]", "a path has no brackets. An index is a segment, such as files.0", "a.0"),
        ("a[0][1].b", "a path has no brackets. An index is a segment, such as files.0", "a.0.1.b"),
        ('a["b.c"]', "a path has no brackets. An index is a segment, such as files.0", 'a."b.c"'),
        ("a[-1]", "a path has no brackets. An index is a segment, such as files.0", ""),
        ("a[*].b", "a path has no brackets. An index is a segment, such as files.0", ""),
        ("a[0:2]", "a path has no brackets. An index is a segment, such as files.0", ""),
        ("a[0]b", "a path has no brackets. An index is a segment, such as files.0", ""),
        ("a.-1", "an index is not negative. It counts from 0 at the start of the list", ""),
        ("-12.a", "an index is not negative. It counts from 0 at the start of the list", ""),
        ("x | date", "a path has no operators, filters or functions", "x"),
        ("a ?? 'b'", "a path has no operators, filters or functions", "a"),
        ("a:-b", "a path has no operators, filters or functions", "a"),
        ("a:=b", "a path has no operators, filters or functions", "a"),
        ("date(x)", "a path has no operators, filters or functions", ""),
        ("a+1", "a path has no operators, filters or functions", ""),
        (" a.b", "a path has no blanks around a segment", "a.b"),
        ("a .b", "a path has no blanks around a segment", "a.b"),
        ("a.b\n", "a path has no blanks around a segment", "a.b"),
        ("a..b", "the path has an empty segment", "a.b"),
        (".a", "the path has an empty segment", "a"),
        ("a.", "the path has an empty segment", "a"),
        ('a.""', "the path has an empty segment", ""),
        ('a."b', "a quote is not closed", ""),
        ('a"b', "a quote is not closed", ""),
    ],
)
def test_other_text_is_refused_with_the_spelling(text: str, wrong: str, spelling: str) -> None:
    assert reason(text) == wrong
    assert meant(text) == spelling
    ending = f"Write {in_json(spelling)}" if spelling else "Expected a path such as artifacts.output_path"
    assert advice(text) == f"{wrong}. {ending}"
    with pytest.raises(ValueError, match=r"^found "):
        parse(text)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("metrics.dq:score", 'metrics."dq:score"'),
        ("upstream.'dwh.orders'.x", 'upstream."dwh.orders".x'),
        ("my key.x", '"my key".x'),
        ("größe", '"größe"'),
        ("100%", '"100%"'),
        ("a/b", ""),
        ("job's.x", ""),
    ],
)
def test_other_characters_need_quotes(text: str, spelling: str) -> None:
    assert reason(text) == (
        "a segment with other characters than letters (a to z), digits, '_' and '-' stands in double quotes"
    )
    assert meant(text) == spelling


def test_advice_has_the_spelling_of_json() -> None:
    assert advice("metrics.dq:score").endswith(r". Write metrics.\"dq:score\"")
    assert json.loads(f'"{in_json(meant("a.b c"))}"') == 'a."b c"'


def test_advice_of_a_path_is_empty() -> None:
    assert advice("artifacts.files.0") == ""


def test_steps_tell_keys_and_indexes_apart() -> None:
    assert parse('a.0."0".07.-') == (
        Step("a", None),
        Step("0", 0),
        Step("0", None),
        Step("07", None),
        Step("-", None),
    )


@pytest.mark.parametrize("value", [None, "", MISSING])
def test_absent_values(value: Json) -> None:
    assert is_absent(value)


@pytest.mark.parametrize("value", [0, 0.0, False, [], {}, " ", "null"])
def test_present_values(value: Json) -> None:
    assert not is_absent(value)


@pytest.mark.parametrize("root", ["aws", "deploy"])
def test_root_of_the_deployment_is_reserved(root: str) -> None:
    for text in (root, f"{root}.region"):
        (problem,) = EventPath().problems(text, "t")
        assert problem.message.startswith(
            f"found {text!r}, but the roots aws and deploy are reserved for the deployment"
        )
    for text in (f"{root}x.y", f"a.{root}", f"{root}-1", f'"{root}".y'):
        assert list(EventPath().problems(text, "t")) == []


keys = st.text(min_size=1, max_size=6) | st.sampled_from(["a.b", '"', '""', "a b", "0", "-1", "${x}", "x:-y", "}"])


@given(st.lists(keys, min_size=1, max_size=4), st.integers())
def test_every_key_can_be_quoted(names: list[str], value: int) -> None:
    fields: Json = value
    for key in reversed(names):
        fields = {key: fields}
    assert isinstance(fields, dict)
    path = ".".join('"{}"'.format(key.replace('"', '""')) for key in names)
    assert reason(path) == ""
    assert lookup(fields, path) == value


@given(st.text("ab0-_.\"'[]$ |:@{}é", max_size=12))
def test_suggested_spelling_is_a_path(text: str) -> None:
    if reason(text):
        assert meant(text) == "" or reason(meant(text)) == ""
        assert advice(text)
    else:
        assert advice(text) == ""
        assert all(step.key for step in parse(text))


def test_schema_has_the_grammar() -> None:
    schema = EventPath().__get_pydantic_json_schema__({}, lambda _: {"type": "string"})
    assert schema["type"] == "string"
    assert PATH in str(schema["pattern"])


def test_long_text_has_a_reason_and_no_suggestion() -> None:
    """A suggestion for 20,000 blanks took 4.8 seconds, and longer texts the router's whole time."""
    text = "a" + " " * 200_000 + "b"
    assert meant(text) == ""
    assert advice(text).endswith(f"Expected a path such as {EXAMPLE}")
    assert meant(" " * 200 + "a") == "a"
