"""Replays by the deployed router: it starts failed triggers once, under any configuration."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from local.engine.faults import Fault
from local.simulation.targets.queues import messages
from orchestration.starting.executions import ExecutionClient
from tests.conftest import Router
from tests.local.helpers import CONFIG, FIVE, NESTED, Event, counts, record

GONE = {"type": "glue_job", "job_name": "gone", "id": "gone"}
LOAD = [
    {"type": "glue_job", "job_name": "job", "arguments": {"--table": table}, "description": table}
    for table in ("a", "b", "c")
]


@contextmanager
def workflow(router: Router, *triggers: dict[str, Any]) -> Iterator[None]:
    """Upload a configuration whose workflow ``upstream`` has these triggers; existing targets only."""
    with router.config({"workflows": CONFIG["workflows"] | {"upstream": {"on_success": list(triggers)}}}):
        yield


def started(router: Router, event: Event, run: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The event and the router's record after its executions ended."""
    body = event(job_run_id=run)
    return body, record(router.invoke(body | {"$wait_seconds": 60}))


def replay(router: Router, body: dict[str, Any], of: str, **options: Any) -> dict[str, Any]:
    return record(router.invoke(body | {"$replay": {"of": of, **options}, "$wait_seconds": 60}))


def actions(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["id"], one["action"]) for one in found["replay"]["triggers"]]


def tables(router: Router) -> list[str]:
    """Argument --table of every run of the Glue job."""
    runs = router.simulator.engine.client("glue").get_job_runs(JobName="job")["JobRuns"]
    return [run["Arguments"]["--table"] for run in runs if "--table" in run.get("Arguments", {})]


def test_replay_starts_exactly_the_failed_triggers(router: Router, event: Event) -> None:
    with workflow(router, *FIVE, GONE):
        body, first = started(router, event, "failed-one")
    name, before = first["executions"][0]["name"], counts(router.simulator.engine)
    with workflow(router, FIVE[4] | {"id": "new"}, {"type": "glue_job", "job_name": "job", "id": "gone"}, *FIVE):
        replayed = replay(router, body, name)
        again = replay(router, body, name)
    assert (replayed["status"], actions(replayed)) == ("STARTED", [("gone", "STARTED")])
    assert replayed["replay"]["already_started"] == 5
    assert replayed["executions"][0]["execution_status"] == "SUCCEEDED"
    added = {kind: count - before[kind] for kind, count in counts(router.simulator.engine).items()}
    assert added == {"glue_job": 1, "step_function": 0, "eventbridge": 0, "mwaa_dag": 0, "sqs_mwaa": 0}
    assert (again["status"], actions(again), again["replay"]["already_started"]) == ("NOT_STARTED", [], 6)


def test_inserted_line_does_not_move_the_replay(router: Router, event: Event) -> None:
    """Two triggers of one Glue job; the second one failed, then someone inserted a line above."""
    faults = router.simulator.engine.patch_context.faults
    with workflow(router, *LOAD[:2]):
        with faults.inject("glue.StartJobRun", Fault(status=400, code="InvalidInputException")):
            body, first = started(router, event, "inserted-line")
        name, before = first["executions"][0]["name"], tables(router)
        replay(router, body, name, only=[first["triggers"][0]["id"]])
    with workflow(router, LOAD[2], *LOAD[:2]):
        replayed = replay(router, body, name)
    assert actions(replayed) == [(first["triggers"][1]["id"], "STARTED")]
    assert sorted(tables(router)) == sorted([*before, "a", "b"])


def test_started_trigger_needs_again(router: Router, event: Event) -> None:
    body, first = started(router, event, "once-more")
    name, (one, *_) = first["executions"][0]["name"], first["triggers"]
    before = counts(router.simulator.engine)["glue_job"]
    left = replay(router, body, name, only=[one["id"]])
    assert (left["status"], actions(left)) == ("NOT_STARTED", [(one["id"], "LEFT_OUT")])
    assert "it has started: " in left["replay"]["triggers"][0]["reason"]
    repeated = replay(router, body, name, only=[one["id"]], again=True)
    assert actions(repeated) == [(one["id"], "STARTED")]
    assert counts(router.simulator.engine)["glue_job"] == before + 1


