"""Measures the router's processor time for one event in a warm function: ``python -m bench.routing``."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench import environment, hot_path
from bench.command import Run, main
from bench.environment import Environment
from bench.processes import AWS, clean_environment
from bench.results import Cell, Figure, Goal, Section, Table
from bench.validate import configuration

WORKFLOWS, TRIGGERS, EVENT_KB = (10, 1_000, 10_000), (1, 10, 100, 400), (1, 200)
EVENTS, CHANGES = 40, 5
"""Events with an unchanged configuration in each round; uploads of which each is read by one event."""
BOTOCORE, NONE = "botocore", "objects"
ABOUT = """The processor time that the router's code and botocore use for one SNS record, in a process with the zip
of the router. Only the network is replaced: botocore serializes, signs and parses as always, and S3 answers 304 while
the configuration is unchanged. "Without botocore" replaces both clients by Python objects, so the difference is
botocore's share. Log lines are off. Each round is a new process; its value is the median of its events."""


def measure(options: Run) -> Section:
    """Measure every case in each round."""
    with tempfile.TemporaryDirectory(prefix="orchestrator-routing-") as name:
        folder = Path(name)
        options.step("installing Python's Lambda environment")
        made = environment.create(folder)
        listed = cases(folder)
        found: dict[str, list[float]] = {case["name"]: [] for case in listed}
        for number in range(options.rounds):
            options.step(f"round {number + 1} of {options.rounds}")
            for case, values in _program(made, listed).items():
                found[case].append(statistics.median(values))
    figures = {case: Figure(values=values, unit="ms") for case, values in found.items()}
    return Section(
        name="routing",
        title="Warm routing",
        about=ABOUT,
        tables=[
            _table(figures, "Configuration", [*_workflow_names(), *_changed_names()]),
            _table(figures, "Triggers of the event", [_triggers_name(count) for count in TRIGGERS]),
            _table(figures, "Size of the event", [f"{size} KB" for size in EVENT_KB]),
        ],
        goals=[
            Goal(
                name="CPU of one event, unchanged configuration of 10,000 workflows, with botocore",
                found=figures[f"{BOTOCORE}: 10,000 workflows, unchanged"],
                bound="at most",
                limit=1.2,
                tried="the router itself parses and validates nothing again. A busy machine doubles botocore's part.",
            )
        ],
        versions={"Python (router)": made.version},
    )


def _triggers_name(count: int) -> str:
    return f"{count:,} trigger{'s' if count > 1 else ''}"


def _workflow_names() -> list[str]:
    return [f"{count:,} workflows, unchanged" for count in WORKFLOWS]


def _changed_names() -> list[str]:
    return [f"{count:,} workflows, changed" for count in WORKFLOWS]


def cases(folder: Path) -> list[dict[str, Any]]:
    """Every case of ``bench.hot_path``, with clients of botocore and without; writes the configurations to ``folder``."""
    event = {"status": "SUCCESS", "start_date": "2026-01-01", "artifacts": {"output_path": "s3://bucket/path"}}
    found: list[dict[str, Any]] = []

    def add(name: str, document: Any, jobs: list[str], event: dict[str, Any], *, uploads: int = 1) -> None:
        paths = []
        for number in range(uploads):
            path = folder / f"{len(found)}-{number}.json"
            path.write_text(json.dumps(document | {"$schema": f"version {number}"}), encoding="utf-8")
            paths.append(str(path))
        events = EVENTS if uploads == 1 else 1
        case = {"configurations": paths, "events": events, "job_names": jobs, "event": event}
        found.extend({"name": f"{clients}: {name}", "clients": clients, **case} for clients in (BOTOCORE, NONE))

    for count, unchanged, changed in zip(WORKFLOWS, _workflow_names(), _changed_names(), strict=True):
        document = configuration(count)
        add(unchanged, document, list(document["workflows"])[:10], event)
        add(changed, document, list(document["workflows"])[:10], event, uploads=CHANGES)
    for count in TRIGGERS:
        triggers = [{"type": "sqs_mwaa", "dag_id": f"dag_{number}"} for number in range(count)]
        add(_triggers_name(count), {"workflows": {"job": {"on_success": triggers}}}, ["job"], event)
    for size in EVENT_KB:
        document = configuration(10)
        rows = {"rows": ["x" * 90 for _ in range(max(0, size * 1000 - 200) // 93)]}
        add(f"{size} KB", document, list(document["workflows"]), event | {"metrics": rows})
    return found


def _program(made: Environment, listed: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Run ``bench.hot_path`` once, and leave out each case's first events, which fill caches."""
    answer = subprocess.run(  # noqa: S603 - this package's program
        [made.python, "-P", hot_path.__file__],
        input=json.dumps(listed),
        env=clean_environment(**AWS, PYTHONPATH=str(made.compiled)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, list[float]] = json.loads(answer.stdout)
    warm = {case["name"]: hot_path.WARM_UP * 2 if len(case["configurations"]) == 1 else 1 for case in listed}
    return {name: values[warm[name] :] for name, values in found.items()}


def _table(figures: dict[str, Figure], heading: str, names: list[str]) -> Table:
    rows: list[list[Cell]] = []
    for name in names:
        whole, own = figures[f"{BOTOCORE}: {name}"], figures[f"{NONE}: {name}"]
        share = Figure(values=[100 * (1 - ratio) for ratio in own.over(whole).values], unit="%")
        rows.append([name, whole, own, share])
    return Table(columns=[heading, "CPU of one event", "Without botocore", "botocore's share"], rows=rows)


if __name__ == "__main__":
    main(measure, __doc__ or "")
