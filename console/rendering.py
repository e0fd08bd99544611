"""Renders the console's templates, with autoescape for every value."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from console import pictures, texts
from operations.executions.inspected import Inspection


@cache
def environment() -> Environment:
    """The Jinja environment; an event is an attacker's text, so everything is escaped."""
    made = Environment(
        loader=PackageLoader("console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "visible": texts.visible,
        "pretty": texts.pretty,
        "clock": texts.clock,
        "duration": texts.duration,
    }
    return made


def render(template: str, **values: Any) -> str:
    """The page from ``templates/<template>``."""
    return environment().get_template(template).render(**values)


def execution_values(found: Inspection, *, links: bool) -> dict[str, Any]:
    """Values of the page of one execution, for the console and for a file.

    Args:
        found: the execution.
        links: show links to the AWS console, which does not know the local stack.
    """
    return {
        "found": found,
        "links": links,
        "machine": Markup(pictures.machine(found.states)),  # noqa: S704 - our own picture, its texts are escaped
        "bars": pictures.timeline(found),
        "counts": _counts(found),
    }


def report(found: Inspection, written: str) -> str:
    """The page of one execution as one HTML file, which loads nothing.

    Args:
        found: the execution.
        written: time of the report, ISO 8601.
    """
    style = files("console").joinpath("static", "console.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return render(
        "report.html",
        **execution_values(found, links=True),
        stack=None,
        style=Markup(style),  # noqa: S704 - a file of this package
        digest=digest,
        written=written,
    )


def _counts(found: Inspection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in found.triggers:
        counts[one.status] = counts.get(one.status, 0) + 1
    return counts
