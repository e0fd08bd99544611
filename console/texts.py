"""Texts from events and services, made safe to read: control characters and direction marks become visible."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

_KEPT = "\n\t"


def visible(value: Any) -> str:
    r"""The text with ``\u001b`` in place of an escape character, and so on.

    HTML escapes do not stop a right-to-left override: it would show another name than the one that started
    (unicode.org/reports/tr36, Bidirectional Text Spoofing).
    """
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(one) for one in text)


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def pretty(value: Any) -> str:
    """A value as indented JSON, readable and without hidden characters."""
    return visible(json.dumps(value, indent=2, ensure_ascii=False))


def clock(text: str) -> str:
    """An ISO 8601 time as ``2026-01-31 12:00:00 UTC``; an empty text stays empty."""
    if not text:
        return ""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(seconds: float | None) -> str:
    """Seconds for people: ``0.4 s``, ``3 min 20 s``, ``2 h 5 min``; ``running`` for None."""
    if seconds is None:
        return "running"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
