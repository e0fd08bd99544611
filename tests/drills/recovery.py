"""The commands of on-call after a drill: ``redrive-dlq`` and ``replay --failed``, until nothing is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.drills.ground import Ground

ROOT = Path(__file__).parents[2]
ROUTER = "local-downstream-orchestrator"


def command(ground: Ground, *arguments: str, timeout: float = 300.0) -> tuple[int, str, str]:
    """Run ``orchestrator`` in a process, as a person does; returns exit code, output and standard error."""
    neutral = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables = {
        "AWS_ENDPOINT_URL": ground.engine.endpoint,
        "AWS_DEFAULT_REGION": ground.engine.region,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "NO_COLOR": "1",
    }
    process = subprocess.run(
        [sys.executable, "-P", "-m", "cli.main", *arguments],
        cwd=ROOT,
        env=neutral | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    return process.returncode, process.stdout, process.stderr


def redrive(ground: Ground) -> tuple[int, list[dict[str, Any]]]:
    """Redrive all dead letters with one command; returns the exit code and the reports."""
    code, out, err = command(ground, "redrive-dlq", ROUTER, "--yes", "--json")
    if not out.startswith("["):
        raise RuntimeError(f"redrive-dlq ended with exit code {code}: {err[-500:]}")
    ground.settle()
    return code, json.loads(out)


def replay_failed(ground: Ground) -> tuple[int, str]:
    """Replay every event that failed with one command; returns the exit code and the output."""
    code, out, err = command(ground, "replay", "--failed", "--since", "24h", "--function", ROUTER, "--yes")
    ground.settle()
    return code, out + err
