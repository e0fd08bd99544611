"""The site in Chromium, on a phone and on a wide screen, from a server and from a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.browser.scene import PLAYWRIGHT, chromium
from tests.docs_site.site import ROOT, build, pages


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on 127.0.0.1; yields the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read(site: Path, folder: Path, whole: tuple[str, ...] = ()) -> dict[str, Any]:
    """Open every page with Chromium; screenshots of the pages in ``whole`` go to ``folder``."""
    names = [name for name in pages(site) if name != "404.html"]
    diagrams = [name for name in names if 'class="mermaid"' in (site / name).read_text(encoding="utf-8")]
    with served(site) as url:
        given = {"url": url, "folder_url": site.as_uri() + "/", "folder": str(folder), "chromium": chromium()}
        answer = subprocess.run(
            [str(PLAYWRIGHT), str(Path(__file__).with_name("reader.py"))],
            input=json.dumps(given | {"pages": names, "diagrams": diagrams, "whole": whole}),
            capture_output=True,
            text=True,
            check=False,
            timeout=560,
        )
    assert answer.returncode == 0, answer.stderr
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


@pytest.fixture(scope="module")
def report(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not chromium() or not PLAYWRIGHT.exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("Chromium is missing (Debian: apt-get install chromium), or Playwright: make playwright")
    return read(site, tmp_path_factory.mktemp("screenshots"))


@pytest.mark.timeout(600)
def test_every_page_opens_wide_and_narrow(site: Path, report: dict[str, Any]) -> None:
    found = {(one["page"], one["width"], one["scheme"]) for one in report["visits"]}
    names = set(pages(site)) - {"404.html"}
    assert found == {(name, *kind) for name in names for kind in (("narrow", "slate"), ("wide", "default"))}
    assert {one["status"] for one in report["visits"]} == {200}


def test_pages_have_no_errors_or_requests_to_elsewhere(report: dict[str, Any]) -> None:
    for one in [*report["visits"], *report["searches"], *report["diagrams"]]:
        assert (one["errors"], one["elsewhere"], one["failed"]) == ([], [], []), one


def test_pages_fit_the_width_of_the_screen(report: dict[str, Any]) -> None:
    assert {(one["page"], one["width"]): one["overflow"] for one in report["visits"] if one["overflow"] > 0} == {}


def test_pages_have_no_broken_picture(report: dict[str, Any]) -> None:
    assert {one["page"]: one["broken"] for one in report["visits"] if one["broken"]} == {}


def test_search_finds_a_page_from_a_server_and_a_folder(report: dict[str, Any]) -> None:
    assert [one["url"].partition(":")[0] for one in report["searches"]] == ["http", "file"]
    for one in report["searches"]:
        assert "Airflow and MWAA" in one["found"]
        assert one["opened"].startswith(one["found"][0])


def test_diagrams_are_drawn(report: dict[str, Any]) -> None:
    assert {one["page"] for one in report["diagrams"]} >= {"index.html", "architecture.html"}
    for one in report["diagrams"]:
        assert one["texts"] == 0
        assert min(one["heights"]) > 100, one


if __name__ == "__main__":
    # python -m tests.docs_site.test_reading FOLDER: the screenshots of every page, whole.
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    built = build(ROOT, target / "site")
    sys.stderr.write(built.messages)
    names = tuple(name for name in pages(built.folder))
    sys.stdout.write(json.dumps(read(built.folder, target, names), indent=1) + "\n")
