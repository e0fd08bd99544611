"""Waits for Ctrl-C or SIGTERM in commands that serve until then."""

from __future__ import annotations

import signal
import threading

INTERVAL = 0.2
"""Seconds between two looks at the event."""


def stop_event() -> threading.Event:
    """Return an event that SIGINT and SIGTERM set; call it in the main thread."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def wait_for_stop(stopped: threading.Event) -> None:
    """Wait until the event of ``stop_event`` is set.

    A wait without a timeout can miss the signal for ever. Linux may deliver it to a server's thread, but Python runs the
    handler in the main thread only, and nothing wakes that one. Source: docs.python.org/3/library/signal.html, "Execution of
    Python signal handlers".
    """
    while not stopped.wait(INTERVAL):
        pass
