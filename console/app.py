"""The console's Flask application: one blueprint a page."""

from __future__ import annotations

import dataclasses

from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, Flask, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

from console import configuration_pages, execution_pages, lineage_page, publish_page
from console.rendering import render
from console.security import protect
from console.stack import ConsoleStack
from orchestration.errors import OrchestrationError

MAX_REQUEST = 8 * 1024 * 1024
"""Maximum size of a request in bytes: a configuration of 10,000 workflows has 6 MB."""


def create_app(stack: ConsoleStack, port: int) -> Flask:
    """The application for one stack, which answers only requests to ``port`` of this machine."""
    app = Flask("console", static_folder="static", template_folder=None)
    app.config |= {"MAX_CONTENT_LENGTH": MAX_REQUEST, "MAX_FORM_MEMORY_SIZE": MAX_REQUEST}
    stack = dataclasses.replace(stack, token=protect(app, port))
    for pages in (execution_pages, lineage_page, configuration_pages, publish_page):
        made: Blueprint | None = pages.blueprint(stack)
        if made is not None:
            app.register_blueprint(made)

    @app.get("/")
    def home() -> Response:
        return redirect("/executions")

    def refused(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        text = f"{request.path}: this page does not exist." if isinstance(error, NotFound) else error.description or ""
        return _error_page(stack, f"{code} {error.name}", text), code

    def failed(error: Exception) -> tuple[str, int]:
        return _error_page(stack, "502 AWS or the orchestrator refused", " ".join(str(error).split())), 502

    app.register_error_handler(HTTPException, refused)
    for kind in (OrchestrationError, ClientError, BotoCoreError):
        app.register_error_handler(kind, failed)
    return app


def _error_page(stack: ConsoleStack, status: str, message: str) -> str:
    return render("error.html", stack=dataclasses.replace(stack, token=""), page="", status=status, message=message)
