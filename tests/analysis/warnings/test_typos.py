"""One letter more, less, replaced or swapped is found without a comparison of every pair."""

from __future__ import annotations

import random
import string

import pytest

from analysis.warnings.typos import NearNames, one_edit_apart


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("orders", "order", True),
        ("orders", "oorders", True),
        ("orders", "arders", True),
        ("orders", "odrers", True),
        ("orders", "orders", False),
        ("orders", "ordr", False),
        ("orders", "odrres", False),
        ("", "a", True),
    ],
)
def test_one_edit_is_one_letter_or_one_swap(first: str, second: str, near: bool) -> None:
    assert one_edit_apart(first, second) is near
    assert one_edit_apart(second, first) is near


def edited(name: str, rng: random.Random) -> str:
    """The name with one random edit."""
    place, letter = rng.randrange(len(name)), rng.choice(string.ascii_lowercase)
    return rng.choice(
        [
            name[:place] + letter + name[place:],
            name[:place] + name[place + 1 :],
            name[:place] + letter + name[place + 1 :],
            name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :],
        ]
    )


def test_index_finds_every_edit_of_a_name() -> None:
    rng = random.Random(7)
    for _ in range(500):
        name = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(6, 12)))
        typo = edited(name, rng)
        assert NearNames([name]).nearest(typo) == ("" if typo == name else name)


def test_name_longer_than_any_job_is_not_compared() -> None:
    assert NearNames(["x" * 200_000]).nearest("x" * 200_001) == ""


def test_short_and_numbered_names_differ_on_purpose() -> None:
    assert NearNames(["load"]).nearest("loan") == ""
    assert NearNames(["stage_1", "stage_2"]).nearest("stage_3") == ""
    assert NearNames(["stage_1"]).nearest("stage_") == ""
