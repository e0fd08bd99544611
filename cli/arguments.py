"""Reads the texts of a command line as UTF-8. Python reads them in the encoding of the locale, which may be ASCII."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from orchestration.errors import OrchestrationError

_Options = ParamSpec("_Options")
_Answer = TypeVar("_Answer")


class ArgumentError(OrchestrationError):
    """A text of the command line is not UTF-8. The person who typed it acts."""


def utf8_arguments(command: Callable[_Options, _Answer]) -> Callable[_Options, _Answer]:
    """The command with its text arguments read as UTF-8. Paths keep the bytes of the command line.

    Source: docs.python.org/3/library/os.html, "File Names, Command Line Arguments, and Environment Variables".
    """

    @functools.wraps(command)
    def call(*arguments: _Options.args, **options: _Options.kwargs) -> _Answer:
        return command(*map(_read, arguments), **{name: _read(value) for name, value in options.items()})  # type: ignore[arg-type]

    return call


def _read(value: object) -> object:
    if isinstance(value, list):
        return [_read(item) for item in value]
    return _utf8(value) if isinstance(value, str) else value


def _utf8(text: str) -> str:
    try:
        return text if text.isascii() else os.fsencode(text).decode()
    except UnicodeError as error:
        raise ArgumentError(f"argument {text!a:.80}: is not UTF-8.") from error
