"""Clients of the engine ignore profiles, proxies and retries of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.engine.clients import client, session


def test_client_ignores_profile_and_configuration_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[default]\nregion = eu-central-1\nendpoint_url = http://example.invalid\n")
    program = (
        "from local.engine.clients import client; c = client('s3', 'us-west-1', 'http://127.0.0.1:9'); "
        "print(c.meta.endpoint_url, c.meta.region_name, c._request_signer._credentials.access_key)"
    )
    environment = {**os.environ, "AWS_PROFILE": "missing", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["http://127.0.0.1:9", "us-west-1", "testing"]


def test_client_uses_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert client("sqs", "us-west-1", "http://127.0.0.1:9")._endpoint.http_session._proxy_config._proxies == {}


def test_settings_replace_the_defaults() -> None:
    assert client("s3", "us-west-1", "http://h").meta.config.retries["total_max_attempts"] == 1
    changed = client("s3", "us-west-1", "http://h", read_timeout=3)
    assert changed.meta.config.read_timeout == 3
    assert changed.meta.config.s3 == {"addressing_style": "path"}


def test_clients_share_one_session() -> None:
    assert session() is session()
