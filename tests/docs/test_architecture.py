"""docs/architecture.md shows the payloads that the code really makes."""

from __future__ import annotations

from tests.docs.payloads import PAGE, fill, names, payloads


def test_page_has_the_payloads_of_a_real_run() -> None:
    page, blocks = PAGE.read_text(encoding="utf-8"), payloads()
    assert sorted(names(page)) == sorted(blocks)
    assert fill(page, blocks) == page, "update the page: .venv/bin/python -m tests.docs.payloads"


def test_fill_replaces_a_block() -> None:
    page = "<!-- payload: event -->\n```json\nold\n```\n"
    assert fill(page, {"event": "new"}) == "<!-- payload: event -->\n```json\nnew\n```\n"
