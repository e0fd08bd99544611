"""The code blocks of a page that a comment ``<!-- example: NAME -->`` names."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"<!-- example: (?P<name>[\w-]+) -->\n```\w+\n(?P<code>.*?)```\n", re.DOTALL)


def examples(page: str) -> dict[str, str]:
    """Name of each example to its code."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {block["name"]: block["code"] for block in _BLOCK.finditer(text)}
