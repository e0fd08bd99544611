"""Places the nodes of a graph in layers. Links lead to a later layer, and few of them cross.

The layered layout (Sugiyama) comes from the library fast-sugiyama. It needs a graph without cycles: with one, it ends the
process. So one link of each cycle is reversed for the layout, and drawn against the direction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import fast_sugiyama

MAX_LINKS = 1_500
"""Links that the layout places in about a second; the time grows with the square. A larger picture cannot be read."""

Place = tuple[int, float]
"""Layer, and place in the layer."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of the nodes, and the ways of the links.

    Attributes:
        places: key of each node to its layer and place. Places of one layer differ by at least 1.
        ways: (source, target) of each link to the places between them, one for each layer that the link crosses.
    """

    places: dict[str, Place]
    ways: dict[tuple[str, str], list[Place]]


def layers(keys: list[str], links: Iterable[tuple[str, str]]) -> Layout:
    """The layout of a graph; the same graph has the same layout."""
    pairs = [(source, target) for source, target in links if source != target]
    places: dict[str, Place] = {}
    ways: dict[tuple[str, str], list[Place]] = {}
    below = 0.0
    # One call for each component, with numbers from 0 on: otherwise the library gives the point of a long link the number of
    # a node. Numbers, not keys: it collects the nodes in a set, whose order depends on the hash of a text.
    for component in _components(keys, pairs):
        numbers = {key: number for number, key in enumerate(component)}
        forward = _without_cycles(
            len(component), {(numbers[source], numbers[target]) for source, target in pairs if source in numbers}
        )
        ((positions, width, _, segments),) = fast_sugiyama.from_edges(forward, vertex_spacing=1, dummy_vertices=True)
        top = max(y for _, (_, y) in positions)
        points = {int(number): (round(top - y), below + x) for number, (x, y) in positions}
        places |= {key: points[number] for key, number in numbers.items()}
        found = _ways(len(component), points, [(int(a), int(b)) for a, b in segments or ()])
        ways |= {(component[a], component[b]): way for (a, b), way in found.items()}
        below += width + 1
    for key in keys:
        if key not in places:
            places[key] = (0, below)
            below += 1
    ways |= {(b, a): way[::-1] for (a, b), way in ways.items()}
    return Layout({key: places[key] for key in keys}, ways)


def _components(keys: list[str], pairs: list[tuple[str, str]]) -> list[list[str]]:
    """The keys that links connect, one list for each component, in the order of ``keys``."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        neighbours[source].append(target)
        neighbours[target].append(source)
    seen: set[str] = set()
    found = []
    for key in keys:
        if key in seen or key not in neighbours:
            continue
        component, waiting = {key}, [key]
        while waiting:
            new = set(neighbours[waiting.pop()]) - component
            component |= new
            waiting += new
        seen |= component
        found.append([one for one in keys if one in component])
    return found


def _without_cycles(count: int, links: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The links in one direction; the link that closes a cycle is reversed."""
    after: dict[int, list[int]] = defaultdict(list)
    for a, b in sorted(links):
        after[a].append(b)
    state = [0] * count  # 0 not seen, 1 on the way, 2 done
    found: dict[tuple[int, int], None] = {}
    for root in range(count):
        waiting = [(root, iter(after[root]))] if not state[root] else []
        while waiting:
            node, rest = waiting[-1]
            state[node] = 1
            end = next(rest, None)
            if end is None:
                state[node] = 2
                waiting.pop()
            else:
                found[(end, node) if state[end] == 1 else (node, end)] = None
                if not state[end]:
                    waiting.append((end, iter(after[end])))
    return list(found)


def _ways(count: int, points: dict[int, Place], segments: list[tuple[int, int]]) -> dict[tuple[int, int], list[Place]]:
    """Points between the ends of each link: the numbers from ``count`` on are points of long links."""
    after = {a: b for a, b in segments if a >= count}
    found = {}
    for a, b in segments:
        if a < count:
            way, end = list[Place](), b
            while end >= count:
                way.append(points[end])
                end = after[end]
            found[a, end] = way
    return found
