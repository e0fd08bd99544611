"""The pool reuses workers, replaces dead ones, and ends each worker after the invocation that uses it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.engine import worker_pool
from local.engine.invocation import Reply
from local.engine.worker_pool import WorkerPool
from local.engine.worker_processes import Worker
from tests.local.helpers import request

TIMEOUT = 120.0


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    started = WorkerPool({}, 1)
    yield started
    started.close()


class Pause:
    """Stops each invocation between its worker and its first byte, until ``resume`` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.resume = threading.Event(), threading.Event()
        ask = worker_pool._ask

        def paused(worker: Worker, line: str) -> str:
            self.reached.set()
            assert self.resume.wait(TIMEOUT)
            return ask(worker, line)

        monkeypatch.setattr(worker_pool, "_ask", paused)


@pytest.mark.parametrize("end", ["retire", "close"])
def test_invocation_that_has_a_worker_survives_the_end(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(worker_pool, "CLOSE_TIMEOUT", TIMEOUT)
    pause = Pause(monkeypatch)
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(pool.run, request("pid"), TIMEOUT)
        assert pause.reached.wait(TIMEOUT)
        ending = threads.submit(getattr(pool, end))
        while not pool._closed:
            pass
        pause.resume.set()
        reply = running.result(TIMEOUT)
        ending.result(TIMEOUT)
    assert reply is not None
    assert reply.result == pool.started[0].pid
    assert pool.started[0].poll() is not None


def test_closed_pool_runs_no_invocation(pool: WorkerPool) -> None:
    pool.retire()
    assert pool.run(request("pid"), TIMEOUT) is None
    assert pool.started == []


def test_waiting_invocation_leaves_when_the_pool_retires(pool: WorkerPool, tmp_path: Path) -> None:
    started, end = tmp_path / "started", tmp_path / "end"
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(pool.run, request("touch_and_wait", [str(started), str(end)]), TIMEOUT)
        while not started.exists():
            pass
        waiting = threads.submit(pool.run, request("pid"), TIMEOUT)
        pool.retire()
        assert waiting.result(TIMEOUT) is None
        assert not running.done()
        end.touch()
        assert running.result(TIMEOUT) is not None


@pytest.mark.slow
def test_reply_at_the_timeout_is_not_the_last_of_its_worker(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that the timer kills after its reply serves no other invocation."""
    ask = worker_pool._ask
    kills: list[int] = []

    def late(worker: Worker, line: str) -> str:
        reply = ask(worker, line)
        if not kills:
            while worker.poll() is None:  # until the timer has killed it
                pass
            kills.append(worker.pid)
        return reply

    monkeypatch.setattr(worker_pool, "_ask", late)
    first = pool.run(request("pid"), 5)
    second = pool.run(request("pid"), TIMEOUT)
    assert first is not None
    assert second is not None
    assert first.result == kills[0]
    assert second.result == pool.started[1].pid != kills[0]


def test_large_reply_is_complete(pool: WorkerPool) -> None:
    """A reply of several reads: the worker ends after its last byte, and the pool closes meanwhile."""
    reply = pool.run(request("echo", "x" * 1_000_000), TIMEOUT)
    assert reply is not None
    assert reply.result == "x" * 1_000_000


def test_dead_worker_is_replaced(pool: WorkerPool) -> None:
    def pid() -> Reply:
        reply = pool.run(request("pid"), TIMEOUT)
        assert reply is not None
        return reply

    first = pid().result
    assert isinstance(first, int)
    os.kill(first, signal.SIGKILL)
    pool.started[0].wait(TIMEOUT)
    assert pid().result == pool.started[1].pid != first
