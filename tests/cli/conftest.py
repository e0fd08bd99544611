"""The command, run in this process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import boto3
import pytest

from tests.cli.helpers import ROOT, Orchestrator


@pytest.fixture
def orchestrator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Orchestrator]:
    """Run the command in the checkout; restore the process's environment, signal handlers and boto3 session."""
    environment = dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    yield Orchestrator(monkeypatch, capsys)
    os.environ.clear()
    os.environ.update(environment)
    for number, handler in handlers.items():
        signal.signal(number, handler)
