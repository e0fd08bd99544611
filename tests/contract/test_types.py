"""Types stay real: few places say ``Any``, so mypy checks what the others hold."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("analysis", "builder", "cli", "console", "dags", "local", "operations", "orchestration", "tasks")


def count(pattern: str, *packages: str) -> int:
    sources = (path.read_text(encoding="utf-8") for package in packages for path in (ROOT / package).rglob("*.py"))
    return sum(len(re.findall(pattern, source)) for source in sources)


def test_the_domain_has_at_most_60_untyped_places() -> None:
    """``object`` and ``cast`` count too, because they can rename ``Any``. Fields that pydantic reads keep ``Any``."""
    found = {word: count(rf"\b{word}\b", "orchestration") for word in ("Any", "cast")}
    found["object"] = count(r"(?:: |\[|-> |, )object\b", "orchestration")
    print(found)  # noqa: T201 - shown by pytest -rP
    assert sum(found.values()) <= 60


def test_the_product_has_at_most_200_dictionaries_of_any() -> None:
    found = count(r"dict\[str, Any\]", *PACKAGES)
    print(found)  # noqa: T201 - shown by pytest -rP
    assert found <= 200