def test_again_gives_the_target_a_new_run_id(router: Router, event: Event) -> None:
    """A target that deduplicates would ignore a second start under the first run id."""
    body, first = started(router, event, "new-run-id")
    name, one = first["executions"][0]["name"], first["triggers"][3]
    before = counts(router.simulator.engine)["mwaa_dag"]
    for as_was in (False, True):
        repeated = replay(router, body, name, only=[one["id"]], again=True, as_was=as_was)
        assert repeated["executions"][0]["outcomes"][0]["result"]["id"].startswith(f"{name}-{one['id']}-r")
    assert counts(router.simulator.engine)["mwaa_dag"] == before + 2


def test_failed_replay_keeps_the_run_id(router: Router, event: Event) -> None:
    """A target that started although the call failed is not started twice."""
    engine = router.simulator.engine
    with (
        workflow(router, FIVE[1]),
        engine.patch_context.faults.inject("sfn.StartExecution", Fault(status=400, code="StateMachineDeleting")),
    ):
        body, first = started(router, event, "same-run-id")
        name, one = first["executions"][0]["name"], first["triggers"][0]
        failed = replay(router, body, name)
    assert failed["executions"][0]["execution_status"] == "FAILED"
    with workflow(router, FIVE[1]):
        replayed = replay(router, body, name)
    assert [found["attempt"] for found in replayed["replay"]["triggers"]] == [2]
    nested = engine.client("stepfunctions").list_executions(stateMachineArn=NESTED)["executions"]
    assert [found["name"] for found in nested].count(f"{name}-{one['id']}") == 1


def test_parallel_replays_start_a_trigger_once(router: Router, event: Event) -> None:
    with workflow(router, GONE):
        body, first = started(router, event, "parallel-replays")
    name, before = first["executions"][0]["name"], counts(router.simulator.engine)["glue_job"]
    with workflow(router, {"type": "glue_job", "job_name": "job", "id": "gone"}), ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: actions(replay(router, body, name)), range(8)))
    assert counts(router.simulator.engine)["glue_job"] == before + 1
    assert sum(("gone", "STARTED") in one for one in found) == 1


def test_removed_trigger_is_refused_with_both_ways_out(router: Router, event: Event) -> None:
    faults = router.simulator.engine.patch_context.faults
    with (
        workflow(router, *LOAD[:1]),
        faults.inject("glue.StartJobRun", Fault(status=400, code="InvalidInputException")),
    ):
        body, first = started(router, event, "removed")
    name, old = first["executions"][0]["name"], first["triggers"][0]["id"]
    with workflow(router, LOAD[1] | {"id": "successor"}):
        refused = replay(router, body, name)
        assert actions(refused) == [(old, "REFUSED")]
        assert refused["replay"]["triggers"][0]["reason"] == (
            f"the configuration no longer has on_success trigger {old!r} for job 'upstream'. New since then: successor "
            f"(glue_job job: b). Unchanged: none. If a new one replaces it: --only {old}=ID. To send the original request: "
            f"--only {old} --as-was"
        )
        before = tables(router)
        as_was = replay(router, body, name, only=[old], as_was=True)
        assert actions(as_was) == [(old, "STARTED")]
        assert sorted(tables(router)) == sorted([*before, "a"])
        other = replay(router, body, name, only={old: "successor"}, again=True)
        assert (actions(other), other["replay"]["triggers"][0]["now"]) == ([(old, "STARTED")], "successor")
        assert sorted(tables(router)) == sorted([*before, "a", "b"])


