"""Reads input files, writes output files and prints JSON reports."""

from __future__ import annotations

import codecs
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import typer

from local.defaults import EXAMPLE_CONFIG
from orchestration.errors import OrchestrationError

DEFAULT_CONFIG = Path("orchestration/workflow_config.json")
"""Configuration of the repository in the current folder, for a command that is given none."""


class InputFileError(OrchestrationError):
    """A file cannot be read. The person who named it acts."""


class OutputFileError(OrchestrationError):
    """A file cannot be written. The person who named it acts."""


def read_text(path: Path) -> str:
    """Return the text of a configuration, or of standard input for ``-``, without a byte order mark.

    Raises:
        InputFileError: it does not exist, cannot be read, or is not UTF-8.
    """
    data = read_bytes(path)
    note_bom(path, data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputFileError(f"{path}: is not UTF-8 (byte {error.start}).") from error


def note_bom(path: Path, data: bytes) -> None:
    """Print a note on standard error if a configuration starts with a byte order mark, which every command leaves out."""
    if data.startswith(codecs.BOM_UTF8):
        name = "(standard input)" if str(path) == "-" else path
        text = f"{name}: starts with a byte order mark (BOM), which is left out. Save the file without it."
        typer.echo(f"orchestrator: {text}", err=True)


def read_bytes(path: Path) -> bytes:
    """Return the content of the file, or of standard input for ``-``.

    Raises:
        InputFileError: it does not exist, or cannot be read.
    """
    if str(path) == "-" and sys.stdin is None:
        raise InputFileError("-: standard input is closed. Name a file.")
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        if path == DEFAULT_CONFIG and isinstance(error, FileNotFoundError):
            raise InputFileError(
                f"{path}: the current folder has no such file. Name a configuration, for example {EXAMPLE_CONFIG}"
            ) from error
        raise InputFileError(f"{path}: {error.strerror}. Name a readable file.") from error


def write_text(path: Path, text: str) -> None:
    """Write a file that a person named.

    Raises:
        OutputFileError: its folder does not exist, or it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputFileError(f"{path}: {error.strerror}. Name a file that can be written.") from error


def print_json(value: Any) -> None:
    """Write a report as JSON to standard output, in ASCII, so that every terminal and pipe carries it unchanged."""
    shown = dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
    sys.stdout.write(json.dumps(shown, indent=2) + "\n")
    sys.stdout.flush()  # An error at the end of the process would be a traceback.
