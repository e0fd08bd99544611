"""Ids and names: short, readable, and independent of the place in a list."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.event.identity import (
    MAX_GENERATION,
    MAX_NAME,
    batch_name,
    downstream_run_id,
    execution_name,
    name_prefix,
    part_name,
    replay_name,
)

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


def test_names_are_the_same_in_every_release() -> None:
    """Names are the ledger: under another name, a redelivered event would start again."""
    name = execution_name("on_success", "transform_images", "spark-0001")
    assert name == "transform_images-spark-0001-439bfedd169d7339"
    long = execution_name("on_success", "j" * 30, "r" * 30)
    assert long.startswith(f"{'j' * 24}-{'r' * 20}-")
    assert execution_name("on_success", "ü", "ü") == "ba96dc3ebcd54b29"
    replay = replay_name("on_success", "transform_images", "spark-0001", "load", 2)
    assert replay == "transform_images-spark-0001-9a8f1c046dc4ed16-r2"
    assert [part_name(name, number) for number in (1, 2)] == [name, f"{name}-p2"]
    assert batch_name(name, 1) == f"{name}-b1"
    assert downstream_run_id(name, "load", 2) == f"{name}-load-r2"
    assert downstream_run_id(name, "a" * 12, 2) == f"{name}-6jflynfrh6w6-r2"


def test_job_and_run_are_not_interchangeable() -> None:
    assert execution_name("on_success", "a", "b") != execution_name("on_success", "b", "a")
    assert replay_name("on_success", "a", "b", "c", 1) != replay_name("on_success", "a", "c", "b", 1)
    assert replay_name("on_success", "j", "r", "t", 1) != replay_name("on_approval", "j", "r", "t", 1)


def test_run_id_keeps_an_id_of_11_characters() -> None:
    assert downstream_run_id("name", "a" * 11) == f"name-{'a' * 11}"
    assert downstream_run_id("name", "a" * 12) != f"name-{'a' * 12}"
    assert len(downstream_run_id("name", "a" * 64)) == len("name-") + 12


@pytest.mark.parametrize("trigger_id", ["load-r1", "r1", "-r1", "load-r1-r22", "b1", "p2"])
def test_id_that_reads_as_another_name_is_a_digest(trigger_id: str) -> None:
    name = execution_name("on_success", "j", "r")
    assert re.fullmatch(rf"{name}-[a-z2-7]{{12}}", downstream_run_id(name, trigger_id))


def test_digest_of_a_long_id_is_not_the_run_id_of_another() -> None:
    long = downstream_run_id("name", "a" * 64).removeprefix("name-")
    assert downstream_run_id("name", long) != downstream_run_id("name", "a" * 64)


SUFFIXES = st.sampled_from(["", "-r1", "-r2", "-r1-r1", "-r999", "r1", "-", "_", "-b1", "b1", "-p2", "p2"])
STEMS = st.sampled_from(["", "load", "b", "p", "r", "a" * 10, "a" * 11, "a" * 12, "a" * 13, "a" * 59]) | ids


@st.composite
def adversarial_ids(draw: st.DrawFn) -> str:
    """An id that reads like another name, or a digest that stands for an id."""
    trigger_id = (draw(STEMS) + draw(SUFFIXES) + draw(SUFFIXES))[:64] or "r1"
    if draw(st.booleans()):
        return trigger_id
    return downstream_run_id("", trigger_id, draw(st.integers(0, 2)))[1:]


@st.composite
def adversarial_events(draw: st.DrawFn) -> tuple[str, str, str]:
    """An event whose job or run may be part of another event's name."""
    kind, job, run = draw(st.sampled_from(["on_success", "on_approval"])), draw(STEMS) or "j", draw(STEMS) or "r"
    other = execution_name(kind, job, run)
    return draw(
        st.sampled_from(
            [(kind, job, run), (kind, run, job), (kind, job, f"{run}-r1"), (kind, job, other[-16:]), (kind, other, run)]
        )
    )


@settings(max_examples=1_000)
@given(
    st.lists(adversarial_events(), min_size=1, max_size=3, unique=True),
    st.lists(adversarial_ids(), min_size=1, max_size=6, unique=True),
)
@pytest.mark.slow
def test_names_of_adversarial_events_and_ids_are_distinct(
    events: list[tuple[str, str, str]], trigger_ids: list[str]
) -> None:
    """Executions, parts, batches, replays and downstream runs of events, with ids that look like each other's suffixes."""
    made: list[str] = []
    for event in events:
        name = execution_name(*event)
        made += [part_name(name, number) for number in (1, 2, 3)]
        made += [batch_name(name, number) for number in (1, 2, 11)]
        for trigger_id in trigger_ids:
            made += [replay_name(*event, trigger_id, attempt) for attempt in (1, 2, 11)]
            made += [downstream_run_id(name, trigger_id, generation) for generation in (0, 1, 2, 11, MAX_GENERATION)]
    assert [name for name, count in Counter(made).items() if count > 1] == []
    for name in made:
        # Airflow accepts these characters in a run id, too: ``[core] allowed_run_id_pattern``.
        assert re.fullmatch(r"[0-9A-Za-z_-]{1,80}", name)


@given(text, text)
def test_prefix_begins_every_name_of_the_job(job: str, run: str) -> None:
    name = execution_name("on_success", job, run)
    assert name.startswith(name_prefix(job, run))
    assert name.startswith(name_prefix(job))


def test_prefix_is_the_readable_part() -> None:
    assert name_prefix("a b/c", "x y") == "a-b-c-x-y"
    assert name_prefix("a" * 30, "b" * 30) == f"{'a' * 24}-{'b' * 20}"
    assert (name_prefix("a"), name_prefix("ü", "b")) == ("a", "b")
