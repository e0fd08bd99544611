"""Runs programs, and measures their processor time and duration."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Used:
    """Resources of one process and of its children that ended.

    Attributes:
        cpu: user and system time in seconds.
        seconds: duration.
        output: standard output.
    """

    cpu: float
    seconds: float
    output: str


def run(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Used:
    """Run a command to its end.

    Args:
        command: program and arguments.
        environment: all its environment variables; None for this process's.
        folder: current folder of the command.

    Raises:
        RuntimeError: the exit code is not 0. The message has the command and the end of its error output.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - commands of the benchmarks
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=environment, cwd=folder
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise RuntimeError(
                f"{' '.join(map(str, command))}: exit code {process.returncode}. Its errors end with:\n"
                f"{(errors.read() or output.read())[-2000:].decode(errors='replace')}"
            )
        text = output.read().decode()
    return Used(used.ru_utime + used.ru_stime, seconds, text)


def clean_environment(**more: str) -> dict[str, str]:
    """This process's variables without those of AWS, Python and make, and ``more``."""
    foreign = ("AWS_", "PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | more


AWS = {"AWS_DEFAULT_REGION": "us-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
"""Variables with which botocore creates clients without asking the machine."""
