"""Opens the console's pages in Chromium and reports on standard output what a person would meet.

Runs in ``.venv-playwright``. Standard input: ``{url, names, folder, chromium}``. Playwright's events are documented at
playwright.dev/python/docs/api/class-page.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

WIDTHS = {"narrow": 360, "wide": 1400}


def main() -> None:
    """Run every check and print the report as JSON."""
    given = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given["chromium"], args=["--no-sandbox"])
        report = {"visits": visits(browser, given), "keyboard": keyboard(browser, given), "live": live(browser, given)}
        report["foreign"] = foreign_form(browser, given)
        browser.close()
    json.dump(report, sys.stdout)


def watched(context: BrowserContext, report: dict[str, Any], url: str) -> Page:
    """A page whose errors, dialogs and requests to elsewhere go into the report."""
    page = context.new_page()
    report |= {"errors": [], "elsewhere": [], "dialogs": []}
    page.on("console", lambda one: report["errors"].append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda one: report["errors"].append(str(one)))
    page.on("dialog", lambda one: (report["dialogs"].append(one.message), one.dismiss()))
    page.on("request", lambda one: None if one.url.startswith((url, "data:")) else report["elsewhere"].append(one.url))
    return page


def visits(browser: Browser, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page in both widths and both colour schemes."""
    url, found = given["url"], []
    pages = {name: name for name in ("executions", "lineage", "configuration", "publish")}
    pages |= {"none": "executions?job=nobody&run=1&since=7d"}
    pages |= {kind: f"executions/{name}" for kind, name in given["names"].items()}
    for width, pixels in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": pixels, "height": 900}, color_scheme=scheme)
            for name, path in pages.items():
                report: dict[str, Any] = {"page": name, "width": width, "scheme": scheme}
                page = watched(context, report, url)
                answer = page.goto(url + path, wait_until="load")
                page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
                report["status"] = answer.status
                report["title"] = page.title()
                report["h1"] = page.locator("h1").inner_text()
                report["overflow"] = page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                report["hidden"] = page.evaluate(
                    r"[...document.body.innerText].filter(c => /[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/.test(c)).length"
                )
                report["triggers"] = page.locator("details.trigger").count()
                page.evaluate(
                    "for (const one of document.querySelectorAll('details.trigger + details')) one.open = false"
                )
                page.screenshot(
                    path=str(Path(given["folder"]) / f"{name}-{width}-{scheme}.png"),
                    full_page=name not in ("batches", "publish"),
                )
                page.close()
                found.append(report)
            context.close()
    return found


def keyboard(browser: Browser, given: dict[str, Any]) -> dict[str, Any]:
    """Uses the console without a mouse: finds the failed event, copies its command, edits, publishes."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    report: dict[str, Any] = {}
    page = watched(context, report, given["url"])
    page.goto(given["url"])
    page.keyboard.press("/")
    page.keyboard.type("clean_orders")
    page.keyboard.press("Enter")
    page.wait_for_url("**job=clean_orders*")
    page.keyboard.press("j")
    report["focused"] = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/executions/clean_orders*")
    page.keyboard.press("c")
    page.locator("#said", has_text="Copied.").wait_for()
    report["copied"] = page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("?")
    report["help"] = page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    report["help_closed"] = not page.locator("#help").is_visible()
    report["tab_stops"] = tab_stops(page)
    page.keyboard.press("4")
    page.wait_for_url("**/publish")
    page.keyboard.press("/")
    page.keyboard.press("Control+A")
    page.keyboard.type('{"job_name": "clean_order", "job_run_id": "k", "status": "SUCCESS"}')
    page.locator(".answer", has_text="Did you mean").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type('{"job_name": "load_warehouse", "job_run_id": "by-keyboard", "status": "SUCCESS"}')
    page.locator(".answer", has_text="120 of 120 triggers").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Published").wait_for()
    report["published"] = page.locator("main").inner_text()
    context.close()
    return report


def tab_stops(page: Page) -> int:
    """Number of different elements that Tab reaches from the top."""
    page.evaluate("document.activeElement.blur(); window.reached = new Set()")
    for _ in range(40):
        page.keyboard.press("Tab")
        page.evaluate("window.reached.add(document.activeElement)")
    return int(page.evaluate("window.reached.size"))


def live(browser: Browser, given: dict[str, Any]) -> dict[str, Any]:
    """A new event appears in the open list without a reload."""
    context = browser.new_context()
    report: dict[str, Any] = {}
    page, other = watched(context, report, given["url"]), context.new_page()
    page.goto(given["url"] + "executions")
    before = page.locator("tbody tr").count()
    other.goto(given["url"] + "publish")
    other.locator("textarea").fill('{"job_name": "ingest_orders", "job_run_id": "live", "status": "SUCCESS"}')
    other.get_by_role("button", name="Publish").click()
    page.bring_to_front()
    page.locator(f"tbody tr >> nth={before}").wait_for(timeout=20_000)  # a wait for a function would need eval
    report["appeared"] = page.locator("tbody").inner_text().count("live")
    context.close()
    return report


def foreign_form(browser: Browser, given: dict[str, Any]) -> dict[str, Any]:
    """A page of another origin submits a form to the console."""
    page = browser.new_page()
    name = given["names"]["failure"]
    page.set_content(
        f'<form method="post" action="{given["url"]}executions/{name}/replay"><input name="mode" value="start"><button></form>'
    )
    with page.expect_navigation() as navigation:
        page.locator("button").click()
    return {"status": navigation.value.status, "text": page.locator("main").inner_text()}


if __name__ == "__main__":
    main()
