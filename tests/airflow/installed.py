"""The Airflow versions that are installed, and homes for them to run in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.airflow_server import ROOT, USER, VERSIONS, AirflowMissingError, AirflowServer, end_group
from bench.postgres import Postgres, free_port

__all__ = ["ROOT", "USER", "VERSIONS", "Airflow", "end_group", "free_port", "missing"]


def missing(reason: str) -> None:
    """Skip the test. On a CI machine it fails instead."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


class Airflow(AirflowServer):
    """One Airflow for a test; the test is skipped if the version is not installed."""

    def __init__(self, version: str, home: Path, database: Postgres | None = None, **variables: str) -> None:
        try:
            super().__init__(version, home, database, **variables)
        except AirflowMissingError as error:
            missing(str(error))
