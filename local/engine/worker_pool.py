"""Worker processes of one Lambda function, started on demand, reused, and replaced after they die."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from dataclasses import replace
from typing import IO

from local.engine import worker_processes
from local.engine.invocation import Reply, Request
from local.engine.worker_processes import Worker

CLOSE_TIMEOUT = 2.0
"""Seconds that ``close()`` waits for a busy worker before it kills the worker."""


class WorkerPool:
    """The workers of one function.

    A worker is idle, or belongs to one invocation. Only that invocation uses and closes the worker's pipes, so a pool that
    closes cannot take the pipes away from an invocation that has just begun, or that reads its reply.

    Attributes:
        environment: environment variables of the workers.
        started: all workers that the pool started, also those that have ended.
    """

    def __init__(self, environment: dict[str, str], size: int) -> None:
        self.environment = environment
        self.started: list[Worker] = []
        self._size = size
        self._idle: list[Worker] = []
        self._busy = 0
        self._closed = False
        self._changed = threading.Condition()

    def run(self, request: Request, timeout: float) -> Reply | None:
        """Run one event in one worker; a worker that dies or exceeds the timeout returns an error.

        Returns None if the pool was closed before the invocation had a worker.
        """
        worker = self._take()
        if worker is None:
            return None
        reusable = False
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            worker.kill()

        try:
            # The timeout begins with the run, not with the wait for a worker.
            timer = threading.Timer(timeout, expire)
            timer.start()
            try:
                line = _ask(worker, replace(request, deadline=time.time() + timeout).to_line())
            finally:
                timer.cancel()
                timer.join()  # Otherwise the timer could kill the worker's next invocation.
            reusable = bool(line) and not expired.is_set()
        finally:
            self._give_back(worker, reusable=reusable)
        if line:
            return Reply.from_line(line)
        if expired.is_set():
            return _error(request, "Sandbox.Timedout", f"Task timed out after {timeout:.2f} seconds")
        return _error(request, "Runtime.ExitError", "the worker process ended unexpectedly")

    def retire(self) -> None:
        """Accept no further invocation and end the idle workers; a busy worker ends after its invocation."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            self._changed.notify_all()
        for worker in idle:
            _close(worker.stdin)
        for worker in idle:
            _end(worker)

    def close(self) -> None:
        """End all workers; a worker that is still busy after ``CLOSE_TIMEOUT`` is killed."""
        self.retire()
        with self._changed:
            if self._changed.wait_for(lambda: not self._busy, CLOSE_TIMEOUT):
                return
            for worker in self.started:
                worker.kill()
            self._changed.wait_for(lambda: not self._busy)

    def _take(self) -> Worker | None:
        """Wait for a worker and take it; returns None if the pool is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._busy < self._size)
            if self._closed:
                return None
            self._busy += 1
            idle = [worker for worker in self._idle if worker.poll() is None]
            dead = [worker for worker in self._idle if worker not in idle]  # They died between two invocations.
            self._idle = idle
            taken = self._idle.pop() if self._idle else None
        for worker in dead:
            _end(worker)
        return taken or self._started()

    def _started(self) -> Worker:
        """Start a worker. Not under the lock: a finished invocation must not wait for another one's start."""
        try:
            worker = worker_processes.start(self.environment)
        except BaseException:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
            raise
        with self._changed:
            self.started.append(worker)
        return worker

    def _give_back(self, worker: Worker, *, reusable: bool) -> None:
        with self._changed:
            keep = reusable and not self._closed
            if keep:
                self._idle.append(worker)
                self._busy -= 1
                self._changed.notify_all()
        if not keep:
            _end(worker)
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()


def _ask(worker: Worker, request: str) -> str:
    """Write a line to a worker and return the line that it answers; "" if the worker ends."""
    if worker.stdin is None or worker.stdout is None:
        return ""
    with contextlib.suppress(OSError):
        worker.stdin.write(request + "\n")
        worker.stdin.flush()
        return worker.stdout.readline()
    return ""


def _end(worker: Worker) -> None:
    """Close the worker's input, which ends it, and wait for its end; kill it after a timeout."""
    _close(worker.stdin)
    try:
        worker.wait(timeout=CLOSE_TIMEOUT)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    _close(worker.stdout)


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):  # The input's last flush fails if the worker has ended.
            pipe.close()


def _error(request: Request, kind: str, problem: str) -> Reply:
    """Answer in the place of a worker that gave none."""
    return Reply(error={"errorMessage": f"RequestId: {request.request_id} Error: {problem}", "errorType": kind})
