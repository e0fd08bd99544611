"""The template becomes a worker for each message, ends with its socket, and leaves no process behind."""

from __future__ import annotations

import pytest

from local.engine import worker_processes
from local.engine.invocation import Reply
from local.engine.worker_processes import ForkedWorker, Template
from tests.local.helpers import request

pytestmark = pytest.mark.skipif(not worker_processes.CAN_FORK, reason="workers are forked on Linux only")


def answer(worker: ForkedWorker, handler: str) -> Reply:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(request(handler).to_line() + "\n")
    worker.stdin.flush()
    return Reply.from_line(worker.stdout.readline())


def end(worker: ForkedWorker) -> None:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.close()
    worker.wait(120)
    worker.stdout.close()


def test_worker_outlives_the_template_and_ends_with_its_input() -> None:
    template = Template.start()
    worker = template.fork({"NAME": "value", "PYTHONPATH": ""})
    template.close()
    assert template.process.poll() is not None
    assert answer(worker, "pid").result == worker.pid
    assert worker.poll() is None
    end(worker)
    assert worker.poll() is not None


def test_template_ends_when_its_socket_closes() -> None:
    template = Template.start()
    template.control.close()
    assert template.process.wait(120) == 0


def test_ctrl_c_misses_the_worker_in_its_session() -> None:
    template = Template.start()
    worker = template.fork({"PYTHONPATH": ""})
    try:
        assert answer(worker, "session").result == worker.pid
    finally:
        end(worker)
        template.close()
