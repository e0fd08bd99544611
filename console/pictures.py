"""Colours the committed picture of the state machine, and lineage pictures, by outcome; draws timelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from xml.etree import ElementTree

from operations.executions.inspected import Inspection
from operations.executions.timeline import StateCount

_SVG = "http://www.w3.org/2000/svg"
_WIDTH = 1000.0


def machine(counts: Mapping[str, StateCount]) -> str:
    """The state machine as SVG, with the outcome and the number of visits at each state."""
    text = files("statemachines").joinpath("downstream_orchestrator.svg").read_text(encoding="utf-8")
    ElementTree.register_namespace("", _SVG)
    picture = _parsed(text)
    for group in picture.iter(f"{{{_SVG}}}g"):
        name = group.get("data-state")
        if name is None:
            continue
        count = counts.get(name, StateCount())
        group.set("class", f"{group.get('class')} {_outcome(count)}")
        ElementTree.SubElement(group, f"{{{_SVG}}}title").text = _described(name, count)
        box = group.find(f"{{{_SVG}}}rect")
        if count.entered > 1 and box is not None:
            x, y = float(box.get("x", 0)) + float(box.get("width", 0)) - 8, float(box.get("y", 0)) + 15
            badge = ElementTree.SubElement(group, f"{{{_SVG}}}text", {"x": f"{x:g}", "y": f"{y:g}"})
            badge.set("text-anchor", "end")
            badge.set("class", "badge")
            badge.text = f"{count.entered}\u00d7"
    return _written(picture)


def with_outcomes(svg: str, outcomes: Mapping[str, str]) -> str:
    """A lineage picture with a class and a title for each node that ran.

    Args:
        svg: picture of ``analysis.graph.svg``.
        outcomes: key of a node to the status of its job's newest execution.
    """
    ElementTree.register_namespace("", _SVG)
    picture = _parsed(svg)
    for group in picture.iter(f"{{{_SVG}}}g"):
        status = outcomes.get(group.get("data-key", ""))
        if status:
            group.set("class", f"{group.get('class')} last-{status.lower()}")
            title = group.find(f"{{{_SVG}}}title")
            if title is not None:
                title.text = f"{title.text} (last execution: {status})"
    return _written(picture)


@dataclass(frozen=True, slots=True)
class Bar:
    """One service call on a timeline, in thousandths of its width."""

    x: float
    width: float
    failed: bool
    title: str


def timeline(found: Inspection) -> dict[str, list[Bar]]:
    """The calls of each trigger, by its id, on one common scale."""
    begins = [datetime.fromisoformat(call.start) for one in found.triggers for run in one.runs for call in run.calls]
    if not begins:
        return {}
    first = min(begins)
    ends = [
        (datetime.fromisoformat(call.start) - first).total_seconds() + (call.seconds or 0.0)
        for one in found.triggers
        for run in one.runs
        for call in run.calls
    ]
    scale = _WIDTH / max(*ends, 0.001) if len(ends) > 1 else _WIDTH / max(ends[0], 0.001)
    return {
        one.id: [
            Bar(
                x=round((datetime.fromisoformat(call.start) - first).total_seconds() * scale, 1),
                width=round(max((call.seconds or 0.0) * scale, 4.0), 1),
                failed=bool(call.error),
                title=f"{call.start}: {call.error or 'succeeded'}",
            )
            for run in one.runs
            for call in run.calls
        ]
        for one in found.triggers
    }


def _outcome(count: StateCount) -> str:
    if not count.entered:
        return "unused"
    if count.failed:
        return "failed"
    return "retried" if count.retried else "passed"


def _described(name: str, count: StateCount) -> str:
    parts = [f"entered {count.entered} times"] if count.entered else ["not entered"]
    parts += [f"{count.failed} failed"] if count.failed else []
    parts += [f"{count.retried} succeeded after a retry"] if count.retried else []
    return f"{name}: {', '.join(parts)}"


def _parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - a picture that this project wrote, with escaped texts


def _written(picture: ElementTree.Element) -> str:
    return ElementTree.tostring(picture, encoding="unicode")
