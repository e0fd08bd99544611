"""The ``orchestrator`` command, run in this process, which is fast, or in a separate process."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pytest

from cli.main import main

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-P", "-m", "cli.main"]


@dataclass(frozen=True, slots=True)
class Result:
    """Exit code and output of a command."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """Runs ``orchestrator`` in this process. An error that the command does not report fails the test."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, stdin: str | TextIO = "") -> Result:
        given = io.TextIOWrapper(io.BytesIO(stdin.encode())) if isinstance(stdin, str) else stdin
        self.monkeypatch.setattr(sys, "argv", ["orchestrator", *arguments])
        self.monkeypatch.setattr(sys, "stdin", given)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        return Result(int(ended.value.code or 0), out, err)


def run_process(*arguments: str, stdin: bytes = b"", **environment: str) -> Result:
    """Run ``orchestrator`` in a separate process."""
    process = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", **environment},
    )
    result = Result(process.returncode, process.stdout.decode(), process.stderr.decode())
    assert "Traceback" not in result.stderr
    return result


def accept_interrupts() -> None:
    """Make SIGINT end the new process. A shell's background job ignores it, and so would every process of the tests."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Local:
    """A process that runs ``orchestrator local``.

    Attributes:
        variables: environment variables that it prints for the AWS CLI and boto3.
        lines: lines that it prints when it is ready.
    """

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "local", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=accept_interrupts,  # noqa: PLW1509 - it only sets a signal's disposition
            env={**os.environ, **environment},
        )
        assert self.process.stdout is not None
        watchdog = threading.Timer(240, self.process.kill)
        watchdog.start()
        self.variables: dict[str, str] = {}
        self.lines: list[str] = []
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                self.variables[name] = value
            if line.startswith("# Stop with Ctrl-C"):
                break
        watchdog.cancel()

    def stop(self) -> int:
        """Send SIGINT and return the exit code; a process that does not end is killed."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.stdout is not None
        try:
            return self.process.wait(timeout=120)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
