"""The site has every page, and no link, anchor, picture or script leads to nowhere or to another host."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from markdown_it import MarkdownIt

from tests.docs_site.site import MKDOCS, ROOT, Html, broken_links, build, copy_sources, pages, require_tools

TABS = ["Home", "Configuration owners", "Job owners", "On-call", "Platform", "Contributors"]
SOURCES = {
    "README.md": "index",
    "CONTRIBUTING.md": "contributing",
    "CHANGELOG.md": "changelog",
    "dags/README.md": "dags",
    "terraform/examples/README.md": "terraform-examples",
}
PAGES = SOURCES | {
    path.relative_to(ROOT).as_posix(): path.relative_to(ROOT / "docs").with_suffix("").as_posix()
    for path in (ROOT / "docs").rglob("*.md")
    if "node_modules" not in path.parts
}
"""Path in the repository to the page's path in the site, without ``.html``."""

COUNTED = ("li", "pre", "table", "td", "h1", "h2", "h3", "img", "blockquote")


def test_site_has_every_page(site: Path) -> None:
    assert {name.removesuffix(".html") for name in pages(site)} == {*PAGES.values(), "404"}


def test_every_page_is_in_a_tab(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert [one.strip() for one in re.findall(r'class="md-tabs__link">(.*?)</a>', text, re.DOTALL)] == TABS
    sidebar = text.partition("md-sidebar--primary")[2].partition("md-sidebar--secondary")[0]
    linked = set(re.findall(r'href="([^"#]+)\.html"', sidebar)) | {"index"}
    assert linked >= set(PAGES.values())


def test_each_tab_has_the_pages_that_the_navigation_names(site: Path) -> None:
    """A pattern that matches no page would move the pages of a tab to the last one without a warning."""
    named = yaml.safe_load((ROOT / "docs" / ".nav.yml").read_text(encoding="utf-8"))["nav"]
    for tab in named:
        ((name, entries),) = tab.items()
        for page in (one for one in entries if isinstance(one, str)):
            text = (site / page).with_suffix(".html").read_text(encoding="utf-8")
            active = re.findall(r'md-tabs__item--active">.*?class="md-tabs__link">(.*?)</a>', text, re.DOTALL)
            assert [one.strip() for one in active] == [name], page
    patterns = [one["glob"] for tab in named for one in next(iter(tab.values())) if "glob" in one]
    assert patterns == ["*.md", "tutorials/*.md"]  # awesome-nav does not expand braces


def test_navigation_names_every_page() -> None:
    named = (ROOT / "docs" / ".nav.yml").read_text(encoding="utf-8")
    assert [page for page in PAGES.values() if not page.startswith("adr/") and f"{page}.md" not in named] == []


def test_site_has_no_broken_link(site: Path) -> None:
    assert broken_links(site) == []


def test_site_loads_nothing_from_elsewhere(site: Path) -> None:
    found = {url for html in pages(site).values() for url in html.resources if re.match(r"https?:|//", url)}
    assert found == set()
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\(['\"]?(?:https?:)?//|@import", styles) == []


@pytest.mark.parametrize("source", sorted(PAGES))
def test_page_has_the_structure_that_github_shows(site: Path, source: str) -> None:
    """Python-Markdown reads lists, fences and tables in another way than GitHub."""
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse((ROOT / source).read_text(encoding="utf-8"))
    expected: Counter[str] = Counter()
    for token in tokens:
        for one in (token, *(token.children or ())):
            if one.nesting >= 0:
                expected[one.tag if one.type != "fence" else "pre"] += 1
            if one.type in ("html_block", "html_inline"):
                expected["img"] += one.content.count("<img ")
    html = Html()
    html.feed((site / f"{PAGES[source]}.html").read_text(encoding="utf-8"))
    assert {tag: html.article[tag] for tag in COUNTED} == {tag: expected[tag] for tag in COUNTED}


def test_code_in_tables_breaks_after_its_parts_and_options_never(site: Path) -> None:
    """On a phone a browser would else break a name in a word, and an option after its hyphens."""
    names = (site / "error-names.html").read_text(encoding="utf-8")
    assert "<code>StepFunctions.<wbr>StateMachineDoesNotExistException</code>" in names
    commands = (site / "commands.html").read_text(encoding="utf-8")
    assert '<code class="option">--state-machine-arn &lt;str&gt;</code>' in commands
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "StepFunctions.StateMachineDoesNotExistException" in index


NOWHERE = {
    "[a page](missing-page.md)": "missing-page.md",
    "[a heading](operations.md#missing-heading)": "missing-heading",
    "[a heading of this page](#missing-here)": "#missing-here",
    "[a file](../missing-file.py)": "missing-file.py",
    "![a picture](images/missing-picture.png)": "images/missing-picture.png",
    "[a page](/operations.md)": "/operations.md",
}
"""Link to the text that the warning has."""


def test_link_to_nowhere_stops_the_build(tmp_path: Path) -> None:
    require_tools()
    source = copy_sources(tmp_path / "source")
    with (source / "docs" / "conditions.md").open("a", encoding="utf-8") as page:
        page.write("\n" + "\n\n".join(NOWHERE) + "\n")
    built = build(source, tmp_path / "site")
    warnings = [line for line in built.messages.splitlines() if line.startswith("WARNING") and "conditions.md" in line]
    assert (built.code, len(warnings)) == (1, len(NOWHERE)), built.messages
    assert [text for text in NOWHERE.values() if not any(text in line for line in warnings)] == []


def test_page_that_no_tab_names_is_built(tmp_path: Path) -> None:
    require_tools()
    source = copy_sources(tmp_path / "source")
    (source / "docs" / "new-page.md").write_text(
        "# A new page\n\n[Its module](../builder/pages/trigger_types.py).\n", encoding="utf-8"
    )
    built = build(source, tmp_path / "site")
    assert (built.code, built.messages) == (0, "")
    assert 'href="new-page.html"' in (built.folder / "contributing.html").read_text(encoding="utf-8")
    assert (built.folder / "repository" / "builder" / "pages" / "trigger_types.py").is_file()


def test_site_without_mermaid_shows_the_diagrams_as_text(tmp_path: Path) -> None:
    """Without Node. Material would load Mermaid from a CDN for a block of the class ``mermaid``."""
    require_tools()
    source = copy_sources(tmp_path / "source")
    (source / "docs" / "site" / "node_modules").rename(tmp_path / "node_modules")
    built = build(source, tmp_path / "site")
    assert (built.code, built.messages) == (0, "")
    text = (built.folder / "index.html").read_text(encoding="utf-8")
    assert 'class="mermaid"' not in text
    assert "flowchart" in text
    assert broken_links(built.folder) == []


def test_hooks_have_types() -> None:
    hooks = ROOT / "docs" / "site" / "hooks.py"
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(MKDOCS), str(hooks)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
