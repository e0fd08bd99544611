"""Reads the docs site in Chromium and reports on standard output what a person would meet.

Runs in ``.venv-playwright``. Standard input: ``{url, folder_url, pages, folder, chromium}``. Playwright's events are documented
at playwright.dev/python/docs/api/class-page.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

WIDTHS = {"narrow": 360, "wide": 1400}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A picture far below is loaded late; a picture without pixels is a broken one.
PICTURES = "[...document.images].filter(one => one.complete && !one.naturalWidth).map(one => one.src)"


def main() -> None:
    """Run every check and print the report as JSON."""
    given = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given["chromium"], args=["--no-sandbox"])
        report = {
            "visits": visits(browser, given),
            "searches": [search(browser, given, given[url]) for url in ("url", "folder_url")],
            "diagrams": [diagrams(browser, given, name) for name in given["diagrams"]],
        }
        browser.close()
    json.dump(report, sys.stdout)


def watched(context: BrowserContext, report: dict[str, Any], url: str) -> Page:
    """A page whose errors and requests to elsewhere go into the report."""
    page = context.new_page()
    report |= {"errors": [], "elsewhere": [], "failed": []}
    page.on("console", lambda one: report["errors"].append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda one: report["errors"].append(str(one)))
    page.on("requestfailed", lambda one: report["failed"].append(one.url))
    own = (url, "data:", "blob:")
    page.on("request", lambda one: None if one.url.startswith(own) else report["elsewhere"].append(one.url))
    return page


def visits(browser: Browser, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page, wide in light colours and narrow in dark ones."""
    found = []
    for (width, pixels), scheme in zip(WIDTHS.items(), ("dark", "light"), strict=True):
        context = browser.new_context(viewport={"width": pixels, "height": 900}, color_scheme=scheme)
        for name in given["pages"]:
            report: dict[str, Any] = {"page": name, "width": width}
            page = watched(context, report, given["url"])
            answer = page.goto(given["url"] + name, wait_until="load")
            if name in given["diagrams"]:
                page.locator(".mermaid").first.wait_for()
                page.wait_for_timeout(300)  # Material draws into a closed shadow root
            report |= {"status": answer.status, "overflow": page.evaluate(OVERFLOW), "broken": page.evaluate(PICTURES)}
            report["scheme"] = page.evaluate("document.body.dataset.mdColorScheme")
            if name in given["whole"]:
                shot = Path(given["folder"]) / f"{name.removesuffix('.html').replace('/', '-')}-{width}.png"
                page.screenshot(path=str(shot), full_page=True)
            page.close()
            found.append(report)
        context.close()
    return found


def search(browser: Browser, given: dict[str, Any], url: str) -> dict[str, Any]:
    """Finds a page by its words, with the keyboard only, and opens it."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    report: dict[str, Any] = {"url": url}
    page = watched(context, report, url)
    page.goto(url + "index.html")
    report["found"] = results(page, "event_dispatcher polls")
    page.screenshot(path=str(Path(given["folder"]) / f"search-{'folder' if url.startswith('file:') else 'server'}.png"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/index.html" not in url)
    report["opened"] = page.locator("h1").inner_text()
    context.close()
    return report


def results(page: Page, query: str) -> list[str]:
    """Titles that a search finds.

    A busy machine starts the search's scripts late, and text that is typed before that has no result. Each letter makes a
    query, so the list changes until the last one has its answer.
    """
    box, titles = page.locator(".md-search__input"), page.locator(".md-search-result__item h1")
    before: list[str] = []
    for _ in range(40):
        if not box.evaluate("one => one === document.activeElement"):
            page.keyboard.press("/")
        elif not before:
            box.fill("")
            page.keyboard.type(query)
        page.wait_for_timeout(1000)
        now: list[str] = titles.all_inner_texts()
        if now and now == before:
            return now
        before = now
    raise TimeoutError(f"the search for {query!r} has no stable result")


def diagrams(browser: Browser, given: dict[str, Any], name: str) -> dict[str, Any]:
    """Size of each diagram, in pixels: a text that Mermaid did not draw is flat."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    report: dict[str, Any] = {"page": name}
    page = watched(context, report, given["url"])
    page.goto(given["url"] + name)
    page.locator("div.mermaid").first.wait_for()
    page.wait_for_timeout(500)
    report["heights"] = page.evaluate("[...document.querySelectorAll('div.mermaid')].map(one => one.offsetHeight)")
    report["texts"] = page.locator("pre.mermaid").count()
    context.close()
    return report


if __name__ == "__main__":
    main()
