"""The diagram of CONTRIBUTING.md stands between its markers, without arrows that follow from others.

``tests/contract/test_rooms.py`` compares it with the imports.
"""

from __future__ import annotations

import pytest

from builder.pages import packages


def test_arrow_that_follows_from_others_is_left_out() -> None:
    arrows = {"a": {"b", "c", "d"}, "b": {"c"}, "c": {"d"}, "d": set[str]()}
    assert packages.reduced(arrows) == {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}


def test_diagram_replaces_only_the_text_between_the_markers() -> None:
    page = f"before\n{packages.BEGIN}\nold\n{packages.END}\nafter\n"
    built = packages.build(page)
    assert built.startswith(f"before\n{packages.BEGIN}\n\n```mermaid\n")
    assert built.endswith(f"```\n\n{packages.END}\nafter\n")
    assert packages.build(built) == built


@pytest.mark.parametrize("page", ["", packages.BEGIN, packages.END])
def test_page_without_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="found no place for the diagram"):
        packages.build(page)
