"""Draws simulations on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.segment import Segment
from rich.text import Text

from local.simulation.result import Simulation, TriggerResult
from orchestration.log_lines import single_line

if TYPE_CHECKING:
    from local.simulation.cascade import Link

_GREEN = ("TRIGGERED", "SUCCEEDED", "STARTED", "FOLLOWED", "COMPLETE", "JOINED")
_RED = ("FAILED", "LOST", "REFUSED")
_STYLE = dict.fromkeys(_GREEN, "green") | dict.fromkeys(_RED, "red")


class Terminal(Console):
    """Shows the text of events and configurations as it is: no markup, no emoji, no escape sequence of the terminal."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **settings)

    def render_str(self, text: str, **settings: Any) -> Text:
        """The text, with unsafe characters escaped before a table measures it."""
        return super().render_str("\n".join(map(single_line, text.split("\n"))), **settings)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments, with unsafe characters escaped."""
        return super().render(_escaped(renderable) if isinstance(renderable, Text) else renderable, options)


def _escaped(text: Text) -> Text:
    escaped, kept = text.blank_copy(), 0
    for place, character in enumerate(text.plain):
        if character != "\n" and (safe := single_line(character)) != character:
            escaped.append_text(text[kept:place]).append(safe)
            kept = place + 1
    return escaped.append_text(text[kept:]) if kept else text


errors = Terminal(stderr=True)
"""Console for progress and warnings; standard output has only the report."""


output = Terminal(soft_wrap=True)
"""Console for the report. The terminal wraps long lines, so that copied text stays complete."""


def shortened(text: str, length: int) -> str:
    """The beginning of a text, with a mark if more follows."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


@contextmanager
def working(text: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error that the command works on ``text``; yields a function that changes the text."""
    with errors.status(Text(text)) as status:  # A status reads a string as markup, also on this console.
        yield lambda now: status.update(Text(now))


def styled(status: str) -> Text:
    """Return a status in its colour."""
    return Text(status, style=_STYLE.get(status, "yellow"))


def headline(simulation: Simulation) -> Text:
    """One line with the result of the event."""
    if not simulation.executions and simulation.status != "JOINED":
        return Text.assemble(styled(simulation.status), f": {simulation.reason}")
    if not simulation.executions:
        return Text.assemble(styled(simulation.status), f": the event arrived at {len(simulation.joins)} joins")
    names = ", ".join(f"{execution.name} {execution.execution_status}" for execution in simulation.executions)
    return Text.assemble(styled(simulation.status), f": {names} ({simulation.seconds:.1f} s)")


def render(simulation: Simulation) -> RenderableType:
    """The report: headline, triggers, received payloads, warnings."""
    parts: list[RenderableType] = [headline(simulation)]
    parts += _joins(simulation)
    parts += [_line(trigger) for trigger in simulation.triggers]
    parts += [
        Text.assemble(
            "    ",
            ("SKIPPED  ", "yellow"),
            "  ",
            (f"{one['type']} {one['name']}", "bold"),
            f" ({one['id']})\n{'':15}{one['reason']}",
        )
        for one in simulation.skipped
    ]
    parts += [Text(f"cause: {execution.cause}") for execution in simulation.executions if execution.cause]
    for trigger in simulation.triggers:
        if trigger.received is not None:
            parts += [
                Text(f"\n{trigger.type} {trigger.name} received", style="bold"),
                Text(json.dumps(trigger.received, indent=2, ensure_ascii=False)),
            ]
    parts += [Text.assemble(("warning: ", "yellow"), warning) for warning in simulation.warnings]
    return Group(*parts)


def _joins(simulation: Simulation) -> list[RenderableType]:
    """A line for each join at which the event arrived."""
    found: list[RenderableType] = []
    for one in simulation.joins:
        missing = f", missing {', '.join(one['missing'])}" if one["missing"] else ""
        found.append(
            Text.assemble("    join ", (one["join"], "bold"), f" key {one['key']}: ", styled(one["status"]), missing)
        )
    return found


def render_link(link: Link) -> RenderableType:
    """One event of a cascade: its level and publisher, its result, and a line for each trigger."""
    simulation = link.simulation
    about = f"{simulation.job_name} {simulation.job_run_id}".strip()
    head = Text.assemble((f"level {link.level}  ", "bold"), about, f"  published by {link.publisher}")
    parts: list[RenderableType] = [head, Text.assemble("    ", headline(simulation)), *_joins(simulation)]
    parts += [Text(" " * 4).append_text(_line(trigger, 4)) for trigger in simulation.triggers]
    return Group(*parts)


def _line(trigger: TriggerResult, indent: int = 0) -> Text:
    """One trigger with its status, and below it the run id, or the error and its cause."""
    detail = trigger.id if trigger.status == "TRIGGERED" else f"{trigger.error}: {trigger.cause}"
    status = Text(f"{trigger.status:<9}", style=_STYLE[trigger.status])
    return Text.assemble(
        f"{trigger.index:>2}  ",
        status,
        "  ",
        (f"{trigger.type} {trigger.name}", "bold"),
        f" ({trigger.trigger_id})\n{'':{indent + 15}}{detail}",
    )
