"""The patches share one context, which keeps the newest calls only."""

from __future__ import annotations

from local.engine.call_recorder import Call
from local.engine.lambda_runtime import KEPT, LambdaRuntime
from local.engine.patches.context import PatchContext


def test_calls_of_a_long_run_are_bounded() -> None:
    runtime = LambdaRuntime({})
    try:
        context = PatchContext("http://127.0.0.1:1", runtime)
        context.calls.extend(Call("s", "o", {}, str(number)) for number in range(10 * KEPT + 5))
        assert len(context.calls) == 10 * KEPT
        assert context.calls[0].region == "5"
    finally:
        runtime.close()
