"""Fixtures: an Airflow of each version, with its database; and the table at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.airflow.installed import Airflow
from tests.airflow.stage import ROWS, table


@pytest.fixture
def airflow(version: str, tmp_path: Any) -> Iterator[Airflow]:
    """A prepared Airflow of the test's ``version``."""
    one = Airflow(version, tmp_path / "airflow")
    one.prepare()
    try:
        yield one
    finally:
        one.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was measured."""
    if ROWS:
        terminalreporter.write_line("\n" + table())
