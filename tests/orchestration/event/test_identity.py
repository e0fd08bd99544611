"""Ids and names: short, readable, and independent of the place in a list."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from orchestration.event.identity import MAX_NAME, batch_name, downstream_run_id, execution_name, part_name, replay_name

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600)
ids = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")


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


def test_generation_changes_the_run_id() -> None:
    assert downstream_run_id("name", "a1b2c3d4") == "name-a1b2c3d4"
    assert downstream_run_id("name", "a1b2c3d4", 3) == "name-a1b2c3d4-r3"
