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
    numbers = {key: number for number, key in enumerate(keys)}
    forward = _without_cycles(len(keys), {(numbers[source], numbers[target]) for source, target in links})
    places: dict[int, Place] = {}
    ways: dict[tuple[int, int], list[Place]] = {}
    below = 0.0
    # Numbers, not keys: the library collects the nodes in a set, whose order depends on the hash of a text.
    for positions, width, _, segments in (
        fast_sugiyama.from_edges(forward, vertex_spacing=1, dummy_vertices=True) if forward else ()
    ):
        top = max(y for _, (_, y) in positions)
        points = {int(number): (round(top - y), below + x) for number, (x, y) in positions}
        places |= {number: point for number, point in points.items() if number < len(keys)}
        ways |= _ways(len(keys), points, [(int(a), int(b)) for a, b in segments or ()])
        below += width + 1
    for number in range(len(keys)):
        if number not in places:
            places[number] = (0, below)
            below += 1
    ways |= {(b, a): way[::-1] for (a, b), way in ways.items()}
    return Layout(
        {keys[number]: places[number] for number in range(len(keys))},
        {(keys[a], keys[b]): way for (a, b), way in ways.items()},
    )


def _without_cycles(count: int, links: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The links in one direction; the link that closes a cycle is reversed, and a link to itself left out."""
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
            elif end != node:
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
