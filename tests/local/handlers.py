"""Lambda handlers for the tests of the Lambda runtime."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any


def pid(event: Any, context: Any) -> int:
    """Return the process id of the worker."""
    return os.getpid()


def sleep(event: Any, context: Any) -> None:
    """Run longer than any timeout in the tests."""
    time.sleep(30)


def touch_and_wait(event: list[str], context: Any) -> int:
    """Create the file ``event[0]``, wait until the file ``event[1]`` exists, and return the process id of the worker."""
    started, end = map(Path, event)
    started.touch()
    while not end.exists():
        time.sleep(0.01)
    return os.getpid()


def remaining_seconds(event: Any, context: Any) -> float:
    """Return the seconds until the timeout, and run for one second."""
    seconds: float = context.get_remaining_time_in_millis() / 1000
    time.sleep(1)
    return seconds


def state(event: Any, context: Any) -> dict[str, Any]:
    """Return the worker's environment variables, its parent process, and the loaded modules of this project."""
    modules = [name for name in sys.modules if name.split(".")[0] in ("builder", "cli", "orchestration", "tasks")]
    return {"environment": dict(os.environ), "parent": os.getppid(), "modules": modules}


def fail(event: Any, context: Any) -> None:
    """Print the event, then raise an error."""
    print(f"printed {event}")  # noqa: T201
    raise ValueError("fail")


def echo(event: Any, context: Any) -> Any:
    """Return the event."""
    return event


def session(event: Any, context: Any) -> int:
    """Return the session of the worker's process."""
    return os.getsid(0)
