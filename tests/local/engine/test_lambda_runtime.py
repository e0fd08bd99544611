"""The Lambda runtime replaces dead workers, kills them at the timeout, and ends them when it closes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from local.engine import worker_pool
from local.engine.lambda_runtime import LambdaRuntime

EMPTY_ZIP = b"PK\x05\x06" + b"\0" * 18
"""A zip without files; the workers import the handlers from this checkout."""


def function(handler: str, timeout: float = 20) -> Any:
    """Return a function with the attributes that the runtime uses."""
    backend = SimpleNamespace(ensure_log_group=lambda _: None)
    return SimpleNamespace(
        function_name="f",
        function_arn="arn:aws:lambda:us-west-1:123456789012:function:f",
        handler=handler,
        timeout=timeout,
        environment_vars={},
        code_bytes=EMPTY_ZIP,
        code_sha_256="empty",
        event_invoke_config=[],
        logs_backend=backend,
        logs_group_name="g",
        save_logs=lambda _: None,
    )


def workers(runtime: LambdaRuntime) -> list[int]:
    """Return the process ids of all workers that the runtime started."""
    pools: list[worker_pool.WorkerPool] = list(runtime._pools.values())
    return [worker.pid for pool in pools for worker in pool._all]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true, for at most 20 seconds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Return True if the process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def runtime() -> Any:
    started = LambdaRuntime({})
    yield started
    started.close()


def test_worker_is_reused(runtime: LambdaRuntime) -> None:
    for _ in range(3):
        assert runtime.invoke(function("tests.local.handlers.pid"), {}).error is None
    assert len({one.result for one in runtime.invocations}) == 1


def test_dead_worker_is_replaced(runtime: LambdaRuntime) -> None:
    first = runtime.invoke(function("tests.local.handlers.pid"), {}).result
    os.kill(first, signal.SIGKILL)
    time.sleep(0.2)
    second = runtime.invoke(function("tests.local.handlers.pid"), {})
    assert second.error is None
    assert second.result != first


def test_handler_is_killed_at_its_timeout(runtime: LambdaRuntime) -> None:
    began = time.monotonic()
    invocation = runtime.invoke(function("tests.local.handlers.sleep", timeout=0.5), {})
    assert time.monotonic() - began < 5
    assert invocation.error is not None
    assert invocation.error["errorType"] == "Sandbox.Timedout"


def test_close_ends_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "CLOSE_TIMEOUT", 0.2)
    runtime = LambdaRuntime({})
    runtime.invoke(function("tests.local.handlers.pid"), {})
    runtime.invoke_async(function("tests.local.handlers.fail"), {})
    runtime.invoke_async(function("tests.local.handlers.sleep"), {})
    deadline = time.monotonic() + 10
    while len(workers(runtime)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(workers(runtime)) == 2
    time.sleep(0.2)  # Let the first handlers start.
    began = time.monotonic()
    runtime.close()
    assert time.monotonic() - began < 6  # close() kills the sleeping worker.
    assert not [pid for pid in workers(runtime) if alive(pid)]
    with pytest.raises(RuntimeError, match="closed"):
        runtime.invoke(function("tests.local.handlers.pid"), {})


def test_printed_lines_are_logs(runtime: LambdaRuntime) -> None:
    invocation = runtime.invoke(function("tests.local.handlers.fail"), {"a": 1})
    assert invocation.error is not None
    assert invocation.error["errorType"] == "ValueError"
    assert "fail" in invocation.error["stackTrace"][-1]
    assert "printed {'a': 1}" in invocation.logs


def test_close_starts_no_worker_for_a_waiting_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "CLOSE_TIMEOUT", 0.1)
    runtime = LambdaRuntime({}, concurrency=1)
    for _ in range(3):
        runtime.invoke_async(function("tests.local.handlers.sleep"), {})
    wait_until(lambda: bool(workers(runtime)))
    runtime.close()
    assert len(workers(runtime)) == 1
    assert [one.error["errorType"] for one in runtime.invocations if one.error] == ["Runtime.ExitError"]


def test_waiting_invocation_moves_to_the_new_workers(runtime: LambdaRuntime) -> None:
    runtime.concurrency = 1
    for _ in range(3):
        runtime.invoke_async(function("tests.local.handlers.sleep_a_second"), {})
    wait_until(lambda: bool(workers(runtime)))
    runtime.recycle()
    runtime.drain()
    assert [one.error for one in runtime.invocations] == [None] * 3


def test_timeout_begins_when_a_worker_is_free(runtime: LambdaRuntime) -> None:
    runtime.concurrency = 1
    for _ in range(3):
        runtime.invoke_async(function("tests.local.handlers.remaining_seconds"), {})
    runtime.drain()
    assert min(one.result for one in runtime.invocations) > 19


def test_drain_ends_when_the_runtime_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "CLOSE_TIMEOUT", 0.1)
    runtime = LambdaRuntime({}, concurrency=1)
    for _ in range(12):  # more than the runtime's threads, so that close() cancels some
        runtime.invoke_async(function("tests.local.handlers.sleep"), {})
    waiting = threading.Thread(target=runtime.drain, daemon=True)
    waiting.start()
    wait_until(lambda: bool(workers(runtime)))
    runtime.close()
    waiting.join(20)
    assert not waiting.is_alive()


def test_each_of_two_threads_waits_for_the_same_invocation(runtime: LambdaRuntime) -> None:
    def ended() -> int:
        runtime.drain()
        return len(runtime.invocations)

    runtime.invoke_async(function("tests.local.handlers.sleep_a_second"), {})
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: ended(), range(2))) == [1, 1]
