"""One unusable value in a configuration rejects its own trigger; the document loads, and every other trigger starts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.configuration.workflows import InvalidTrigger, triggers_for, usable_document
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.values import strictjson
from orchestration.values.strictjson import InvalidValue, bounded, first_invalid, loads, printable

BAD = {
    "surrogate": ('"\\ud800"', "an unpaired surrogate (invalid Unicode)"),
    "surrogate in a key": ('{"\\udfff": 1}', "an unpaired surrogate (invalid Unicode)"),
    "too large": ("1e999", "a number that is too large for a double"),
    "NaN": ("NaN", "NaN, which is not JSON"),
    "5,000 digits": ("9" * 5_000, "an integer with 5,000 digits"),
    "depth 200": ("[" * 200 + "]" * 200, "a value nested deeper than 100 levels"),
    "depth 2,000": ("[" * 2_000 + "]" * 2_000, "a value nested deeper than 100 levels"),
    "depth 100,000": ('{"a":' * 100_000 + "1" + "}" * 100_000, "a value nested deeper than 100 levels"),
    "repeated key": ('{"a": 1, "a": 2}', "a key that appears twice"),
}


@pytest.mark.parametrize(("text", "reason"), BAD.values(), ids=list(BAD))
def test_bad_value_rejects_only_its_trigger(text: str, reason: str) -> None:
    good = '{"type": "glue_job", "job_name": "good"}'
    bad = f'{{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {{"x": {text}}}}}'
    document, _ = usable_document(
        loads(f'{{"workflows": {{"j": {{"on_success": [{good}, {bad}, {good}]}}}}}}'.encode())
    )
    found = triggers_for(document, "j", "on_success", Settings(region="us-west-1"))
    assert found is not None
    first, second, third = (one.trigger for one in found)
    assert isinstance(first, Trigger)
    assert isinstance(third, Trigger)
    assert isinstance(second, InvalidTrigger)
    assert f"found {reason}, expected plain JSON" in second.cause
    assert len(second.cause) < 300


def test_raw_surrogate_in_text_is_marked() -> None:
    """The Lambda runtime passes an SNS message on as text, in which escapes have become characters."""
    assert loads(json.dumps({"a": "\ud800"}, ensure_ascii=False)) == {"a": strictjson.SURROGATE}


def test_surrogate_pair_is_a_character() -> None:
    assert loads('{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


UNREADABLE: dict[str, str | bytes] = {
    "brace": "{",
    "open brackets": "[" * 100_000,
    "open string": '{"a": "' + "[" * 100_000,
    "open string with escapes": "[" * 5_000 + '"' + '\\"' * 200_000,
    "not UTF-8": b"\xff",
    "empty": "",
}


@pytest.mark.timeout(10)  # quadratic time would take minutes
@pytest.mark.parametrize("text", UNREADABLE.values(), ids=list(UNREADABLE))
def test_unreadable_text_is_one_error(text: str | bytes) -> None:
    with pytest.raises(strictjson.StrictJSONError):
        loads(text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_valid_json_is_read_as_it_is(value: Any) -> None:
    try:
        text = json.dumps(value)
        text.encode()
        strictjson.dumps(value).encode()
    except UnicodeEncodeError:
        return
    assert loads(text) == json.loads(text)
    assert first_invalid(bounded(loads(text))) is None


@given(st.integers(1, 400), st.sampled_from(["[", '{"a":']))
def test_depth_is_bounded_from_the_value(depth: int, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    value = bounded(loads(opening * depth + "1" + closing * depth))
    assert (first_invalid(value) is None) == (depth <= strictjson.MAX_DEPTH)


@pytest.mark.parametrize("value", ["\ud800", {"a": ["\udfff"]}, {"b": 1}, float("nan"), InvalidValue("x").reason])
def test_printable_text_is_valid_unicode(value: Any) -> None:
    printable(value).encode()


def test_printable_text_of_deep_nesting_is_short() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert printable(deep) == "(nested too deeply)"


def test_document_with_a_byte_order_mark_is_read() -> None:
    assert loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_unreadable_text_names_line_and_column() -> None:
    with pytest.raises(strictjson.StrictJSONError, match=r"it is not JSON: .* at line 2, column 3"):
        loads("{\n  x}")
    with pytest.raises(strictjson.StrictJSONError, match=r"it is not UTF-8 \(byte 1\)"):
        loads(b'"\xff"')


def test_text_is_compact_and_counts_bytes() -> None:
    value = {"a": ["é", None, 1.5]}
    assert strictjson.dumps(value) == '{"a":["é",null,1.5]}'
    assert strictjson.size(value) == len(strictjson.dumps(value)) + 1
    with pytest.raises(ValueError, match="not JSON compliant"):
        strictjson.dumps(float("inf"))


def test_object_at_a_key_is_empty_for_another_value() -> None:
    assert strictjson.object_at({"a": {"b": 1}}, "a") == {"b": 1}
    assert strictjson.object_at({"a": [1]}, "a") == strictjson.object_at({}, "a") == {}


def test_surrogate_in_a_key_keeps_the_other_values() -> None:
    marked = loads('{"\\udfff": 1, "b": ["\\ud800", "x", {"c": "\\ud800"}]}')
    assert marked == {"b": [strictjson.SURROGATE, "x", {"c": strictjson.SURROGATE}], "\\udfff": strictjson.SURROGATE}


@pytest.mark.parametrize(("depth", "valid"), [(strictjson.MAX_DEPTH, True), (strictjson.MAX_DEPTH + 1, False)])
def test_depth_at_the_limit_is_valid_and_one_more_is_not(depth: int, valid: bool) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        value = bounded(loads(opening * depth + "1" + closing * depth))
        assert (first_invalid(value) is None) is valid
