"""The Lambda runtime replaces dead workers, kills them at the timeout, and ends them when it closes."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.engine import worker_pool
from local.engine.lambda_runtime import LambdaRuntime
from tests.local.helpers import wait_until

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
    return [worker.pid for worker in runtime.workers()]


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


def test_worker_knows_the_name_of_its_function(runtime: LambdaRuntime) -> None:
    """As on AWS: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html."""
    environment = runtime.invoke(function("tests.local.handlers.state"), {}).result["environment"]
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "f"


def test_dead_worker_is_replaced(runtime: LambdaRuntime) -> None:
    first = runtime.invoke(function("tests.local.handlers.pid"), {}).result
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: runtime.workers()[0].poll() is not None)
    second = runtime.invoke(function("tests.local.handlers.pid"), {})
    assert second.error is None
    assert second.result != first


def test_handler_is_killed_at_its_timeout(runtime: LambdaRuntime) -> None:
    invocation = runtime.invoke(function("tests.local.handlers.sleep", timeout=0.5), {})
    assert invocation.error is not None
    assert invocation.error["errorType"] == "Sandbox.Timedout"
    assert not alive(workers(runtime)[0])


def test_close_ends_all_workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(worker_pool, "CLOSE_TIMEOUT", 0.2)
    runtime = LambdaRuntime({})
    for name in ("a", "b"):
        runtime.invoke_async(function("tests.local.handlers.touch_and_wait"), [str(tmp_path / name), "never"])
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    runtime.close()
    assert len(workers(runtime)) == 2
    assert not [pid for pid in workers(runtime) if alive(pid)]
    assert [one.error["errorType"] for one in runtime.invocations if one.error] == ["Runtime.ExitError"] * 2
    with pytest.raises(RuntimeError, match="closed"):
        runtime.invoke(function("tests.local.handlers.pid"), {})


def test_printed_lines_are_logs(runtime: LambdaRuntime) -> None:
    invocation = runtime.invoke(function("tests.local.handlers.fail"), {"a": 1})
    assert invocation.error is not None
    assert invocation.error["errorType"] == "ValueError"
    trace = invocation.error["stackTrace"]
    assert isinstance(trace, list)
    assert "fail" in str(trace[-1])
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


def test_waiting_invocation_moves_to_the_new_workers(
    runtime: LambdaRuntime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(worker_pool, "CLOSE_TIMEOUT", 0.0)
    runtime.concurrency = 1
    started, end = tmp_path / "started", tmp_path / "end"
    for _ in range(3):
        runtime.invoke_async(function("tests.local.handlers.touch_and_wait", timeout=120), [str(started), str(end)])
    wait_until(started.exists)
    runtime.recycle()
    assert not runtime.invocations
    end.touch()
    runtime.drain()
    assert [one.error for one in runtime.invocations] == [None] * 3
    old, new = workers(runtime)
    assert sorted(one.result for one in runtime.invocations) == sorted([old, new, new])


def test_timeout_begins_when_a_worker_is_free(runtime: LambdaRuntime) -> None:
    runtime.concurrency = 1
    for _ in range(3):
        runtime.invoke_async(function("tests.local.handlers.remaining_seconds", timeout=120), {})
    runtime.drain()
    first, _, last = (one.result for one in runtime.invocations)
    assert last > first - 1.5  # It waited two seconds for the others.


def test_drain_ends_when_the_runtime_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "CLOSE_TIMEOUT", 0.1)
    runtime = LambdaRuntime({}, concurrency=1)
    for _ in range(12):  # more than the runtime's threads, so that close() cancels some
        runtime.invoke_async(function("tests.local.handlers.sleep"), {})
    waiting = threading.Thread(target=runtime.drain, daemon=True)
    waiting.start()
    wait_until(lambda: bool(workers(runtime)))
    runtime.close()
    waiting.join(120)
    assert not waiting.is_alive()


def test_each_of_two_threads_waits_for_the_same_invocation(runtime: LambdaRuntime, tmp_path: Path) -> None:
    def ended() -> int:
        runtime.drain()
        return len(runtime.invocations)

    started, end = tmp_path / "started", tmp_path / "end"
    runtime.invoke_async(function("tests.local.handlers.touch_and_wait", timeout=120), [str(started), str(end)])
    threading.Timer(0.5, end.touch).start()
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: ended(), range(2))) == [1, 1]
