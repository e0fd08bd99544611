"""Random edits of the configuration between start and replay, random subsets, and replays that run at once.

The properties: a replay starts no trigger that did not fail; none starts twice without ``again``; none is refused whose id
the configuration still has.
"""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.configuration.trigger_ids import trigger_ids
from orchestration.errors import RoutingError
from tests.orchestration.fake_aws import SETTINGS, FakeAws, Killed

CASES = 3_000
EVENT = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}

entry = st.fixed_dictionaries(
    {"type": st.just("glue_job"), "job_name": st.sampled_from(["a", "b", "c", "d", "e", "f"])},
    optional={"arguments": st.fixed_dictionaries({"--x": st.sampled_from(["1", "2"])})},
)
workflow = st.lists(entry, min_size=1, max_size=7)
edit = st.tuples(
    st.sampled_from(["insert", "remove", "move", "change", "duplicate"]), st.integers(0, 9), st.integers(0, 9), entry
)
cases = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def edited(entries: list[dict[str, Any]], edits: list[Any]) -> list[dict[str, Any]]:
    """The entries after the edits; inserted and changed ones have ids of their content."""
    now = copy.deepcopy(entries)
    for action, first, second, new in edits:
        at = first % len(now) if now else 0
        if action == "insert":
            now.insert(at, new)
        elif now and action == "remove":
            del now[at]
        elif now and action == "move":
            now.insert(second % len(now), now.pop(at))
        elif now and action == "change":
            now[at] = {**now[at], "arguments": {"--x": "changed"}}
        elif now and action == "duplicate":
            now.insert(second % len(now), copy.deepcopy(now[at]))
    return now


def document(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"workflows": {"j": {"on_success": entries}}}


def started(entries: list[dict[str, Any]], failing: set[str]) -> tuple[FakeAws, str, list[str]]:
    """The event's first delivery: the triggers whose id is in ``failing`` fail; returns their ids too."""
    ids, _ = trigger_ids(entries)
    aws = FakeAws(fails=lambda item: item["id"] in failing)
    aws.upload(document(entries))
    (record,) = aws.router().route(EVENT, "d-0", SETTINGS)["records"]
    aws.fails = lambda item: False
    return aws, record["executions"][0]["name"], ids


def starts_by_id(aws: FakeAws) -> dict[str, int]:
    """Number of successful starts of each trigger id, over all executions."""
    found: dict[str, int] = {}
    for execution in aws.executions.values():
        for one in execution["outcomes"]:
            if one["type"] == "glue_job" and one["result"]["status"] == "TRIGGERED":
                found[one["id"]] = found.get(one["id"], 0) + 1
    return found


@cases
@given(workflow, st.sets(st.integers(0, 6)), st.lists(edit, max_size=4), st.sets(st.integers(0, 6)), st.booleans())
def test_replay_starts_failed_triggers_once(
    entries: list[dict[str, Any]], failing: set[int], edits: list[Any], chosen: set[int], twice: bool
) -> None:
    ids, _ = trigger_ids(entries)
    failed = {ids[number] for number in failing if number < len(ids)}
    aws, name, _ = started(entries, failed)
    after = edited(entries, edits)
    aws.upload(document(after))
    present = dict(zip(trigger_ids(after)[0], after, strict=True))
    only = [ids[number] for number in chosen if number < len(ids)]
    request = {"of": name} | ({"only": only} if only else {})
    routers = [aws.router() for _ in range(1 + twice)]
    for number, router in enumerate(routers):
        (record,) = router.route(EVENT | {"$replay": request}, f"replay-{number}", SETTINGS)["records"]
        actions = {one["id"]: one["action"] for one in record["replay"]["triggers"]}
        if number:
            assert "STARTED" not in actions.values()
            continue
        wanted = failed & set(only or ids)
        for trigger_id in wanted:
            assert actions[trigger_id] == ("STARTED" if trigger_id in present else "REFUSED")
        assert {key for key, action in actions.items() if action == "STARTED"} <= failed
        for execution in record["executions"]:
            (item,) = aws.executions[execution["name"]]["input"]["triggers"]
            assert item["request"]["JobName"] == present[item["id"]]["job_name"]
            assert item["request"]["Arguments"].get("--x") == present[item["id"]].get("arguments", {}).get("--x")
    assert all(count == 1 for count in starts_by_id(aws).values())


@cases
@given(
    workflow,
    st.lists(edit, max_size=3),
    st.lists(
        st.tuples(st.booleans(), st.sets(st.integers(0, 6), min_size=1), st.integers(0, 30)), min_size=2, max_size=4
    ),
)
def test_interleaved_replays_start_a_trigger_once(
    entries: list[dict[str, Any]], edits: list[Any], replays: list[tuple[bool, set[int], int]]
) -> None:
    """Each replay but the last is killed at some call, which interleaves it with the next one."""
    ids, _ = trigger_ids(entries)
    aws, name, _ = started(entries, set(ids))
    aws.upload(document(edited(entries, edits)))
    for number, (after, chosen, kill_at) in enumerate(replays):
        only = [ids[one] for one in chosen if one < len(ids)] or ids
        aws.calls.clear()
        aws.kill_at, aws.after = (None if number == len(replays) - 1 else kill_at), after
        with contextlib.suppress(Killed):
            aws.router().route(EVENT | {"$replay": {"of": name, "only": only}}, f"replay-{number}", SETTINGS)
    assert all(count == 1 for count in starts_by_id(aws).values())


class Interleaved(FakeAws):
    """Runs a second replay right before the first one starts an execution."""

    other: Any = None

    def start_execution(self, name: str, input: str, **_: Any) -> dict[str, Any]:  # noqa: A002 - boto3's names
        other, self.other = self.other, None
        if other is not None:
            other()
        return super().start_execution(name, input)


@pytest.mark.parametrize("again", [False, True])
def test_two_replays_at_once_start_one_attempt(again: bool) -> None:
    aws = Interleaved(fails=lambda item: not again)
    aws.upload(document([{"type": "glue_job", "job_name": "a", "id": "a"}]))
    (first,) = aws.router().route(EVENT, "d-0", SETTINGS)["records"]
    aws.fails = lambda item: False
    request = {"of": first["executions"][0]["name"], "only": ["a"], "again": again}
    payload, before = EVENT | {"$replay": request}, aws.starts["a"]
    results = []
    aws.other = lambda: results.append(aws.router().route(payload, "replay-2", SETTINGS)["records"][0])
    results.append(aws.router().route(payload, "replay-1", SETTINGS)["records"][0])
    assert [one["replay"]["triggers"][0]["action"] for one in results] == ["STARTED", "LEFT_OUT"]
    assert "another replay started attempt 1" in results[1]["replay"]["triggers"][0]["reason"]
    assert aws.starts["a"] == before + 1


def test_each_again_starts_once_more() -> None:
    aws, name, (one,) = started([{"type": "glue_job", "job_name": "a"}], set())
    for attempt in (1, 2, 3):
        request = {"of": name, "only": [one], "again": True}
        (record,) = aws.router().route(EVENT | {"$replay": request}, f"r-{attempt}", SETTINGS)["records"]
        assert record["replay"]["triggers"][0]["attempt"] == attempt
    assert aws.starts["a"] == 4


def test_unknown_id_is_refused_before_anything_starts() -> None:
    aws, name, (one,) = started([{"type": "glue_job", "job_name": "a"}], {"anything"})
    with pytest.raises(RoutingError, match="has no trigger 'nobody'"):
        aws.router().route(EVENT | {"$replay": {"of": name, "only": [one, "nobody"]}}, "r", SETTINGS)
    assert len(aws.executions) == 1
