"""The console in Chromium: every page, both widths, both colour schemes, keyboard only, and hostile texts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.scene import PLAYWRIGHT, chromium, drive, scene

PAGES = {"executions", "lineage", "configuration", "publish", "none", "success", "failure", "batches", "hostile"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    if not chromium() or not PLAYWRIGHT.exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("Chromium is missing (Debian: apt-get install chromium), or Playwright: make playwright")
    with scene() as running:
        yield drive(running, tmp_path_factory.mktemp("screenshots"))


def test_every_page_opens_in_both_widths_and_schemes(report: dict[str, Any]) -> None:
    found = {(one["page"], one["width"], one["scheme"]) for one in report["visits"]}
    assert found == {
        (page, width, scheme) for page in PAGES for width in ("narrow", "wide") for scheme in ("light", "dark")
    }
    assert {one["status"] for one in report["visits"]} == {200}


def test_pages_have_no_errors_or_requests_to_elsewhere(report: dict[str, Any]) -> None:
    for one in [*report["visits"], report["keyboard"], report["live"]]:
        assert (one["errors"], one["dialogs"], one["elsewhere"]) == ([], [], []), one


def test_pages_fit_the_width_of_the_screen(report: dict[str, Any]) -> None:
    assert {one["page"]: one["overflow"] for one in report["visits"] if one["overflow"] > 0} == {}


def test_hostile_event_is_text(report: dict[str, Any]) -> None:
    hostile = [one for one in report["visits"] if one["page"] == "hostile"]
    assert {one["title"].partition(" ")[0] for one in hostile} == {'<script>document.title="pwned"</script>'}
    assert {"\\u202edi-nur" in one["h1"] for one in hostile} == {True}
    assert {one["hidden"] for one in report["visits"]} == {0}


def test_batches_show_all_triggers(report: dict[str, Any]) -> None:
    assert {one["triggers"] for one in report["visits"] if one["page"] == "batches"} == {120}


def test_keyboard_alone_finds_copies_and_publishes(report: dict[str, Any]) -> None:
    keyboard = report["keyboard"]
    assert keyboard["focused"] == "clean_orders"
    assert keyboard["copied"].startswith("orchestrator replay arn:aws:states:")
    assert (keyboard["help"], keyboard["help_closed"]) == (True, True)
    assert keyboard["tab_stops"] >= 12
    assert "Open the execution of load_warehouse" in keyboard["published"]


def test_list_is_live(report: dict[str, Any]) -> None:
    assert report["live"]["appeared"] == 1


def test_form_of_another_origin_is_refused(report: dict[str, Any]) -> None:
    assert report["foreign"]["status"] == 403
    assert "Origin" in report["foreign"]["text"]
