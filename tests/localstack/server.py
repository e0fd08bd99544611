"""Starts LocalStack on a free port of 127.0.0.1, without Docker and without network."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-localstack" / "bin" / "python"
START_SECONDS = 90.0
"""Seconds until the server answers. It takes three on an idle machine."""

ENVIRONMENT = {
    "DISABLE_EVENTS": "1",  # no usage report
    "DNS_ADDRESS": "0",
    "EAGER_SERVICE_LOADING": "0",
    "LOCALSTACK_DISABLE_EVENTS": "1",
    "LS_LOG": "error",
    "SERVICES": "stepfunctions",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
}


def missing() -> str:
    """Reason why LocalStack cannot run here, or nothing."""
    return "" if PYTHON.exists() else "its environment .venv-localstack is missing. Run: make localstack"


class LocalStack:
    """A running server.

    Attributes:
        endpoint: address for boto3.
        mocks: the file with the mocked cases, in the format of ``MockConfigFile.json``. LocalStack reads it for each start
            of an execution if its modification time, in whole seconds, has changed.
    """

    def __init__(self, endpoint: str, mocks: Path) -> None:
        self.endpoint, self.mocks = endpoint, mocks
        self._version = 1

    def client(self) -> Any:
        """A boto3 client of its Step Functions."""
        return boto3.client(
            "stepfunctions",
            endpoint_url=self.endpoint,
            region_name="us-west-1",
            aws_access_key_id="123456789012",  # LocalStack takes an access key of twelve digits as the account
            aws_secret_access_key="testing",
            config=boto3.session.Config(max_pool_connections=64, inject_host_prefix=False),
        )

    def write_mocks(self, text: str) -> None:
        """Replace the mocked cases."""
        self._version += 1
        new = self.mocks.with_suffix(".new")
        new.write_text(text)
        os.utime(new, (self._version, self._version))
        new.replace(self.mocks)


@contextmanager
def running(folder: Path) -> Iterator[LocalStack]:
    """Run LocalStack with its files in ``folder``. If it is missing, skip the test, or fail it if ``CI`` is ``true``."""
    if missing():
        end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        end(f"LocalStack cannot run: {missing()}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mocks, log = folder / "mocks.json", folder / "localstack.log"
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "VIRTUAL_ENV"))
    }
    variables |= ENVIRONMENT | {
        "FILESYSTEM_ROOT": str(folder / "files"),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "SFN_MOCK_CONFIG": str(mocks),
        "TMPDIR": str(folder),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PYTHON, Path(__file__).with_name("serve.py")],
            cwd=folder,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = LocalStack(f"http://127.0.0.1:{port}", mocks)
    try:
        _wait(server, process, log)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):  # a server that could not start; its log has the reason
            os.killpg(process.pid, signal.SIGKILL)
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def _wait(server: LocalStack, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            server.client().list_state_machines()
        except Exception:  # noqa: BLE001 - the server is starting; the log has the reason if it does not
            time.sleep(0.2)
        else:
            return
    pytest.fail(
        f"LocalStack did not start within {START_SECONDS:.0f} s. The end of its log:\n{log.read_text()[-3000:]}"
    )
