"""``orchestrator demo``: every scene does what it shows."""

from __future__ import annotations

import json

from tests.cli.helpers import Orchestrator


def test_demo_passes_every_scene(orchestrator: Orchestrator) -> None:
    result = orchestrator("demo", "--json")
    assert result.exit_code == 0, result.stderr
    scenes = json.loads(result.stdout)
    statuses = ["STARTED", "STARTED", "FILTERED", "DUPLICATE", "STARTED"]
    assert [scene["simulation"]["status"] for scene in scenes] == statuses
    assert all(scene["passed"] for scene in scenes)
