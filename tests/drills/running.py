"""Runs drills, each in a process: moto's state is global, and some drills wait most of the time."""

from __future__ import annotations

import contextlib
import queue
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from tests.drills.model import DrillSkippedError, Result, Tally
from tests.drills.registry import DRILLS, drill

FIRST = ("dispatcher", "configuration-chaos", "crash-points", "deliveries", "throttling")
"""The longest drills begin first, so that the last one ends soon after the others."""

Show = Callable[[str, str, int, int], None]
"""Called with drill, step, number done and total."""


def run_drill(name: str, size: int, seed: int, reports: Any = None) -> Result:
    """Run one drill; returns its result. A drill that ends with an error has failed, and the other drills go on.

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
    except Exception as error:  # noqa: BLE001 - a drill may raise any error; its traceback goes to standard error
        traceback.print_exc()
        tally = Tally(wrong=[f"the drill ended with {type(error).__name__}: {error!s:.300}"])
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
        return [_result(futures[one.name], one.name, sizes[one.name], seed) for one in DRILLS if one.name in futures]


def _result(ended: Future[Result], name: str, size: int, seed: int) -> Result:
    try:
        return ended.result()
    except BrokenProcessPool as error:
        wrong = Tally(wrong=[f"a process of the drills was killed, perhaps for its memory: {error}"])
        return Result.of(wrong, name=name, size=size, seed=seed, seconds=0.0)
