"""Ages such as 30m, 24h and 7d."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations.executions.ages import AgeError, age


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("0m", timedelta()),
        ("9999d", timedelta(days=9999)),
    ],
)
def test_age_has_a_number_and_a_unit(text: str, expected: timedelta) -> None:
    assert age(text, "--since") == expected


@pytest.mark.parametrize("text", ["", "30", "m", "30s", "-1m", "1.5h", "12345m", "30m ", " 30m", "30M", "yesterday"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(AgeError) as refused:
        age(text, "--since")
    assert str(refused.value) == f"--since {text!r}: expected an age such as 30m, 24h or 7d."
