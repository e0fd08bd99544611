"""An output becomes the artifacts of the published event only if it is a JSON object.

``tests/contract/test_waiting_definition.py`` tests the states, ``tests/state_machine/test_waiting.py`` runs them.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builder.machine import state_machine

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
CHOICE = "Did the run succeed, and is it published?"


def limit() -> str:
    """The text with which the definition compares an output."""
    states = state_machine.build(waiting=True)["States"]["Start every trigger"]["ItemProcessor"]["States"]
    (rule,) = (rule for rule in states[CHOICE]["Choices"][0]["And"] if rule["Variable"] == "$.event.output")
    text: str = rule["StringGreaterThanEquals"]
    return text


LIMIT = limit()


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_text_of_an_object_sorts_last(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert (text >= LIMIT) is isinstance(value, dict)


def test_missing_output_is_not_an_object() -> None:
    assert min("", LIMIT) == ""
