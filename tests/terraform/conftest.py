"""Terraform and its provider, where this machine has them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.terraform.harness import workspace


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program's path, once it has found its provider; skipped in one line without it, and failed under ``CI=true``."""
    binary = shutil.which("terraform")
    missing = "" if binary else "Terraform 1.9 or newer is missing"
    if binary:
        try:
            workspace(binary, tmp_path_factory.mktemp("terraform")).run("init", "-input=false", "-backend=false")
        except AssertionError as error:
            missing = f"Terraform cannot find its provider: {' '.join(str(error).split())[-300:]}"
    if missing:
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return str(binary)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the module's own."""
    return tmp_path_factory.mktemp("workspace")
