"""The demo shows five events; each has the result that its title names."""

from __future__ import annotations

from local.simulation.demo import scenes


def test_every_scene_passes_and_starts_what_it_says() -> None:
    steps: list[str] = []
    found = list(scenes(steps.append))
    assert [scene.passed for scene in found] == [True] * 5
    statuses = [scene.simulation.status for scene in found]
    assert statuses == ["STARTED", "STARTED", "FILTERED", "DUPLICATE", "STARTED"]
    assert [len(scene.simulation.triggers) for scene in (found[0], found[1], found[4])] == [5, 1, 5]
    assert "publishing to job_approvals" in steps
