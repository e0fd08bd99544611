"""Lineage as a graph: jobs and targets as nodes, triggers as edges; selections, JSON and Mermaid."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from analysis.graph.lineage import Edge
from analysis.problem import nearest
from orchestration.errors import ConfigError

Direction = Literal["downstream", "upstream"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A job with a workflow, or a target without one.

    Attributes:
        key: identity within the graph: ``job:NAME`` or ``TYPE:NAME``.
        name: name of the job or target.
        kind: ``job``, ``join``, or the trigger type of the target.
        description: of the workflow, for people.
    """

    key: str
    name: str
    kind: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One trigger: from the node ``source`` to the node ``target``, both by key."""

    source: str
    target: str
    trigger: Edge


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by key, in the order of the configuration, and links."""

    nodes: dict[str, Node]
    links: list[Link]

    def part(self, job: str, directions: Iterable[Direction]) -> Graph:
        """The job with everything that it starts (downstream), or that starts it (upstream).

        Raises:
            ConfigError: the configuration has no such job or target.
        """
        start = {key for key, node in self.nodes.items() if node.name == job}
        if not start:
            names = [node.name for node in self.nodes.values()]
            hint = nearest(job, names)
            raise ConfigError(
                f"--job {job!r}: the configuration has no such job or target."
                + (f" Did you mean {hint!r}?" if hint else "")
            )
        kept, links = set(start), set[int]()
        for direction in directions:
            found, numbers = self._reach(start, direction)
            kept |= found
            links |= numbers
        return Graph(
            {key: node for key, node in self.nodes.items() if key in kept},
            [link for number, link in enumerate(self.links) if number in links],
        )

    def grouped(self, most: int = 12) -> Graph:
        """The graph with one node in place of a job's targets of one type, if there are more than ``most``.

        Only targets that nothing else starts, and that start nothing, are grouped.
        """
        sources: dict[str, set[str]] = defaultdict(set)
        for link in self.links:
            sources[link.target].add(link.source)
        groups: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for link in self.links:
            node = self.nodes[link.target]
            if node.kind not in ("job", "join") and len(sources[node.key]) == 1:
                groups[link.source, node.kind][node.key] = None
        nodes, links, key_of = dict(self.nodes), list[Link](), dict[str, str]()
        for (source, kind), members in groups.items():
            if len(members) > most:
                key = f"group:{kind}:{source}"
                key_of |= dict.fromkeys(members, key)
                nodes = {one: node for one, node in nodes.items() if one not in members}
                nodes[key] = Node(
                    key=key,
                    name=f"{len(members)} targets",
                    kind=kind,
                    description=", ".join(self.nodes[one].name for one in members),
                )
        seen: set[str] = set()
        for link in self.links:
            target = key_of.get(link.target, link.target)
            if target == link.target or target not in seen:
                seen.add(target)
                links.append(Link(link.source, target, link.trigger))
        return Graph(nodes, links)

    def _reach(self, start: set[str], direction: Direction) -> tuple[set[str], set[int]]:
        """Nodes that can be reached, and positions of the links on the way."""
        after: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, link in enumerate(self.links):
            begin, end = (link.source, link.target) if direction == "downstream" else (link.target, link.source)
            after[begin].append((number, end))
        found, waiting, numbers = set(start), list(start), set[int]()
        while waiting:
            for number, end in after[waiting.pop()]:
                numbers.add(number)
                if end not in found:
                    found.add(end)
                    waiting.append(end)
        return found, numbers


def build(document: dict[str, Any], edges: Iterable[Edge]) -> Graph:
    """The graph of a configuration.

    Args:
        document: the configuration.
        edges: its valid triggers.
    """
    nodes: dict[str, Node] = {}
    for name, workflow in document["workflows"].items():
        description = workflow.get("description") if isinstance(workflow, dict) else ""
        text = description if isinstance(description, str) else ""
        nodes[f"job:{name}"] = Node(key=f"job:{name}", name=name, kind="job", description=text)
    joins = document.get("joins")
    for name, join in joins.items() if isinstance(joins, dict) else ():
        text = join.get("description", "") if isinstance(join, dict) else ""
        nodes[f"job:{name}"] = Node(key=f"job:{name}", name=name, kind="join", description=str(text))
    links = []
    for edge in edges:
        if f"job:{edge.job}" not in nodes:  # a job of a join without a workflow
            nodes[f"job:{edge.job}"] = Node(key=f"job:{edge.job}", name=edge.job, kind="job")
        key = f"job:{edge.target}" if f"job:{edge.target}" in nodes else f"{edge.type}:{edge.target}"
        nodes.setdefault(key, Node(key=key, name=edge.target, kind=edge.type))
        links.append(Link(f"job:{edge.job}", key, edge))
    return Graph(nodes, links)


def as_json(graph: Graph) -> dict[str, Any]:
    """Nodes and edges as plain data; an edge has the trigger's id and its place in the file."""
    return {
        "nodes": [dataclasses.asdict(node) for node in graph.nodes.values()],
        "edges": [{"source": link.source, "target": link.target, **_trigger(link.trigger)} for link in graph.links],
    }


def _trigger(edge: Edge) -> dict[str, Any]:
    return {
        name: getattr(edge, name) for name in ("type", "event_kind", "id", "path", "description", "when", "publishes")
    }


def as_mermaid(graph: Graph) -> str:
    """The graph as a Mermaid flowchart (mermaid.js.org/syntax/flowchart.html)."""
    ids = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for key, node in graph.nodes.items():
        opening, closing = ("[", "]") if node.kind == "job" else ("([", "])")
        lines.append(f'    {ids[key]}{opening}"{_mermaid_text(node.name)}"{closing}')
    for link in graph.links:
        arrow = "-.->" if link.trigger.event_kind == "on_approval" else "-->"
        label = link.trigger.type + (" when" if link.trigger.when else "")
        lines.append(f"    {ids[link.source]} {arrow}|{label}| {ids[link.target]}")
    return "\n".join(lines) + "\n"


def _mermaid_text(text: str) -> str:
    """Text within quotes; characters that Mermaid or HTML would read are entities."""
    return "".join(one if one.isalnum() or one in " _-./:" else f"#{ord(one)};" for one in text)
