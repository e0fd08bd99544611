"""The request of a replay is read whole, or refused with the value found."""

from __future__ import annotations

import pytest

from orchestration.errors import EventError
from orchestration.event.replay_request import Replay, read_replay
from orchestration.values.strictjson import Json


def test_all_failed_triggers_are_the_default() -> None:
    assert read_replay({"of": "e"}) == Replay(of="e", only=None, again=False, as_was=False, dry_run=False)
    assert read_replay({"of": "e", "only": None}) == Replay(of="e")


@pytest.mark.parametrize("flag", ["again", "as_was", "dry_run"])
def test_each_flag_sets_only_itself(flag: str) -> None:
    replay = read_replay({"of": "e", "only": ["a"], flag: True})
    flags = {name: getattr(replay, name) for name in ("again", "as_was", "dry_run")}
    assert flags == {"again": False, "as_was": False, "dry_run": False} | {flag: True}


def test_request_may_have_every_field() -> None:
    value: Json = {"of": "e", "only": ["a"], "again": True, "as_was": True, "dry_run": True}
    assert read_replay(value) == Replay(of="e", only=(("a", "a"),), again=True, as_was=True, dry_run=True)


def test_list_keeps_its_order_and_drops_repetitions() -> None:
    assert read_replay({"of": "e", "only": ["b", "a", "b"]}).only == (("b", "b"), ("a", "a"))


def test_object_names_the_successors() -> None:
    assert read_replay({"of": "e", "only": {"old": "new", "same": "same"}}).only == (("old", "new"), ("same", "same"))


@pytest.mark.parametrize("flag", ["again", "as_was", "dry_run"])
@pytest.mark.parametrize("value", [1, 0, "true", None, []])
def test_flag_that_is_not_a_boolean_is_refused(flag: str, value: Json) -> None:
    with pytest.raises(EventError, match=rf"'\$replay.{flag}': found .*, expected true or false"):
        read_replay({"of": "e", "only": ["a"], flag: value})


def test_again_must_name_its_triggers() -> None:
    with pytest.raises(EventError, match=r"'\$replay.again': found true without 'only'"):
        read_replay({"of": "e", "again": True})
    assert read_replay({"of": "e", "again": False}).only is None


@pytest.mark.parametrize("value", [None, [], "e", 1, {"of": "e", "all": True}, {"of": "e", "only": ["a"], "": 1}])
def test_other_shapes_are_refused(value: Json) -> None:
    with pytest.raises(EventError, match=r"^event field '\$replay': found .*, expected \{\"of\""):
        read_replay(value)


@pytest.mark.parametrize("of", [None, "", 1, ["e"]])
def test_execution_must_be_a_name(of: Json) -> None:
    with pytest.raises(EventError, match=r"'\$replay.of': found "):
        read_replay({"of": of})


@pytest.mark.parametrize("only", [[], {}, "a", 1, ["a", 1], [None], {"a": 1}, {"a": "b", "c": None}])
def test_triggers_must_be_ids(only: Json) -> None:
    with pytest.raises(EventError, match=r"'\$replay.only': found .*, expected trigger ids"):
        read_replay({"of": "e", "only": only})
