"""Names that look alike: normalization forms, wide letters, invisible characters and blanks."""

from __future__ import annotations

import pytest

from orchestration.event.look_alikes import escaped, look_alike


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("cafe\u0301", "caf\u00e9"),
        ("caf\u00e9", "cafe\u0301"),
        ("\uff4cload", "lload"),
        ("lo\u200bad", "load"),
        ("load\u00a0", "load"),
        ("load ", "load"),
        ("\u212belle", "\u00c5elle"),
    ],
)
def test_other_characters_that_look_alike_are_found(name: str, other: str) -> None:
    assert look_alike(name, ["x", other]) == other


@pytest.mark.parametrize("other", ["cafe", "Caf\u00e9", "caf\u00e8", "caf\u00e9"])
def test_name_that_looks_different_or_is_the_same_is_not(other: str) -> None:
    assert look_alike("caf\u00e9", [other]) == ""


def test_escaped_name_shows_each_character() -> None:
    assert (escaped("cafe\u0301"), escaped("caf\u00e9")) == (r'"cafe\u0301"', r'"caf\u00e9"')
