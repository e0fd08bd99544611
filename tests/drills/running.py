"""Runs drills, each in a process: moto's state is global, and some drills wait most of the time."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Any

from tests.drills.model import DrillSkippedError, Result
from tests.drills.registry import DRILLS, drill

FIRST = ("dispatcher", "configuration-chaos", "crash-points", "deliveries", "throttling")
"""The longest drills begin first, so that the last one ends soon after the others."""

Show = Callable[[str, str, int, int], None]
"""Called with drill, step, number done and total."""


def run_drill(name: str, size: int, seed: int, reports: Any = None) -> Result:
    """Run one drill; returns its result.

    Args:
        name: name of the drill.
        size: its size.
        seed: decides events, faults and order.
        reports: queue for ``(name, step, done, total)``, or None.
    """
    began, last = time.monotonic(), 0.0

    def progress(step: str, done: int, total: int) -> None:
        nonlocal last
        if reports is not None and (done == total or time.monotonic() - last > 0.2):
            last = time.monotonic()
            reports.put((name, step, done, total))

    figures = {"name": name, "size": size, "seed": seed}
    try:
        tally = drill(name).run(size, seed, progress)
    except DrillSkippedError as reason:
        return Result(**figures, seconds=0.0, skipped=str(reason))  # type: ignore[arg-type] # of these types
    return Result.of(tally, name=name, size=size, seed=seed, seconds=time.monotonic() - began)


def run_all(sizes: dict[str, int], seed: int, at_once: int, show: Show) -> list[Result]:
    """Run the drills of these sizes, some at once, and show their progress; returns the results in the page's order."""
    context = get_context("spawn")
    order = sorted(sizes, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    with (
        context.Manager() as manager,
        ProcessPoolExecutor(at_once, mp_context=context, max_tasks_per_child=1) as pool,
    ):
        reports: Any = manager.Queue()
        futures = {name: pool.submit(run_drill, name, sizes[name], seed, reports) for name in order}
        pending: set[Future[Result]] = set(futures.values())
        while pending:
            _, pending = wait(pending, timeout=0.3)
            with contextlib.suppress(queue.Empty):
                while True:
                    show(*reports.get_nowait())
        return [futures[one.name].result() for one in DRILLS if one.name in futures]
