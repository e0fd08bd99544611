"""Finds names that look alike but differ: Unicode normalization, wide letters, invisible characters, blanks."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable


def look_alike(name: str, names: Iterable[str]) -> str:
    """The first other name that looks like ``name``, or empty.

    Source: unicode.org/reports/tr15 (normalization form KC).
    """
    wanted = _looks(name)
    return next((other for other in names if other != name and _looks(other) == wanted), "")


def escaped(name: str) -> str:
    r"""The name as JSON in ASCII, which shows each character: ``"caf\u00e9"``."""
    return json.dumps(name)


def _looks(name: str) -> str:
    if name.isascii():
        return name.strip()
    shown = unicodedata.normalize("NFKC", name)
    return "".join(character for character in shown if unicodedata.category(character) != "Cf").strip()
