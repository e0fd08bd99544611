"""Fixtures of the router's and the handlers' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.engine.fake_mwaa import FakeMwaa


@pytest.fixture
def airflow() -> Iterator[FakeMwaa]:
    with FakeMwaa.serve() as stand_in:
        stand_in.add_dag("us-west-2", "env", "dag")
        yield stand_in
