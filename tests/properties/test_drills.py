"""Small versions of the drills on the local stack, and a defect of the router that each must report."""

from __future__ import annotations

import pytest

from tests.drills import ground
from tests.drills.defects import DROPPED, NO_LIMITS, NO_REQUIRED_CONFIGURATION, RANDOM_NAMES, RANDOM_REPLAY_NAMES
from tests.drills.model import silent
from tests.drills.registry import drill

SEED = 1
pytestmark = pytest.mark.timeout(600)
DEFECTS = {
    "crash-points": (RANDOM_NAMES, "doubled"),
    "configuration-chaos": (NO_REQUIRED_CONFIGURATION, "lost"),
    "throttling": (DROPPED, "lost"),
    "sizes": (NO_LIMITS, "wrong"),
    "replays": (RANDOM_REPLAY_NAMES, "doubled"),
    "dead-letters": (DROPPED, "lost"),
    "chains": (RANDOM_NAMES, "doubled"),
}
"""Defect and the figure that reports it, by drill."""


@pytest.mark.parametrize("name", DEFECTS)
def test_small_drill_is_clean(name: str) -> None:
    tally = drill(name).run(drill(name).small, SEED, silent)
    assert (tally.lost, tally.doubled, tally.wrong) == (0, 0, [])
    assert tally.found.total() > 0


@pytest.mark.parametrize("name", DEFECTS)
def test_drill_reports_the_defect(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    defect, figure = DEFECTS[name]
    monkeypatch.setattr(ground, "MUTANT", defect)
    assert getattr(drill(name).run(drill(name).small, SEED, silent), figure)
