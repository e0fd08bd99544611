"""Line and column of every value, and of the deepest one that exists."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.problems.places import Places

TEXT = """{
 "workflows": {"a.b": {"on_success": [{"x": 1}, {"y": "é", "z": [true]}]},
  "a": {"b": 7}}
}"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("workflows", (2, 15)),
        ("workflows.a.b", (3, 14)),  # of two such paths, the one with the shorter key
        ("workflows.a.b.on_success[1].z[0]", (2, 66)),
        ("workflows.a", (3, 8)),
        ("workflows.a.c", (3, 8)),
        ("workflows.a.b.on_success[7]", (2, 38)),
        ("nothing", (1, 1)),
        ("", (1, 1)),
    ],
)
def test_place_is_that_of_the_deepest_value(path: str, place: tuple[int, int]) -> None:
    assert Places(TEXT).find(path) == place


def test_key_has_its_own_place() -> None:
    assert Places(TEXT).find("workflows.a", "key") == (3, 3)
    assert Places(TEXT).find("", "key") == (1, 1)


@pytest.mark.parametrize("text", ["", " ", "{", "[1,"])
def test_text_without_the_path_has_its_beginning(text: str) -> None:
    assert Places(text).find("a.b") == (1, 1)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_place_of_a_path_is_the_place_of_its_value(value: object) -> None:
    """The value after the place is the path's value, also for keys with any characters."""
    text = json.dumps({"x": value}, indent=1)
    line, column = Places(text).find("x")
    offset = sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1
    assert json.JSONDecoder().raw_decode(text[offset:])[0] == value
