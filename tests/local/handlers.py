"""Lambda handlers for the runtime's tests."""

from __future__ import annotations

import os
import time
from typing import Any


def pid(event: Any, context: Any) -> int:
    """The worker's process id."""
    return os.getpid()


def sleep(event: Any, context: Any) -> None:
    """Take longer than anyone waits."""
    time.sleep(30)


def fail(event: Any, context: Any) -> None:
    """Print, then raise."""
    print(f"printed {event}")  # noqa: T201
    raise ValueError("fail")
