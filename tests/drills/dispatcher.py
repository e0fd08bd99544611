"""Airflow's dispatcher is killed twice among 500 messages: tests/airflow/test_killed.py, with its figures counted."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.drills.model import DrillSkippedError, Progress, Tally

ROOT = Path(__file__).parents[2]
TESTS = {"2.11.0": "test_killed_run_loses_no_message", "3.0.6": "test_killed_scheduler_loses_no_message"}
"""The killed program by Airflow version: the process of ``dag.test()``, and the scheduler."""


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Run the first ``count`` tests; returns the tally.

    The messages have the tests' own seed, and ``seed`` is not used.

    Raises:
        DrillSkippedError: Airflow is not installed. With CI=true that is a violation.
    """
    versions = list(TESTS)[:count]
    missing = [one for one in versions if not (ROOT / ".venv-airflow" / one / ".synced").exists()]
    if missing:
        reason = f"Airflow {', '.join(missing)} is not installed. Run: make airflow"
        if os.environ.get("CI") == "true":
            return Tally(wrong=[reason])
        raise DrillSkippedError(reason)
    tally = Tally()
    progress("Airflow versions", 0, len(versions))
    with ThreadPoolExecutor(len(versions)) as pool:
        for number, one in enumerate(pool.map(_test, versions), 1):
            tally.add(one)
            progress("Airflow versions", number, len(versions))
    return tally


def _test(version: str) -> Tally:
    """Run the test of one version, and count its figures. The test itself has a timeout, and ends what it started."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        test = f"tests/airflow/test_killed.py::{TESTS[version]}"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1", f"--junitxml={report}", test],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return read_report(report.read_text(encoding="utf-8"), version)


def read_report(text: str, version: str) -> Tally:
    """The tally of one test's JUnit report. A test that did not pass is a violation with its message."""
    tally = Tally()
    root = ET.fromstring(text)
    for case in root.iter("testcase"):
        for problem in (*case.iter("failure"), *case.iter("error"), *case.iter("skipped")):
            tally.wrong.append(f"Airflow {version}: {case.get('name')}: {problem.get('message', '')[:300]}")
        for one in case.iter("property"):
            if one.get("name") == "row":
                _count(tally, ast.literal_eval(one.get("value", "")), version)
    if not tally.events and not tally.wrong:
        tally.wrong.append(f"Airflow {version}: the report has no figures")
    return tally


def _count(tally: Tally, row: dict[str, Any], version: str) -> None:
    """Add the figures: one DAG run for each different good message, one dead letter for each malformed one."""
    good = row["sent"] - row["duplicates"] - row["rejected"]
    tally.events += good + row["rejected"]
    tally.deliveries += row["sent"]
    tally.expected[f"DAG runs, Airflow {version}"] = good
    tally.found[f"DAG runs, Airflow {version}"] = row["triggered"]
    tally.expected[f"dead letters, Airflow {version}"] = row["rejected"]
    tally.found[f"dead letters, Airflow {version}"] = row["dead"]
    tally.facts[f"seconds, Airflow {version}"] = round(row["seconds"])
