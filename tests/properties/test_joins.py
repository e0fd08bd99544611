"""1,000 keys of five jobs: deliveries repeated, shuffled, killed, and 16 at a time. Every complete key starts once."""

from __future__ import annotations

import pytest

from tests.drills import joins
from tests.drills.model import silent


@pytest.mark.timeout(900)
def test_1000_keys_start_once_each() -> None:
    tally = joins.run(1_000, 7, silent)
    assert (tally.lost, tally.doubled, tally.wrong) == (0, 0, [])
    assert tally.found.total() == 900
