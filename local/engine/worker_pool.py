"""Worker processes of one Lambda function, started on demand, reused, and replaced after they die."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

from local.engine import worker_processes
from local.engine.worker_processes import Worker

CLOSE_TIMEOUT = 2.0
"""Seconds that ``close()`` waits for a busy worker before it kills the worker."""


class WorkerPool:
    """The workers of one function; ``environment`` holds their environment variables."""

    def __init__(self, environment: dict[str, str], size: int) -> None:
        self.environment = environment
        self._slots: queue.Queue[Worker | None] = queue.LifoQueue()
        self._all: list[Worker] = []
        self._closed = False
        self._lock = threading.Lock()
        for _ in range(size):
            self._slots.put(None)

    def run(self, invocation: dict[str, Any], timeout: float) -> dict[str, Any] | None:
        """Run one invocation in one worker; a worker that dies or exceeds the timeout returns an error.

        Returns None if the pool was closed before the invocation had a worker.
        """
        with self._worker() as slot:
            if slot[0] is not None and slot[0].poll() is not None:
                slot[0] = None  # The worker died between two invocations.
            worker = slot[0] = slot[0] or self._start()
            # The worker of a closed pool has ended its invocation, and accepts no other one.
            if worker is None or self._closed:
                return None
            # The timeout begins with the run, not with the wait for a worker.
            invocation = invocation | {"deadline": time.time() + timeout}
            timer = threading.Timer(timeout, worker.kill)
            timer.start()
            try:
                if worker.stdin is None or worker.stdout is None:
                    raise ValueError("the worker has no pipes")
                worker.stdin.write(json.dumps(invocation) + "\n")
                worker.stdin.flush()
                line = worker.stdout.readline()
            except (OSError, ValueError):
                line = ""
            finally:
                expired = not timer.is_alive()
                timer.cancel()
            if line:
                reply: dict[str, Any] = json.loads(line)
                return reply
            slot[0] = None
            if expired:
                return _error(invocation, "Sandbox.Timedout", f"Task timed out after {timeout:.2f} seconds")
            return _error(invocation, "Runtime.ExitError", "the worker process ended unexpectedly")

    def close(self) -> None:
        """Close the input of all workers, which ends idle workers, and kill busy workers after a timeout."""
        with self._lock:
            self._closed = True  # An invocation that waits for a killed worker's place must not start another worker.
        for worker in self._all:
            _close(worker.stdin)
        for worker in self._all:
            try:
                worker.wait(timeout=CLOSE_TIMEOUT)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            _close(worker.stdout)

    @contextlib.contextmanager
    def _worker(self) -> Iterator[list[Worker | None]]:
        slot = [self._slots.get()]
        try:
            yield slot
        finally:
            self._slots.put(slot[0])

    def _start(self) -> Worker | None:
        """Start a worker; returns None if the pool is closed."""
        with self._lock:
            if self._closed:
                return None
            worker = worker_processes.start(self.environment)
            self._all.append(worker)
            return worker


def _error(invocation: dict[str, Any], kind: str, problem: str) -> dict[str, Any]:
    """Answer in the place of a worker that gave none."""
    return {"error": {"errorMessage": f"RequestId: {invocation['request_id']} Error: {problem}", "errorType": kind}}


def _close(pipe: Any) -> None:
    with contextlib.suppress(OSError, ValueError):
        pipe.close()
