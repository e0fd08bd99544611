"""Writes commands that people paste into a shell. The text of an event is quoted: its publisher must not write commands."""

from __future__ import annotations

import shlex
from collections.abc import Mapping


def command(name: str, *arguments: str, options: Mapping[str, str] | None = None) -> str:
    """A command of ``orchestrator`` on one line, which bash and zsh read as exactly these arguments.

    Args:
        name: of the command.
        arguments: positional ones. One that begins with ``-`` stays an argument.
        options: name to value, such as ``{"--function": "router"}``.
    """
    written = [word for option, value in (options or {}).items() for word in _words(option, value)]
    dashed = any(argument.startswith("-") for argument in arguments)
    words = [*written, "--", *arguments] if dashed else [*arguments, *written]
    return " ".join(["orchestrator", name, *map(quoted, words)])


def option(name: str, value: str) -> str:
    """An option with its value, such as ``--only load``, for a sentence that names no whole command."""
    return " ".join(map(quoted, _words(name, value)))


def _words(option: str, value: str) -> tuple[str, ...]:
    """The words of an option. A value that begins with ``-`` must not be read as another option."""
    return (f"{option}={value}",) if value.startswith("-") else (option, value)


def quoted(text: str) -> str:
    r"""The text as one word of a shell. With control characters, it is ``$'a\x0ab'``, which a log keeps on one line."""
    if text.isprintable():
        word = shlex.quote(text)
        return f"'{text}'" if word == text and text.startswith("=") else word  # zsh reads =ls as the path of ls
    return "$'" + "".join(_escaped(character) for character in text) + "'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    # Bytes do not depend on the locale, as \u202e would. A shell's word ends at a NUL, so it is left out.
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogatepass") if byte)
