"""Starts worker processes: forked from a template on Linux, as new Python processes elsewhere."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import IO, Protocol

TEMPLATE_TIMEOUT = 30.0
"""Seconds to wait for the template's answer; its first answer takes as long as the import of boto3."""

CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")
"""True if the template can fork; macOS has no process descriptors, and its frameworks do not survive a fork."""


class Worker(Protocol):
    """The part of ``subprocess.Popen`` that the pool uses."""

    pid: int
    stdin: IO[str] | None
    stdout: IO[str] | None

    def poll(self) -> int | None:
        """Return None while the process runs."""

    def kill(self) -> None:
        """Kill the process, if it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the process.

        Raises:
            subprocess.TimeoutExpired: the process still runs.
        """


def start(environment: dict[str, str]) -> Worker:
    """Start a worker whose environment variables are ``environment`` and PATH."""
    variables = {"PATH": os.environ.get("PATH", ""), "PYTHONWARNINGS": "ignore"} | environment
    if CAN_FORK:
        with contextlib.suppress(OSError):
            return _template().fork(variables)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "local.engine.lambda_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=variables,
        start_new_session=True,  # Ctrl-C must reach the engine only; the engine then stops its workers.
    )


def prepare() -> None:
    """Start the template in the background, so that the first worker does not wait for it."""
    if CAN_FORK:
        _template()


class ForkedWorker:
    """A worker that the template forked; it is not a child of this process."""

    def __init__(self, pid: int, descriptor: int, stdin: IO[str], stdout: IO[str]) -> None:
        self.pid = pid
        self.stdin: IO[str] | None = stdin
        self.stdout: IO[str] | None = stdout
        self._descriptor = descriptor
        self._ended = False
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return None while the process runs."""
        return 0 if self._has_ended(0) else None

    def kill(self) -> None:
        """Kill the process, if it runs."""
        with self._lock, contextlib.suppress(ProcessLookupError):
            if not self._ended:
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the process."""
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired(f"worker {self.pid}", timeout or 0)
        return 0

    def _has_ended(self, timeout: float | None) -> bool:
        if not self._ended:
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            if not poll.poll(None if timeout is None else 1000 * timeout):
                return False
            with self._lock:
                if not self._ended:
                    os.close(self._descriptor)
                self._ended = True
        return True


@dataclass(slots=True)
class Template:
    """A running ``local.engine.worker_template``."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def start(cls) -> Template:
        """Start the process; it imports boto3 in the background."""
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - this project's own module
                [sys.executable, "-P", "-m", "local.engine.worker_template", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", ""), "PYTHONWARNINGS": "ignore"},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        control.settimeout(TEMPLATE_TIMEOUT)
        return cls(process, control)

    def fork(self, environment: dict[str, str]) -> ForkedWorker:
        """Fork a worker.

        Raises:
            OSError: the template has ended, or does not answer.
        """
        from_us, to_worker = os.pipe()
        from_worker, to_us = os.pipe()
        stdin, stdout = os.fdopen(to_worker, "w", encoding="utf-8"), os.fdopen(from_worker, encoding="utf-8")
        try:
            with self._lock:
                socket.send_fds(self.control, [json.dumps(environment).encode()], [from_us, to_us, 2])
                answer, descriptors, _, _ = socket.recv_fds(self.control, 64, 1)
            if not answer:
                raise ConnectionResetError("the worker template has ended")
        except OSError:
            self.close()  # A late answer must not reach the next caller.
            stdin.close()
            stdout.close()
            raise
        finally:
            os.close(from_us)
            os.close(to_us)
        return ForkedWorker(int(answer), descriptors[0], stdin, stdout)

    def close(self) -> None:
        """End the process; its workers run on."""
        self.control.close()
        self.process.kill()
        self.process.wait()


_LOCK = threading.Lock()
_TEMPLATES: dict[int, Template] = {}


def _template() -> Template:
    """Return this process's template; start it if it does not run. A forked child of this process gets its own."""
    with _LOCK:
        pid = os.getpid()
        if pid in _TEMPLATES and _TEMPLATES[pid].process.poll() is not None:
            _TEMPLATES.pop(pid).close()
        if pid not in _TEMPLATES:
            _TEMPLATES[pid] = Template.start()
            atexit.register(_TEMPLATES[pid].close)
        return _TEMPLATES[pid]