def test_dry_run_decides_as_the_real_replay(router: Router, event: Event) -> None:
    with workflow(router, GONE, *FIVE[:1]):
        body, first = started(router, event, "dry-run")
        name, before = first["executions"][0]["name"], len(router.executions())
        would = record(router.invoke(body | {"$replay": {"of": name, "dry_run": True}}))
        assert (would["status"], actions(would)) == ("DRY_RUN", [("gone", "WOULD_START")])
        assert would["replay"]["triggers"][0]["input"][0]["request"]["JobName"] == "gone"
        assert len(router.executions()) == before
        real = replay(router, body, name)
    assert real["replay"]["triggers"][0]["execution"] == would["replay"]["triggers"][0]["execution"]
    with workflow(router, *FIVE[:1]):
        would = record(router.invoke(body | {"$replay": {"of": name, "dry_run": True}}))
        assert actions(would) == actions(replay(router, body, name)) == [("gone", "REFUSED")]


def test_replay_of_a_replay_covers_its_trigger(router: Router, event: Event) -> None:
    with workflow(router, GONE, GONE | {"id": "gone-too"}):
        body, first = started(router, event, "replay-of-replay")
        failed = replay(router, body, first["executions"][0]["name"], only=["gone"])
    with workflow(router, {"type": "glue_job", "job_name": "job", "id": "gone"}):
        replayed = replay(router, body, failed["executions"][0]["name"])
    assert actions(replayed) == [("gone", "STARTED")]
    assert replayed["replay"]["triggers"][0]["attempt"] == 2


def test_batch_that_never_started_is_started_under_its_name(router: Router, event: Event) -> None:
    engine = router.simulator.engine
    body = event(job_name="two_batches", job_run_id="lost-batch")
    with engine.patch_context.faults.inject("sfn.StartExecution", Fault(status=400, code="StateMachineDeleting")):
        first = record(router.invoke(body | {"$wait_seconds": 60}))
    parent = first["executions"][0]
    assert (parent["execution_status"], len(parent["batches"])) == ("FAILED", 2)
    sent = len(messages(engine, "local-mwaa-triggers"))
    member = first["triggers"][0]["id"]
    refused = replay(router, body, parent["name"], only=[member])
    assert (
        "its batch never started. Start the whole batch: --only batch:1" in refused["replay"]["triggers"][0]["reason"]
    )
    replayed = replay(router, body, parent["name"])
    assert actions(replayed) == [("batch:1", "STARTED"), ("batch:2", "STARTED")]
    assert [one["name"] for one in replayed["executions"]] == parent["batches"]
    assert len(messages(engine, "local-mwaa-triggers")) == sent + 41
    assert replay(router, body, parent["name"])["replay"]["already_started"] == 41


def test_corrected_trigger_can_be_replayed(router: Router, event: Event) -> None:
    invalid = {"type": "glue_job", "job_name": "job", "argument": {}}
    with workflow(router, invalid | {"id": "load"}, invalid):
        body, first = started(router, event, "corrected-trigger")
        name, unnamed = first["executions"][0]["name"], first["rejected"][1]["id"]
        still = replay(router, body, name, only=["load"])
    assert first["rejected"][0]["type"] == "glue_job"
    assert "still has it as an invalid trigger" in still["replay"]["triggers"][0]["reason"]
    with workflow(router, FIVE[0] | {"id": "load"}, FIVE[0] | {"id": "new"}):
        replayed = replay(router, body, name)
        assert actions(replayed) == [("load", "STARTED"), (unnamed, "REFUSED")]
        assert actions(replay(router, body, name, only={unnamed: "new"})) == [(unnamed, "STARTED")]


def test_replay_keeps_the_event_kind_of_the_execution(router: Router, event: Event) -> None:
    """A decision from the events topic does not count, and a direct replay of that event must not change this."""
    body = event(job_run_id="both", decision="APPROVED")
    first = record(router.invoke({"Records": [router.sns(body)]}))
    (name,) = (name for name in router.executions() if name.startswith("upstream-both-"))
    ExecutionClient(router.simulator.engine.client("stepfunctions"), router.simulator.settings).wait(
        name, time.monotonic() + 30
    )
    found = replay(router, body, name, only=[first["triggers"][4]["id"]], again=True)
    assert (found["event_kind"], found["triggers"][0]["type"]) == ("on_success", "sqs_mwaa")
