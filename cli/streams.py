r"""Standard streams that no text and no reader can break.

A terminal's encoding may lack a character: it is printed as an escape such as ``\u2192``. A reader such as ``head`` may close the
pipe: the rest of the output is dropped, because the exit code of ``plan`` and the work of ``publish`` must not depend on it.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

_closed = False


class _Output(io.FileIO):
    """A file descriptor that drops what it writes after its reader has closed the pipe."""

    def write(self, data: object) -> int:
        """Write bytes; returns their number."""
        try:
            return super().write(data)  # type: ignore[arg-type] # typeshed's Buffer needs Python 3.12
        except BrokenPipeError:
            _drop(self.fileno())
            return super().write(data)  # type: ignore[arg-type]


def protect_streams() -> None:
    """Replace standard output and error of this process; a closed one drops its text."""
    sys.stdout = _protected(sys.stdout, sys.__stdout__)
    sys.stderr = _protected(sys.stderr, sys.__stderr__)


def reader_gone() -> bool:
    """Return True if the reader of the output has closed the pipe. An endless command then ends."""
    return _closed


def drop_output() -> None:
    """Drop the output in the buffer. It cannot be written, and Python would try again at the end."""
    _drop(sys.stdout.fileno())


def _drop(descriptor: int) -> None:
    global _closed  # noqa: PLW0603 - the streams belong to the process
    _closed = True
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _protected(stream: TextIO | None, original: TextIO | None) -> TextIO:
    if stream is None:  # closed by the shell: >&-
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - for the rest of the process
    if stream is not original:  # somebody captures it
        return stream
    binary = io.BufferedWriter(_Output(stream.fileno(), "wb", closefd=False))
    return io.TextIOWrapper(
        binary, encoding=stream.encoding, errors="backslashreplace", line_buffering=bool(stream.line_buffering)
    )
