"""The configuration page: text and problems of the deployed configuration; an editor on the local stack."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request

from analysis.problems.check import check_file
from console.rendering import render
from console.stack import ConsoleStack
from operations.stack.deployed_configuration import read_configuration, write_configuration
from orchestration.errors import ConfigUnavailableError

_FILE = "workflow_config.json"


def blueprint(stack: ConsoleStack) -> Blueprint:
    """The pages below ``/configuration``."""
    pages = Blueprint("configuration", __name__)

    @pages.get("/configuration")
    def configuration() -> str:
        return render("configuration.html", stack=stack, page="configuration", saved=False, **_deployed(stack))

    @pages.post("/configuration/check")
    def check() -> str:
        return render("problems.html", **_checked(stack, _given()))

    @pages.post("/configuration")
    def save() -> tuple[str, int]:
        if not stack.local:
            abort(403, "A configuration is changed only on the local stack. Use deploy.sh --config-only.")
        data = _given()
        values = _checked(stack, data)
        errors = [one for one in values["problems"] if one.severity == "error"]
        if not errors:
            write_configuration(stack.router.settings, data)
            values = _deployed(stack)
        else:
            values |= {"error": f"Not saved: {len(errors)} errors.", "source": stack.router.settings.config_s3_uri}
        page = render("configuration.html", stack=stack, page="configuration", saved=not errors, **values)
        return page, 422 if errors else 200

    return pages


def _given() -> bytes:
    # A browser sends the lines of a form's text with CR LF.
    return request.form.get("text", "").replace("\r\n", "\n").encode()


def _deployed(stack: ConsoleStack) -> dict[str, Any]:
    try:
        found = read_configuration(stack.router.settings)
    except ConfigUnavailableError as error:
        return {**_checked(stack, b'{"workflows": {}}'), "error": str(error), "source": "", "text": ""}
    return {**_checked(stack, found.data), "source": found.source, "version": found.version}


def _checked(stack: ConsoleStack, data: bytes) -> dict[str, Any]:
    checked = check_file(_FILE, data, stack.router.settings)
    return {
        "text": data.decode("utf-8", errors="replace"),
        "problems": checked.problems,
        "marked": {one.line for one in checked.problems},
        "workflows": checked.workflows,
        "triggers": checked.triggers,
        "version": "",
        "error": "",
    }
