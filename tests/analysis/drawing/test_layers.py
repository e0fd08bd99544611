"""Links lead to a later layer, and a link over several layers has a place in each."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.drawing.layers import layers

KEYS = list("abcdefgh")
LINKS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=16)


@settings(max_examples=200, deadline=None, database=None)
@given(LINKS)
def test_any_graph_has_places_apart_from_each_other(links: list[tuple[str, str]]) -> None:
    places = layers(KEYS, links).places
    assert list(places) == KEYS
    for key, (layer, place) in places.items():
        for other, (other_layer, other_place) in places.items():
            assert key == other or layer != other_layer or abs(place - other_place) >= 1


@settings(max_examples=200, deadline=None, database=None)
@given(LINKS)
@example([("a", "b"), ("a", "c"), ("b", "c")])
@example([("d", "e"), ("d", "f"), ("e", "f"), ("a", "b")])
def test_link_without_a_cycle_leads_to_a_later_layer(links: list[tuple[str, str]]) -> None:
    forward = [(a, b) for a, b in links if a < b]
    layout = layers(KEYS, forward)
    for a, b in forward:
        first, last = layout.places[a][0], layout.places[b][0]
        assert first < last
        assert [layer for layer, _ in layout.ways[a, b]] == list(range(first + 1, last))
