"""Ids and names: short, readable, and independent of the place in a list."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestration.configuration.trigger_ids import trigger_ids
from orchestration.event.identity import MAX_NAME, batch_name, downstream_run_id, execution_name, part_name, replay_name

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600)
ids = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")
entries = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["glue_job", "sqs_mwaa"]), "job_name": st.sampled_from(["a", "b", "c"])},
        optional={"id": st.sampled_from(["x", "y", "z"]), "description": text},
    ),
    max_size=8,
)


@given(text, text, st.sampled_from(["on_success", "on_approval"]), ids, st.integers(1, 999))
def test_names_are_short_and_use_allowed_characters(job: str, run: str, kind: str, one: str, attempt: int) -> None:
    name = execution_name(kind, job, run)
    for made in (name, replay_name(kind, job, run, one, attempt), part_name(name, 999), batch_name(name, 9999)):
        assert re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_NAME}}}", made)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", downstream_run_id(name, one, attempt))


@given(st.lists(st.tuples(st.sampled_from(["on_success", "on_approval"]), text, text, ids), min_size=2, max_size=2))
def test_other_identities_get_other_names(pairs: list[tuple[str, str, str, str]]) -> None:
    assert len({execution_name(*one[:3]) for one in pairs}) == len({one[:3] for one in pairs})
    assert len({replay_name(*one, 1) for one in pairs}) == len(set(pairs))


def test_name_begins_with_job_and_run() -> None:
    name = execution_name("on_success", "transform_images", "spark-0001")
    assert name.startswith("transform_images-spark-0001-")
    assert name != execution_name("on_approval", "transform_images", "spark-0001")


@given(entries)
def test_trigger_ids_are_unique(found: list[dict[str, Any]]) -> None:
    made, _ = trigger_ids(found)
    assert len(set(made)) == len(found)


@given(entries, st.randoms())
def test_moving_entries_keeps_their_ids(found: list[dict[str, Any]], random: Any) -> None:
    """Equal entries share their ids: they are interchangeable."""
    moved = list(found)
    random.shuffle(moved)

    def by_content(some: list[dict[str, Any]]) -> list[tuple[str, str]]:
        contents = ({key: value for key, value in one.items() if key != "description"} for one in some)
        return sorted(
            (repr(sorted(one.items())), made) for one, made in zip(contents, trigger_ids(some)[0], strict=True)
        )

    assert by_content(found) == by_content(moved)


def test_description_and_key_order_do_not_change_the_id() -> None:
    one = {"type": "glue_job", "job_name": "a", "description": "before"}
    other = {"job_name": "a", "type": "glue_job", "description": "after"}
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


def test_generation_changes_the_run_id() -> None:
    assert downstream_run_id("name", "a1b2c3d4") == "name-a1b2c3d4"
    assert downstream_run_id("name", "a1b2c3d4", 3) == "name-a1b2c3d4-r3"
