"""1,000 keys of five jobs: deliveries repeated, shuffled, killed, and 16 at a time. Every complete key starts once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from moto import mock_aws

from tests.orchestration.join_stack import JOBS, JoinAws, create_table, document

KEYS = 1_000


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> JoinAws:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return JoinAws()


@pytest.mark.timeout(900)
def test_1000_keys_start_once_each(aws: JoinAws) -> None:
    """Every tenth key lacks a job. Each delivery comes 1 to 3 times, and each time its first router is killed at some call."""
    with mock_aws():
        aws.dynamodb = create_table()
        aws.upload(document())
        run(aws)


def run(aws: JoinAws) -> None:
    random.seed(7)
    incomplete = {f"k{number}" for number in range(0, KEYS, 10)}
    deliveries = [
        (job, f"k{number}")
        for number in range(KEYS)
        for job in JOBS
        if not (f"k{number}" in incomplete and job == "load_2")
        for _ in range(random.randint(1, 3))
    ]
    random.shuffle(deliveries)
    kills = [(random.randint(0, 6), random.random() < 0.5) for _ in deliveries]

    def deliver(delivery: tuple[str, str], kill: tuple[int, bool]) -> None:
        at, after = kill
        aws.success_after_a_kill(*delivery, at, after=after)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(deliver, deliveries, kills))
    assert aws.started() == {f"k{number}": 1 for number in range(KEYS) if f"k{number}" not in incomplete}
    assert aws.starts == {"report": KEYS - len(incomplete)}
