"""Fixtures: an Airflow of each version, with its database; and the table at the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from bench.postgres import PostgresMissingError, run_postgres
from tests.airflow.helpers import Measured, Row, table
from tests.airflow.installed import Airflow, missing


@pytest.fixture
def airflow(version: str, tmp_path: Any) -> Iterator[Airflow]:
    """A prepared Airflow of the test's ``version``."""
    one = Airflow(version, tmp_path / "airflow")
    one.prepare()
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def scheduled_airflow(version: str, tmp_path: Any) -> Iterator[Airflow]:
    """As ``airflow``, with PostgreSQL: a scheduler with SQLite runs one task at a time on 2.x, and the dispatcher's waits."""
    with ExitStack() as stack:
        try:
            database = stack.enter_context(run_postgres())
        except PostgresMissingError as error:
            missing(str(error))
        one = Airflow(version, tmp_path / "airflow", database)
        stack.callback(one.close)
        one.prepare()
        yield one


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measured:
    """Notes a row for the table that is printed at the end."""
    return lambda row: record_property("row", dataclasses.asdict(row))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the tests with the highest time limits first: the longest one must not run alone at the end."""

    def limit(item: pytest.Item) -> float:
        marker = item.get_closest_marker("timeout")
        return float(marker.args[0]) if marker else 0

    items.sort(key=limit, reverse=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was measured; the tests may have run in other processes."""
    passed = terminalreporter.stats.get("passed", [])
    rows = [Row(**value) for report in passed for name, value in report.user_properties if name == "row"]
    if rows:
        terminalreporter.write_line("\n" + table(rows))
