"""Text of an option stays text unless JSON prints it so, and no value changes in the message."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from operations.publishing.options import conflict, named_values, value_of
from orchestration.errors import EventError
from orchestration.values import strictjson
from orchestration.values.strictjson import Json

NUMBER = r"-?\d{1,25}(\.\d{1,25})?([eE][+-]?\d{1,7})?"
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=10
)


def sent(text: str) -> str:
    """The JSON that the option's value becomes in the message."""
    (value,) = named_values("--field", [f"x={text}"]).values()
    return strictjson.dumps(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.10", '"1.10"'),
        ("215e6", '"215e6"'),
        ("5e123456", '"5e123456"'),
        ("-0", '"-0"'),
        ("007", '"007"'),
        ("1.0", "1.0"),
        ("12", "12"),
        ("12345678901234567890", "12345678901234567890"),
        ("9" * 5_000, f'"{"9" * 5_000}"'),
        ("0.1", "0.1"),
        ("NaN", '"NaN"'),
        ("Infinity", '"Infinity"'),
        ("true", "true"),
        (" true", '" true"'),
        ("null", "null"),
        ("None", '"None"'),
        ('"12"', '"12"'),
        ('"caf\\u00e9"', '"café"'),
        ("s3://b/k=v", '"s3://b/k=v"'),
        ("", '""'),
        ('[1, 2.5, "1.10"]', '[1,2.5,"1.10"]'),
        ('{"a": {"b": 1}}', '{"a":{"b":1}}'),
        ("[draft", '"[draft"'),
    ],
)
def test_value_is_json_only_if_json_prints_it_so(text: str, message: str) -> None:
    assert sent(text) == message


@given(VALUES)
@example(1e16)
@example([1e-7, -0.0])
def test_json_that_options_print_comes_back_whole(value: Json) -> None:
    printed = strictjson.dumps(value)
    assert sent(printed) == printed
    assert sent(json.dumps(value)) == printed


@given(st.text(alphabet=st.characters(codec="utf-8")) | st.from_regex(NUMBER, fullmatch=True))
@example("1.10")
@example("1E5")
@example(" 1")
def test_text_is_sent_as_it_is_or_as_the_same_json(text: str) -> None:
    try:
        message = sent(text)
    except EventError:
        assert text.lstrip()[0] in "[{"
        return
    if text.lstrip()[:1] in ("[", "{", '"') and message != json.dumps(text, ensure_ascii=False):
        assert json.loads(message) == json.loads(text)
    else:
        assert message in (text, json.dumps(text, ensure_ascii=False))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '{"version": 1.10}',
            '--field x: found the number 1.10, which JSON prints as 1.1. Write 1.1, or "1.10" with quotes',
        ),
        ("[215e6]", "found the number 215e6, which JSON prints as 215000000.0"),
        ("[-0]", "found the number -0, which JSON prints as 0"),
    ],
)
def test_number_that_would_change_in_an_object_is_refused(text: str, words: str) -> None:
    with pytest.raises(EventError) as refused:
        named_values("--field", [f"x={text}"])
    assert words in str(refused.value)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[5e123456]", "[NaN]", '"\\ud800"'])
def test_invalid_json_is_left_for_the_reader_to_refuse(text: str) -> None:
    assert strictjson.first_invalid(value_of(text)) is not None


@pytest.mark.parametrize("text", ["path", "=x", ""])
def test_option_without_a_name_or_value_is_refused(text: str) -> None:
    with pytest.raises(EventError, match="expected NAME=VALUE"):
        named_values("--metric", [text])


def test_name_with_two_values_is_refused() -> None:
    assert named_values("--metric", ["rows=1", "rows=1"]) == {"rows": 1}
    for other in ("2", "1.0", "true"):
        with pytest.raises(EventError, match=r"--metric rows: found two values. Name each field once"):
            named_values("--metric", ["rows=1", f"rows={other}"])


def test_conflict_names_both_options() -> None:
    assert conflict(("--job a", "a"), ("--field job_name", "a")) == ""
    expected = "--job a and --field job_name give the same field different values. Remove one of them."
    assert conflict(("--job a", "a"), ("--field job_name", "b")) == expected
