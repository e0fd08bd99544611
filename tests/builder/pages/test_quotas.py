"""The largest execution, computed; ``tests/state_machine/test_quotas.py`` measures it on the engine."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from builder.machine.integrations import INTEGRATIONS
from builder.pages import quotas
from orchestration.triggers._start_look_up import GLUE_RUN
from orchestration.triggers.base import Retry, ServiceIntegration

CALL = ServiceIntegration(
    state="Call",
    resource="a:b",
    parameters={},
    run_id_path="$.Id",
    comment="",
    iam=(),
    sample={},
    sample_error="",
    timeout_seconds=7,
    retries=(
        Retry(("A",), "", interval_seconds=2, max_attempts=4, max_delay_seconds=5),
        Retry(("B",), "", interval_seconds=10, max_attempts=3, backoff=1.0),
    ),
)
PAGE = quotas.build()


def test_attempts_are_the_first_and_those_of_each_retrier() -> None:
    assert quotas.most_attempts(CALL) == 1 + 4 + 3
    assert quotas.most_attempts(CALL._replace(retries=())) == 1


def test_seconds_are_waits_and_timeouts() -> None:
    """The waits are 2, 4, 5, 5 and three times 10. Eight attempts take 7 seconds."""
    assert quotas.most_seconds(CALL) == 16 + 30 + 56


def test_unbounded_wait_doubles() -> None:
    grows = CALL._replace(retries=(Retry(("A",), "", interval_seconds=1, max_attempts=5),), timeout_seconds=0)
    assert quotas.most_seconds(grows) == 1 + 2 + 4 + 8 + 16


def test_each_attempt_and_item_adds_its_events() -> None:
    one, two = (quotas.most_events(CALL, count) for count in (1, 2))
    assert two - one == 8 + 8 * 4
    assert one - (two - one) == 13


def test_look_adds_its_rounds_waits_and_events() -> None:
    look_up = replace(GLUE_RUN, look=CALL._replace(retries=()), wait_seconds=15, restarts=2, restart_seconds=60)
    assert quotas.most_seconds(CALL, look_up) == 3 * (16 + 30 + 56) + 3 * (15 + 7) + 2 * 60
    plain, looked = (quotas.most_events(CALL, 1, each) for each in (None, look_up))
    assert looked - plain == 2 * 8 * 4 + 3 * (4 + 14)


def test_outcomes_have_the_shape_of_the_machine() -> None:
    first, second = quotas.failed_outcomes(2)
    assert [first["index"], second["index"]] == [0, 1]
    assert first["result"] == {"status": "FAILED"}
    assert len(str(first["name"])) == 256
    assert isinstance(first["error"], dict)
    assert len(str(first["error"]["Cause"])) == 4_096


def test_causes_of_the_longest_length_fit_exactly() -> None:
    longest = quotas.longest_cause(40)
    outcomes = json.loads(json.dumps(quotas.failed_outcomes(40)))

    def size(length: int) -> int:
        for outcome in outcomes:
            outcome["error"]["Cause"] = "c" * length
        return len(json.dumps({"outcomes": outcomes, "any_failed": True}, separators=(",", ":")))

    assert size(longest) <= 262_144 < size(longest + 1)


def test_cause_names_all_failures_and_has_two_in_full() -> None:
    """A third failure adds its name, id and error, and no further cause."""
    two, three, four = (quotas.cause_size(count) for count in (2, 3, 4))
    assert three - two == four - three == (256 + 3) + (64 + 3) + len('"Glue.ConcurrentRunsExceededException",')
    assert two > 2 * 4_096


def test_page_has_each_type_and_stays_below_each_quota() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| ([\d,]+) \| ([\d,]+) \|$", PAGE, re.MULTILINE)
    assert [kind for kind, *_ in rows] == list(INTEGRATIONS)
    assert all(int(events.replace(",", "")) < 25_000 for *_, events in rows)
    shares = [int(share) for share in re.findall(r"\| (\d+)% \|$", PAGE, re.MULTILINE)]
    assert len(shares) == 5
    assert max(shares) < 100


def test_page_names_the_type_with_the_longest_history() -> None:
    """Glue's retriers, 20 and 10 times, and 7 attempts of a look, three times: two starts follow a refusal."""
    assert f"{13 + 40 * (8 + 3 * (4 * 31 + 4 * 7 + 14)):,} (all `glue_job`)" in PAGE
    assert "| `glue_job` | 93 | " in PAGE
