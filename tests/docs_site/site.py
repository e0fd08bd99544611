"""Builds the docs site in a separate folder, and reads its pages."""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
MKDOCS = ROOT / ".venv-docs" / "bin" / "python"
MERMAID = ROOT / "docs" / "site" / "node_modules" / "@mermaid-js"
SOURCES = ("mkdocs.yml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "dags", "statemachines")
"""The files from which the site is built."""

RESOURCES = {"script": "src", "img": "src", "link": "href", "source": "src", "iframe": "src"}
"""Elements that a browser loads by itself, with the attribute that has the URL."""


@dataclass(frozen=True, slots=True)
class Built:
    """Result of a build: exit code, warnings and errors, and the folder of the site."""

    code: int
    messages: str
    folder: Path


def require_tools() -> None:
    """Skip, or fail with CI=true, if MkDocs or Mermaid is not installed."""
    if not MKDOCS.exists() or not MERMAID.exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("the tools of the docs site are missing: make docs (it needs Node 20+)")


def copy_sources(folder: Path) -> Path:
    """Copy everything that a build reads; returns the copy."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, symlinks=True)
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for path in listed():
        if not (folder / path).exists() and (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    return folder


def listed() -> list[str]:
    """Paths of the files that git tracks or would add: a page may link to any of them."""
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in answer.stdout.split("\0") if path]


def build(source: Path, target: Path) -> Built:
    """Build the site of a checkout as ``make docs`` does."""
    command = [str(MKDOCS), "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}
    answer = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    lines = (answer.stdout + answer.stderr).splitlines(keepends=True)
    return Built(answer.returncode, "".join(line for line in lines if not line.startswith("INFO ")), target)


@dataclass(slots=True)
class Html(HTMLParser):
    """The elements of a page that the tests look at.

    Attributes:
        ids: anchors of the page.
        links: targets of ``<a>``.
        resources: URLs that a browser loads by itself.
        article: number of each element of the page's text.
        tabs: texts of the tabs.
    """

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    article: Counter[str] = field(default_factory=Counter)
    inside: int = 0

    def __post_init__(self) -> None:
        """Start the parser."""
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count the element and note its URL."""
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "article":
            self.inside += 1
        if self.inside:
            self.article[tag] += 1
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        url = given.get(RESOURCES.get(tag, ""))
        if url and given.get("rel") not in ("canonical", "prev", "next"):
            self.resources.append(url)

    def handle_endtag(self, tag: str) -> None:
        """Note the end of the page's text."""
        self.inside -= tag == "article"


def pages(site: Path) -> dict[str, Html]:
    """Every page by its path in the site."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        found[path.relative_to(site).as_posix()] = html = Html()
        html.feed(path.read_text(encoding="utf-8"))
    return found


def broken_links(site: Path) -> list[str]:
    """Links and resources whose file or anchor the site does not have."""
    found, broken = pages(site), []
    for page, html in found.items():
        if page == "404.html":  # its links are absolute: a server shows it at any path
            continue
        for url in (*html.links, *html.resources):
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            path = (
                posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))) if parts.path else page
            )
            if path == ".":
                path = "index.html"
            if not (site / path).is_file():
                broken.append(f"{page}: {url}: no such file")
            elif parts.fragment and path in found and unquote(parts.fragment) not in found[path].ids:
                broken.append(f"{page}: {url}: no such heading")
    return broken
