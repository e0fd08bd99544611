"""The wait for Ctrl-C ends when the system delivers the signal to a server's thread."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.helpers import ROOT

PROGRAM = """
import signal, threading, time
from cli.stop_signal import stop_event, wait_for_stop

def deliver_to_this_thread():
    time.sleep(0.5)  # The main thread waits by then.
    signal.pthread_kill(threading.get_ident(), signal.{name})
    time.sleep(30)

stopped = stop_event()
threading.Thread(target=deliver_to_this_thread, daemon=True).start()
wait_for_stop(stopped)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signal_that_another_thread_gets_ends_the_wait(name: str) -> None:
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    assert subprocess.run(command, cwd=ROOT, timeout=20, check=False).returncode == 0
