"""Plays scenarios in two trees at once, and compares what both drivers print, line by line."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import IO

from tests.parity.allowed import ADDED, TAGGED, TEXTS
from tests.parity.features import features_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("orchestration", "tasks")
"""Packages of the router, which a driver imports."""
_SHOWN = 160


class DriverError(Exception):
    """A driver ended before its scenario did."""


class Driver:
    """A process that plays scenarios in one tree."""

    def __init__(self, tree: Path) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("driver.py")), str(tree)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"},
        )

    def play(self, scenario: str) -> list[list[str]]:
        """Play one scenario; returns its lines in groups, one for each delivery.

        Raises:
            DriverError: the process has ended.
        """
        source, sink = _pipes(self.process)
        groups: list[list[str]] = [[]]
        try:
            sink.write(scenario + "\n")
            sink.flush()
        except BrokenPipeError:
            pass  # the reason follows
        for line in source:
            if line.startswith('["end"'):
                return groups
            if line.startswith('["delivery"'):
                groups.append([])
            groups[-1].append(line)
        self.errors.seek(0)
        raise DriverError(f"the driver ended: {self.errors.read().decode(errors='replace')[-2_000:]}")

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()
        self.errors.close()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdout is not None
    assert process.stdin is not None
    return process.stdout, process.stdin


@dataclass
class Result:
    """Figures of a comparison.

    Attributes:
        pairs: number of scenarios.
        lines: number of lines that were compared.
        counts: number of pairs that had a feature.
        calls: number of attempts of AWS calls by operation, in the old tree.
        allowed: number of deliveries for each reason of an allowed difference, with an example.
        differences: texts of the pairs that differ.
    """

    pairs: int = 0
    lines: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    allowed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def compare(old: Path, new: Path, scenarios: Iterable[str]) -> Iterator[Result]:
    """Play the scenarios in both trees; yields the result so far after each scenario.

    Raises:
        DriverError: a driver ended.
    """
    result = Result()
    drivers = [Driver(old), Driver(new)]
    try:
        with ThreadPoolExecutor(2) as pool:
            for text in scenarios:
                before, after = pool.map(lambda driver, text=text: driver.play(text), drivers)
                scenario = json.loads(text)
                result.pairs += 1
                lines = [json.loads(line) for group in before for line in group]
                result.lines += len(lines)
                result.calls.update(line[1] for line in lines if line[0] == "call")
                result.counts.update(features_of(scenario, lines))
                where = f"pair {scenario['number']} ({scenario['kind']})"
                for number, (was, now) in enumerate(zip_longest(before, after, fillvalue=list[str]())):
                    _compare(result, f"{where}, delivery {number}", was, now)
                yield result
    finally:
        for driver in drivers:
            driver.close()


def _compare(result: Result, where: str, was: list[str], now: list[str]) -> None:
    """Compare the lines of one delivery."""
    if was == now:
        return
    reasons = list[str]()
    left, right = _lines(was, reasons), _lines(now, reasons)
    reason = "" if left == right else _tagged(was, now)
    if left != right and not reason:
        old, new = next(pair for pair in zip_longest(left, right, fillvalue="") if pair[0] != pair[1])
        result.differences.append(f"{where}\n  old: {_around(old, new)}\n  new: {_around(new, old)}")
        return
    for name in dict.fromkeys(reasons if left == right else [reason]):
        result.allowed[name] += 1
        old, new = next(pair for pair in zip_longest(was, now, fillvalue="") if pair[0] != pair[1])
        result.examples.setdefault(name, f"{where}\n  old: {_around(old, new)}\n  new: {_around(new, old)}")


def _lines(lines: list[str], reasons: list[str]) -> list[str]:
    """The lines without those that one revision may have alone; notes the reasons."""
    added = [next((reason for pattern, reason in ADDED if re.search(pattern, line)), "") for line in lines]
    reasons += filter(None, added)
    return [_canonical(line, reasons) for line, reason in zip(lines, added, strict=True) if not reason]


def _canonical(line: str, reasons: list[str]) -> str:
    """The line with every text that may differ in one form; notes the reasons."""
    for pattern, replacement, reason in TEXTS:
        line, count = re.subn(pattern, replacement, line)
        reasons += [reason] if count else []
    return line


def _tagged(was: list[str], now: list[str]) -> str:
    """The reason why the whole delivery may differ; empty if it may not."""
    tags = json.loads(was[0])[1] if was and was[0].startswith('["delivery"') else []
    for tag, pattern, reason in TAGGED:
        if tag in tags and any(re.search(pattern, line) for line in now):
            return reason
    return ""


def _around(line: str, other: str) -> str:
    """The line around its first character that differs."""
    at = next((index for index, pair in enumerate(zip(line, other, strict=False)) if pair[0] != pair[1]), 0)
    at = at or min(len(line), len(other))
    start = max(0, at - _SHOWN)
    kind = line[: min(start, 40)]
    return f"{kind}{'…' if start else ''}{line[start : at + _SHOWN].rstrip()}" or "(no line)"


@contextmanager
def tree_of(revision: str) -> Iterator[Path]:
    """A temporary folder with the router of a revision.

    Raises:
        LookupError: git does not know the revision.
    """
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", revision, *PACKAGES]
    archive = subprocess.run(command, capture_output=True, check=False)
    if archive.returncode:
        reason = archive.stderr.decode(errors="replace").strip()
        raise LookupError(f"{revision}: {reason}. If the checkout is shallow, run: git fetch --unshallow")
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder)
