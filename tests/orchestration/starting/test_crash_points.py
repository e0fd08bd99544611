"""The router is killed at every AWS call, and the configuration changes before Lambda's retry.

Nothing is lost, nothing starts twice. The retry raises only if the version that started a part cannot be read.
"""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest

from orchestration.errors import RoutingError
from orchestration.event.identity import execution_name
from orchestration.planning import plan
from orchestration.planning.items import MAX_INPUT
from orchestration.replaying.ledger import Ledger
from orchestration.starting.executions import ExecutionClient
from tests.orchestration.crash_points import EDITS, EVENT, SIZES, deliver, document, killed, names, points
from tests.orchestration.fake_aws import SETTINGS, FakeAws, Killed


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(("count", "size"), SIZES.values(), ids=list(SIZES))
def test_killed_delivery_is_started_whole_and_once(count: int, size: int, edit: str) -> None:
    before = document(count, size)
    after = EDITS[edit](before)
    for kill_at in range(points(count, size)):
        for effective in (False, True):
            aws = killed(before, after, kill_at, effective=effective)
            begun = bool(aws.executions)
            deliver(aws)
            deliver(aws)
            # An event that began is the first configuration's, whole; else it is the second one's.
            assert set(aws.starts) == names(before if begun else after), (kill_at, effective)
            assert set(aws.starts.values()) <= {1}, (kill_at, effective)


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS)
def test_retry_that_is_killed_too_is_finished(edit: str) -> None:
    """Parts of three triggers each; the first attempt and the retry are killed, each at every call."""
    before = document(7, 70_000)
    after = EDITS[edit](before)
    for first in range(points(7, 70_000)):
        for second in range(10):
            for effective in (False, True):
                aws = killed(before, after, first, effective=effective)
                begun = bool(aws.executions)
                with contextlib.suppress(Killed):
                    deliver(aws, kill_at=second, after=effective)
                expected = names(before if begun else after)
                aws.upload(document(2, first=70))
                began_again = bool(aws.executions)
                deliver(aws)
                assert set(aws.starts) == (expected if began_again else {"job-70", "job-71"}), (first, second)
                assert set(aws.starts.values()) <= {1}, (first, second)


@pytest.mark.parametrize("smaller", [0.5, 0.8, 1.3])
def test_release_that_packs_other_parts_finishes_the_event(monkeypatch: pytest.MonkeyPatch, smaller: float) -> None:
    """Two kills with a deployment between them: the new release has another limit, so it plans other parts."""
    before, limit = document(7, 60_000), MAX_INPUT
    for first in range(points(7, 60_000)):
        for second in range(10):
            for effective in (False, True):
                monkeypatch.setattr(plan, "MAX_INPUT", limit)
                aws = killed(before, before, first, effective=effective)
                monkeypatch.setattr(plan, "MAX_INPUT", int(limit * smaller))
                with contextlib.suppress(Killed):
                    deliver(aws, kill_at=second, after=effective)
                deliver(aws)
                assert aws.starts == Counter(names(before)), (first, second, effective)
                root = execution_name("on_success", EVENT["job_name"], EVENT["job_run_id"])
                ledger = Ledger.open(ExecutionClient(aws, SETTINGS), root)
                assert len(ledger.originals) == 7, (first, second, effective)


def test_400_triggers_are_one_start() -> None:
    aws = FakeAws()
    aws.upload(document(400))
    deliver(aws)
    assert aws.calls == ["GetObject", "StartExecution"]
    assert len(aws.starts) == 400


def test_lost_version_raises_and_names_it() -> None:
    aws = FakeAws()
    aws.upload(document(100, 7_000))
    with pytest.raises(Killed):
        deliver(aws, kill_at=1, after=True)
    aws.upload(document(3))
    aws.lost_versions = True
    with pytest.raises(RoutingError, match=r"configuration s3://bucket/config.json, version v1, which started a part"):
        deliver(aws)
    aws.lost_versions = False
    deliver(aws)
    assert set(aws.starts) == names(document(100, 7_000))


def test_complete_parts_need_no_configuration() -> None:
    aws = FakeAws()
    aws.upload(document(100, 7_000))
    deliver(aws)
    aws.upload({"workflows": {}})
    aws.lost_versions = True
    (record,) = aws.router().route(EVENT, "another delivery", SETTINGS)["records"]
    assert record["status"] == "DUPLICATE"
    assert len(record["triggers"]) == 100
    assert set(aws.starts.values()) == {1}


def test_response_names_what_really_started() -> None:
    """The function was killed after StartExecution took effect, and the configuration changed before the retry."""
    aws = FakeAws()
    aws.upload(document(2))
    with pytest.raises(Killed):
        deliver(aws, kill_at=1, after=True)
    aws.upload(document(2, first=50))
    (record,) = aws.router().route(EVENT, "delivery", SETTINGS)["records"]
    assert (record["status"], [one["name"] for one in record["triggers"]]) == ("STARTED", ["job-0", "job-1"])


def test_unavailable_configuration_does_not_hide_a_duplicate() -> None:
    aws = FakeAws()
    aws.upload(document(2))
    deliver(aws)
    aws.versions.append(b"{")
    (record,) = aws.router().route(EVENT, "later", SETTINGS)["records"]
    assert record["status"] == "DUPLICATE"
    with pytest.raises(RoutingError, match="ConfigUnavailableError"):
        aws.router().route(EVENT | {"job_run_id": "new"}, "later", SETTINGS)


def test_warm_router_starts_from_its_last_configuration() -> None:
    """A bad upload does not stop events while an execution environment has the configuration before it."""
    aws = FakeAws()
    aws.upload(document(2))
    router = aws.router()
    router.route(EVENT, "first", SETTINGS)
    aws.versions.append(b"{")
    (record,) = router.route(EVENT | {"job_run_id": "second"}, "second", SETTINGS)["records"]
    assert (record["status"], len(record["triggers"])) == ("STARTED", 2)
    assert any("the last configuration that it read from S3" in warning for warning in record["warnings"])
    with pytest.raises(RoutingError, match="has no triggers for the event"):
        router.route(EVENT | {"job_name": "nobody"}, "third", SETTINGS)
