"""``orchestrator local --airflow``: the stack may start before Airflow, which needs the stack's address."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.cli.helpers import Local, Orchestrator
from tests.cli.test_local import wait_for_line

UNUSABLE_AIRFLOWS = [
    ("http://127.0.0.1:{http}", "secret", "found no REST API of Airflow 2 or 3"),
    ("file:///etc/hosts", "secret", "expected a URL such as"),
    ("http://127.0.0.1:1", "", "Set ORCHESTRATOR_AIRFLOW_PASSWORD to the password of admin"),
]


@pytest.mark.parametrize(("url", "password", "words"), UNUSABLE_AIRFLOWS, ids=["not-airflow", "file-url", "password"])
def test_unusable_airflow_exits_2_with_one_line(
    orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch, url: str, password: str, words: str
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_AIRFLOW_PASSWORD", password)
    with web_server(_NotFound) as port:
        result = orchestrator("local", "--airflow", url.format(http=port))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.slow
def test_airflow_may_start_after_the_local_stack() -> None:
    """The stack prints what Airflow needs, then a refusal once, then that Airflow answers."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    local = Local("--airflow", url, ORCHESTRATOR_AIRFLOW_PASSWORD="secret")
    try:
        text = "".join(local.lines)
        assert f"Airflow server at {url}. It does not answer yet. mwaa_dag triggers fail until it does." in text
        (endpoint,) = re.findall(r"#   export AWS_ENDPOINT_URL=(http://127\.0\.0\.1:\d+)\n", text)
        queue = f"{endpoint}/123456789012/local-mwaa-triggers"
        assert f"#   export AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL={queue}\n" in text
        with web_server(_NotFound, port):
            refusal = wait_for_line(local, "AIRFLOW")
        assert refusal.startswith(f"AIRFLOW  {url}: found no REST API of Airflow 2 or 3 for admin")
        with web_server(_Airflow2, port):
            assert wait_for_line(local, "AIRFLOW") == f"AIRFLOW  {url} answers: Airflow 2"
        assert "secret" not in text + refusal
    finally:
        code = local.stop()
    assert code == 0


class _NotFound(BaseHTTPRequestHandler):
    """A web server that is not Airflow."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Print nothing."""


class _Airflow2(_NotFound):
    """The answer of Airflow 2 to the first call of its REST API. tests/airflow has real ones."""

    def do_GET(self) -> None:
        if not self.path.startswith("/api/v1/dags"):
            return self.send_error(404)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")
        return None


@contextmanager
def web_server(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
