"""Ids of triggers: unique, and independent of the place in the list."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.configuration.trigger_ids import problem_id, trigger_ids
from orchestration.values.strictjson import Json, JsonObject, loads

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600)
entries = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["glue_job", "sqs_mwaa"]), "job_name": st.sampled_from(["a", "b", "c"])},
        optional={"id": st.sampled_from(["x", "y", "z"]), "description": text},
    ),
    max_size=8,
)


@given(entries)
def test_trigger_ids_are_unique(written: list[Json]) -> None:
    made, _ = trigger_ids(written)
    assert len(set(made)) == len(written)


@given(entries, st.randoms())
def test_moving_entries_keeps_their_ids(written: list[JsonObject], random: Random) -> None:
    """Equal entries share their ids: they are interchangeable."""
    moved = list(written)
    random.shuffle(moved)

    assert by_content(written) == by_content(moved)


def by_content(written: list[JsonObject]) -> list[tuple[str, str]]:
    """Each entry without its description, and its id."""
    contents = ({key: value for key, value in entry.items() if key != "description"} for entry in written)
    ids = trigger_ids(written)[0]
    return sorted((repr(sorted(content.items())), made) for content, made in zip(contents, ids, strict=True))


def test_description_and_key_order_do_not_change_the_id() -> None:
    one: JsonObject = {"type": "glue_job", "job_name": "a", "description": "before"}
    other: JsonObject = {"job_name": "a", "type": "glue_job", "description": "after"}
    assert trigger_ids([one]) == trigger_ids([other])
    assert trigger_ids([one]) != trigger_ids([one | {"arguments": {}}])


def test_explicit_id_survives_a_change() -> None:
    assert trigger_ids([{"id": "load", "job_name": "a"}])[0] == ["load"]
    assert trigger_ids([{"id": "load", "job_name": "b"}])[0] == ["load"]


def test_equal_entries_are_numbered() -> None:
    (first, second, third), repeated = trigger_ids([{"job_name": "a"}] * 3)
    assert (second, third) == (f"{first}-2", f"{first}-3")
    assert repeated == set()


def test_repeated_explicit_ids_are_ambiguous() -> None:
    made, repeated = trigger_ids([{"id": "x", "n": 1}, {"id": "y"}, {"id": "x", "n": 2}])
    assert repeated == {0, 2}
    assert "x" not in made


def test_digest_that_is_another_explicit_id_gets_a_suffix() -> None:
    plain: JsonObject = {"type": "glue_job", "job_name": "a"}
    (digest,), _ = trigger_ids([plain])
    assert trigger_ids([plain, {"id": digest, "job_name": "b"}])[0] == [f"{digest}-2", digest]
    assert trigger_ids([{"id": digest, "job_name": "b"}, plain])[0] == [digest, f"{digest}-2"]


def test_ambiguous_explicit_id_does_not_reserve_a_digest() -> None:
    plain: JsonObject = {"type": "glue_job", "job_name": "a"}
    (digest,), _ = trigger_ids([plain])
    ids, repeated = trigger_ids([plain, {"id": digest, "n": 1}, {"id": digest, "n": 2}])
    assert ids[0] == digest
    assert repeated == {1, 2}


@pytest.mark.parametrize("written", ["", "a b", "x" * 65, "ä", 7, None, ["x"]])
def test_invalid_id_is_replaced_by_a_digest(written: Json) -> None:
    (made,), repeated = trigger_ids([{"id": written, "job_name": "a"}])
    assert made != written
    assert len(made) == 8
    assert repeated == set()


@pytest.mark.parametrize("entry", [None, "x", 7, [], ["a"]])
def test_entry_that_is_no_object_has_an_id(entry: Json) -> None:
    assert trigger_ids([entry, entry])[0][1] == f"{trigger_ids([entry])[0][0]}-2"


def test_invalid_value_counts_by_its_reason() -> None:
    entries = [loads(f'{{"job_name": "a", "x": {value}}}') for value in ("1e999", "1e999", "NaN")]
    first, second, third = trigger_ids(entries)[0]
    assert second == f"{first}-2"
    assert third not in (first, second)


def test_problem_id_depends_on_the_problem() -> None:
    assert problem_id("a: wrong") == problem_id("a: wrong") != problem_id("b: wrong")
    assert problem_id("a: wrong").startswith("problem:")
