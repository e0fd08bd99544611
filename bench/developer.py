"""Measures the commands that a developer repeats: ``python -m bench.developer``."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bench.command import Run, main
from bench.environment import ROOT
from bench.processes import Used, clean_environment, run
from bench.results import Cell, Figure, Section, Table
from bench.validate import configuration
from local.defaults import EXAMPLE_CONFIG

WORKFLOWS = 10_000
ORCHESTRATOR = str(Path(sys.executable).with_name("orchestrator"))
EVENT = ROOT / "local" / "events" / "success.json"
ABOUT = f"""Duration and processor time of whole commands, with the start of Python. The large configuration has {WORKFLOWS:,}
workflows with three triggers each. `make test` runs once, because it takes minutes."""


def measure(options: Run) -> Section:
    """Run every command in turn, in each round; ``make test`` once, and not with ``--quick``."""
    with tempfile.TemporaryDirectory(prefix="orchestrator-developer-") as name:
        large, event = Path(name, "config.json"), Path(name, "event.json")
        large.write_text(json.dumps(configuration(WORKFLOWS), indent=2), encoding="utf-8")
        event.write_text(
            json.dumps(
                {"job_name": "job_7", "job_run_id": "r", "status": "SUCCESS", "artifacts": {"output_path": "p"}}
            ),
            encoding="utf-8",
        )
        commands = {
            "make demo": ["make", "-s", "demo"],
            "orchestrator validate, the example": [ORCHESTRATOR, "validate", str(EXAMPLE_CONFIG)],
            "orchestrator validate, the large configuration": [ORCHESTRATOR, "validate", str(large)],
            "orchestrator plan, the example": [ORCHESTRATOR, "plan", "--event", str(EVENT)],
            "orchestrator plan, the large configuration": [
                *(ORCHESTRATOR, "plan", "--config", str(large), "--event", str(event))
            ],
            "python -m builder": [sys.executable, "-m", "builder"],
            "python -m builder --check": [sys.executable, "-m", "builder", "--check"],
        }
        found: dict[str, list[Used]] = {command: [] for command in commands}
        for number in range(options.rounds):
            for command, arguments in commands.items():
                options.step(f"round {number + 1} of {options.rounds}: {command}")
                found[command].append(run(arguments, environment=clean_environment(), folder=ROOT))
    if not options.quick:
        options.step("make test")
        found["make test"] = [run(["make", "-s", "test"], environment=clean_environment(), folder=ROOT)]
    rows: list[list[Cell]] = [
        [
            f"`{command}`" if "," not in command else command,
            Figure(values=[one.seconds for one in runs], unit="s"),
            Figure(values=[one.cpu for one in runs], unit="s"),
        ]
        for command, runs in found.items()
    ]
    return Section(
        name="developer",
        title="Developer speed",
        about=ABOUT,
        tables=[Table(columns=["Command", "Duration", "CPU"], rows=rows)],
    )


if __name__ == "__main__":
    main(measure, __doc__ or "")
