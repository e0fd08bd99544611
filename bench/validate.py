"""Measures ``orchestrator validate``: ``python -m bench.validate [WORKFLOWS]``.

The baseline is Python's ``json.load`` of the same file in a new process. Both run in turn; the table has medians.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.processes import run
from local.defaults import EXAMPLE_CONFIG

WORKFLOWS = 10_000
RUNS = 5
LOAD = "import json, sys; json.load(open(sys.argv[1]))"
VALIDATE = [sys.executable, "-m", "cli.main", "validate"]


def configuration(workflows: int) -> dict[str, Any]:
    """A configuration with three triggers a workflow."""
    machine = "arn:aws:states:us-west-1:123456789012:stateMachine:machine"
    return {
        "workflows": {
            f"job_{number}": {
                "on_success": [
                    {
                        "type": "glue_job",
                        "job_name": f"load_{number}",
                        "arguments": {"--path": "${artifacts.output_path}"},
                    },
                    {"type": "sqs_mwaa", "dag_id": f"dag_{number}", "parameter_mapping": {"day": "start_date"}},
                    {"type": "step_function", "arn": f"{machine}_{number}"},
                ]
            }
            for number in range(workflows)
        }
    }


def main() -> None:
    """Print CPU seconds of both commands, for the example and for a large configuration."""
    workflows = int(sys.argv[1]) if len(sys.argv) > 1 else WORKFLOWS
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "config.json")
        large.write_text(json.dumps(configuration(workflows), indent=2))
        sys.stdout.write(f"{'CPU seconds, median of ' + str(RUNS):<34}{'json.load':>10}{'validate':>10}{'ratio':>8}\n")
        for name, path in (("the example", EXAMPLE_CONFIG), (f"{workflows:,} workflows", large)):
            pairs = [(run([sys.executable, "-c", LOAD, path]).cpu, run([*VALIDATE, path]).cpu) for _ in range(RUNS)]
            load, validate = (statistics.median(column) for column in zip(*pairs, strict=True))
            sys.stdout.write(f"{name:<34}{load:>10.3f}{validate:>10.3f}{validate / load:>8.1f}\n")


if __name__ == "__main__":
    main()
