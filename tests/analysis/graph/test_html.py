"""The page of a graph: a row for each trigger, the picture, and no network."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from analysis.drawing.layers import MAX_LINKS
from analysis.graph.html import html
from analysis.graph.svg import svg
from orchestration.errors import ConfigError
from tests.analysis.graph.graphs import graph_of, jobs

GRAPH = graph_of(
    {
        "workflows": {
            "a&b": {
                "on_success": [
                    {"type": "glue_job", "job_name": 'x"y', "id": "one", "description": "Load <it>."},
                    {"type": "glue_job", "job_name": "z", "id": "two"},
                ],
                "on_approval": [{"type": "glue_job", "job_name": "z", "id": "three"}],
            }
        }
    }
)


class Table(HTMLParser):
    """Rows of the page's table: cells, and ends of each row's link."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.ends: list[tuple[str | None, str | None]] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            self.rows.append([])
            self.ends.append((dict(attrs).get("data-source"), dict(attrs).get("data-target")))
        self._open = tag in ("td", "th")
        if self._open:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self._open = False

    def handle_data(self, data: str) -> None:
        """Add a text to the open cell."""
        if self._open:
            self.rows[-1][-1] += data


def test_table_has_each_trigger_with_the_ends_of_its_link() -> None:
    table = Table(html(GRAPH, "Lineage"))
    assert table.rows == [
        ["job", "event", "type", "target", "id", "description"],
        ["a&b", "on_success", "glue_job", 'x"y', "one", "Load <it>."],
        ["a&b", "on_success", "glue_job", "z", "two", ""],
        ["a&b", "on_approval", "glue_job", "z", "three", ""],
    ]
    assert table.ends == [
        (None, None),
        ("job:a&b", 'glue_job:x"y'),
        ("job:a&b", "glue_job:z"),
        ("job:a&b", "glue_job:z"),
    ]


def test_page_contains_the_picture_and_its_title() -> None:
    page = html(GRAPH, "Lineage & more")
    assert svg(GRAPH) in page
    assert page.count("Lineage &amp; more") == 2


def test_script_finds_what_the_page_has() -> None:
    """The script selects by these classes and attributes."""
    page = html(GRAPH, "x")
    script = page.partition("<script>")[2]
    for selector in re.findall(r'querySelector(?:All)?\("([^"]+)"\)', script):
        kind, name = ("class", selector[1:]) if selector.startswith(".") else ("tag", selector.split()[0])
        assert f'class="{name}"' in page if kind == "class" else f"<{name}" in page
    assert {"source", "target", "key"} >= set(re.findall(r"dataset\.(\w+)", script))
    assert "tbody tr" in script


def test_too_large_a_graph_is_refused() -> None:
    with pytest.raises(ConfigError, match="Choose a part with --job"):
        html(jobs(a=[f"x{number}" for number in range(MAX_LINKS + 1)]), "x")


def test_page_escapes_texts_and_needs_no_network() -> None:
    page = html(graph_of({"workflows": {"<script>": {"on_success": [{"type": "glue_job", "job_name": "x"}]}}}), "<b>")
    assert page.count("<script>") == 1
    assert "<b>" not in page
    assert not re.search(r'(?:src|href)="http', page)
