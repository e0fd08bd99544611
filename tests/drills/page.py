"""docs/reliability.md, rendered from the results in docs/reliability.json."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.drills.model import Result
from tests.drills.registry import DRILLS

_HEAD = """# Reliability

Written by `make drill` from `docs/reliability.json`; never edit it by hand.

A drill sends events through the local stack while services fail, processes die and configurations change. Then it compares
the targets that started with those that the configuration declares. *Lost* are declared starts that no target received.
*Doubled* are starts beyond the declared ones. *Violations* are other broken rules of a drill. A drill fails if any of the three
is not 0.

The router, the state machine, SNS, SQS and Lambda's retries run as in `orchestrator local`. A proxy between the product and the
services injects the faults, so the SDK's retries and the state machine's error handling are real. The local stack is not AWS:
see [testing.md](testing.md) for its differences.
"""

_TAIL = """## Running the drills

- `make drill` runs all drills and writes this page. It needs both Airflow versions, which it installs.
- `make drill SEED=7` uses the seed 7. The seed decides events, faults and order, but not how the threads interleave.
- `.venv/bin/python -m tests.drills --only chains --seed 7` runs one drill and writes nothing.
- The tests run each drill with a small size, and with a defect in the product that the drill must report.
"""


def environment(seed: int, scale: float, seconds: float) -> dict[str, Any]:
    """Machine, versions and date of a run."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "seed": seed,
        "scale": scale,
        "seconds": round(seconds),
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("boto3", "moto", "downstream-orchestrator")},
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", cpuinfo.read_text(encoding="utf-8")) if cpuinfo.exists() else None
    return found[1] if found else platform.processor() or platform.machine()


def render(document: dict[str, Any]) -> str:
    """The page, as Markdown."""
    found = document["environment"]
    results = [Result(**one) for one in document["results"]]
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    scale = "" if found["scale"] == 1 else f" The sizes are {found['scale']:g} of those of `make drill`."
    machine = (
        f"Machine: {found['processor']}, {found['cores']} cores, load {found['load']} at the end. {found['system']}, "
        f"Python {found['python']}, {packages}."
    )
    lines = [
        _HEAD,
        f"{found['date']}, seed {found['seed']}, {_duration(found['seconds'])} in all.{scale}",
        machine,
        "",
        "| Drill | Size | Events | Deliveries | Starts | Lost | Doubled | Violations | Seconds |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(result) for result in results),
        "",
        *(line for result in results for line in _section(result)),
        _TAIL,
    ]
    return "\n".join(lines)


def _row(result: Result) -> str:
    drill = next(one for one in DRILLS if one.name == result.name)
    size = f"{result.size:,} {drill.unit}"
    if result.skipped:
        return f"| {drill.title} | {size} | not run | | | | | | |"
    figures = (result.events, result.deliveries, result.starts, result.lost, result.doubled, result.wrong)
    return f"| {drill.title} | {size} | {' | '.join(f'{one:,}' for one in figures)} | {result.seconds:,.0f} |"


def _section(result: Result) -> Sequence[str]:
    drill = next(one for one in DRILLS if one.name == result.name)
    lines = [f"## {drill.title}", "", drill.text, ""]
    if result.skipped:
        lines += [f"Not run: {result.skipped}.", ""]
    if result.facts:
        lines += ["| Figure | Value |", "|---|---|"]
        lines += [
            f"| {name} | {value:,} |" if isinstance(value, int) else f"| {name} | {value} |"
            for name, value in result.facts.items()
        ]
        lines.append("")
    if result.examples:
        lines += ["```", *result.examples, "```", ""]
    return lines


def _duration(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
