"""A LocalStack that cannot start fails the test with the end of its log."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.localstack import server


def test_server_that_ends_at_once_shows_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PYTHON", Path(sys.executable))  # an environment without LocalStack
    with (
        pytest.raises(pytest.fail.Exception, match=r"(?s)did not start .* No module named 'localstack'"),
        server.running(tmp_path),
    ):
        pass
