"""The Lambda runtime's workers: replaced when they die, killed at their timeout, gone when the runtime closes."""

from __future__ import annotations

import os
import signal
import time
from types import SimpleNamespace
from typing import Any

import pytest

from local.lambda_runtime import LambdaRuntime
from local.worker_pool import WorkerPool

EMPTY_ZIP = b"PK\x05\x06" + b"\0" * 18
"""The end record alone; the handlers are this checkout's."""


def function(handler: str, timeout: int = 20) -> Any:
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
    pools: list[WorkerPool] = list(runtime._pools.values())
    return [worker.pid for pool in pools for worker in pool._all]


def alive(pid: int) -> bool:
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


def test_a_worker_is_reused(runtime: LambdaRuntime) -> None:
    for _ in range(3):
        assert runtime.invoke(function("tests.local.handlers.pid"), {}).error is None
    assert len({one.result for one in runtime.invocations}) == 1


def test_a_worker_that_died_between_two_invocations_is_replaced(runtime: LambdaRuntime) -> None:
    first = runtime.invoke(function("tests.local.handlers.pid"), {}).result
    os.kill(first, signal.SIGKILL)
    time.sleep(0.2)
    second = runtime.invoke(function("tests.local.handlers.pid"), {})
    assert second.error is None
    assert second.result != first


def test_a_handler_that_takes_too_long_is_killed(runtime: LambdaRuntime) -> None:
    began = time.monotonic()
    invocation = runtime.invoke(function("tests.local.handlers.sleep", timeout=1), {})
    assert time.monotonic() - began < 5
    assert invocation.error is not None
    assert invocation.error["errorType"] == "Sandbox.Timedout"


def test_nothing_outlives_the_runtime() -> None:
    runtime = LambdaRuntime({})
    runtime.invoke(function("tests.local.handlers.pid"), {})
    runtime.invoke_async(function("tests.local.handlers.fail"), {})
    runtime.invoke_async(function("tests.local.handlers.sleep"), {})
    time.sleep(1)
    began = time.monotonic()
    runtime.close()
    assert time.monotonic() - began < 6  # the sleeping one is killed after two seconds
    assert not [pid for pid in workers(runtime) if alive(pid)]
    with pytest.raises(RuntimeError, match="closed"):
        runtime.invoke(function("tests.local.handlers.pid"), {})


def test_what_a_handler_prints_is_its_log(runtime: LambdaRuntime) -> None:
    invocation = runtime.invoke(function("tests.local.handlers.fail"), {"a": 1})
    assert invocation.error is not None
    assert invocation.error["errorType"] == "ValueError"
    assert "fail" in invocation.error["stackTrace"][-1]
    assert "printed {'a': 1}" in invocation.logs
