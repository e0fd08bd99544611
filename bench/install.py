"""Measures an installation from the wheel: ``python -m bench.install [--python PYTHON] [--extra EXTRA]``.

Installs with pip into two new environments, the first with an empty cache and the second with the cache that it filled.
Prints the seconds, the megabytes and the number of packages that each added, then the CPU seconds of ``validate``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.processes import clean_environment, run

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "orchestration" / "workflow_config.json"
RUNS = 7


def build_wheel(folder: Path) -> Path:
    """Build the checkout's wheel into ``folder``; needs no network."""
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


def install(python: str, requirement: str, environment: Path, cache: Path) -> dict[str, float]:
    """Install ``requirement`` into a new environment: seconds, megabytes and packages that it added."""
    _run(python, "-m", "venv", environment, cwd=environment.parent)
    before, packages = _size(environment), _packages(environment)
    began = time.monotonic()
    pip = (environment / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    _run(*pip, "--cache-dir", cache, requirement, cwd=environment.parent)
    seconds = time.monotonic() - began
    return {
        "seconds": round(seconds, 1),
        "MB": round((_size(environment) - before) / 1e6),
        "packages": _packages(environment) - packages,
    }


def cpu_of_validate(environment: Path, config: Path = CONFIG) -> float:
    """Median of the CPU seconds, user and system, of ``orchestrator validate`` in a new process."""
    command: list[str | Path] = [environment / "bin" / "orchestrator", "validate", config]
    folder = environment.parent
    return statistics.median(run(command, environment=clean_environment(), folder=folder).cpu for _ in range(RUNS))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.install", description=__doc__.partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="interpreter of the new environments")
    parser.add_argument("--extra", default="", help="extra to install; without the override of tool.uv")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orchestrator-install-") as name:
        folder = Path(name)
        wheel = build_wheel(folder / "dist")
        requirement = f"{wheel}[{options.extra}]" if options.extra else str(wheel)
        for cache in ("empty cache", "warm cache"):
            environment = folder / cache.replace(" ", "-")
            added = install(options.python, requirement, environment, folder / "cache")
            sys.stdout.write(f"{cache}: " + ", ".join(f"{value} {unit}" for unit, value in added.items()) + "\n")
            sys.stdout.flush()
        sys.stdout.write(f"validate: {cpu_of_validate(environment):.3f} s of CPU, median of {RUNS}\n")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


def _packages(environment: Path) -> int:
    command = [str(environment / "bin" / "python"), "-m", "pip", "list", "--disable-pip-version-check", "--format=json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    return len(json.loads(answer.stdout))


def _run(*command: str | Path, cwd: Path) -> None:
    try:
        run(command, environment=clean_environment(), folder=cwd)
    except RuntimeError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
