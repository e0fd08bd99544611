"""Workers are forked from a template on Linux, and start as new processes if the template fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.engine import worker_processes
from local.engine.worker_pool import WorkerPool
from local.engine.worker_processes import ForkedWorker, Template
from tests.local.helpers import request

ENVIRONMENT = {"NAME": "value"}

needs_fork = pytest.mark.skipif(not worker_processes.CAN_FORK, reason="workers are forked on Linux only")


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    started = WorkerPool(ENVIRONMENT, 1)
    yield started
    started.close()


def state(pool: WorkerPool) -> Any:
    """Return the reply of ``handlers.state`` from the pool's worker."""
    return run(pool, "state").result


def run(pool: WorkerPool, handler: str) -> Any:
    """Return the reply of a handler from the pool's worker."""
    reply = pool.run(request(handler), timeout=120)
    assert reply is not None
    return reply


@needs_fork
def test_worker_is_forked_from_the_template(pool: WorkerPool) -> None:
    assert state(pool)["parent"] == worker_processes._template().process.pid


def test_worker_has_only_its_functions_environment(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    found = state(pool)["environment"]
    assert found.keys() - {"LC_CTYPE"} == {"PATH", "PYTHONWARNINGS", "NAME"}
    assert found["NAME"] == "value"


def test_template_loads_no_module_of_a_function(pool: WorkerPool) -> None:
    """A worker must import these modules from its own function's code."""
    assert state(pool)["modules"] == []


@needs_fork
def test_dead_template_is_replaced(pool: WorkerPool) -> None:
    template = worker_processes._template()
    template.close()
    assert state(pool)["parent"] == worker_processes._template().process.pid != template.process.pid


def test_worker_starts_without_a_template(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(template: Template, environment: dict[str, str]) -> ForkedWorker:
        raise ConnectionResetError

    monkeypatch.setattr(Template, "fork", refuse)
    assert state(pool)["environment"]["NAME"] == "value"
    assert not isinstance(pool.started[0], ForkedWorker)


@needs_fork
def test_workers_of_one_template_share_no_state() -> None:
    pools = [WorkerPool({"NAME": str(number)}, 1) for number in range(3)]
    try:
        assert [state(pool)["environment"]["NAME"] for pool in pools] == ["0", "1", "2"]
        assert len({run(pool, "pid").result for pool in pools}) == 3
    finally:
        for pool in pools:
            pool.close()
