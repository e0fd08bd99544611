"""The handler's cold start: the collector rests until the clients exist, and botocore knows the handler's services."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

import tasks.downstream_orchestrator as task

PROGRAM = """
import gc, json
import tasks.downstream_orchestrator as task
imported = gc.isenabled()
task._router()
clients = [task._client(service).meta.service_model.service_name for service in task.SERVICES]
print(json.dumps([imported, gc.isenabled(), gc.get_freeze_count(), clients]))
"""


def started() -> Any:
    """Facts about a new process that has created the router."""
    environment = {"AWS_DEFAULT_REGION": "us-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The handler in a new execution environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-1")
    caches = (task._session, task._router, task._ssm, task._dynamodb)
    for cached in caches:
        cached.cache_clear()
    yield monkeypatch
    for cached in caches:
        cached.cache_clear()


def test_collector_runs_again_and_skips_modules_and_clients() -> None:
    imported, after, frozen, clients = started()
    assert imported
    assert after
    assert frozen > 10_000
    assert clients == ["dynamodb", "s3", "ssm", "stepfunctions"]


def test_clients_are_created_without_a_list_of_all_services(environment: pytest.MonkeyPatch) -> None:
    """Fails if botocore no longer asks the session's loader which services exist, so that the shortcut saves nothing."""
    listed: list[str] = []
    genuine = os.listdir

    def listdir(path: str = ".") -> list[str]:
        listed.append(os.fspath(path))
        return genuine(path)

    environment.setattr(os, "listdir", listdir)
    for service in task.SERVICES:
        task._client(service)
    assert Loader.BUILTIN_DATA_PATH not in listed
    botocore.session.get_session().create_client("s3")
    assert Loader.BUILTIN_DATA_PATH in listed, "botocore's own loader lists no folder any more: delete KnownServices"


def test_loader_overrides_a_method_that_botocore_has() -> None:
    theirs, ours = (loader().list_available_services(type_name="service-2") for loader in (Loader, task.KnownServices))
    assert ours == list(task.SERVICES)
    assert set(ours) < set(theirs)


def test_client_of_a_service_that_is_not_listed_is_refused(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownServiceError, match=r"dynamodb, s3, ssm, stepfunctions"):
        task._client("sqs")


def test_loader_searches_the_folders_of_the_session(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("AWS_DATA_PATH", str(tmp_path))
    assert task._session().get_component("data_loader").search_paths == [
        str(tmp_path),
        Loader.CUSTOMER_DATA_PATH,
        Loader.BUILTIN_DATA_PATH,
    ]
