"""The client finds Airflow 2 or 3, logs in, and reports a server that it cannot use without the password.

``tests/airflow/test_rest_api.py`` calls real servers.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.engine.airflow_api import AirflowApi, AirflowApiError, AirflowUnreachableError

Answer = tuple[int, Any]


@contextmanager
def serving(answers: dict[str, Answer], seen: list[tuple[str, str]] | None = None) -> Iterator[str]:
    """Serve answers by ``METHOD path``; anything else gives 404."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if seen is not None:
                seen.append((f"{self.command} {self.path}", self.headers.get("Authorization", "")))
            status, body = answers.get(f"{self.command} {self.path}", (404, {}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode() if isinstance(body, str) else json.dumps(body).encode())

        do_GET = do_POST = _answer  # noqa: N815 - the base class's names

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


AIRFLOW_3: dict[str, Answer] = {
    "GET /api/v2/version": (200, {}),
    "POST /auth/token": (201, {"access_token": "t"}),
    "GET /api/v2/dags/d": (200, {"dag_id": "d"}),
}
AIRFLOW_2: dict[str, Answer] = {
    "GET /api/v1/dags?limit=1": (200, {"dags": []}),
    "GET /api/v1/dags/d?a=1": (500, "<h1>error</h1>"),
}


def test_airflow_3_is_called_with_its_token() -> None:
    seen: list[tuple[str, str]] = []
    with serving(AIRFLOW_3, seen) as url:
        api = AirflowApi(url, "user", "secret")
        assert api.connect() == 3
        assert api.call("GET", "/dags/d") == (200, {"dag_id": "d"})
    assert seen[-1] == ("GET /api/v2/dags/d", "Bearer t")


def test_expired_token_is_renewed_once() -> None:
    seen: list[tuple[str, str]] = []
    with serving({**AIRFLOW_3, "GET /api/v2/dags/d": (401, {})}, seen) as url:
        api = AirflowApi(url, "user", "secret")
        api.connect()
        assert api.call("GET", "/dags/d")[0] == 401
    assert [path for path, _ in seen].count("POST /auth/token") == 2
    assert [path for path, _ in seen].count("GET /api/v2/dags/d") == 2


def test_airflow_2_gets_a_password_and_may_answer_html() -> None:
    seen: list[tuple[str, str]] = []
    with serving(AIRFLOW_2, seen) as url:
        assert AirflowApi(f"{url}/", "user", "secret").call("GET", "/dags/d", {"a": 1}) == (500, "<h1>error</h1>")
    assert seen[-1][1] == "Basic " + base64.b64encode(b"user:secret").decode()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (
            {"GET /api/v2/version": (200, {}), "POST /auth/token": (401, {})},
            "Airflow 3 answered 401 to the login of user",
        ),
        ({"GET /api/v1/dags?limit=1": (403, {})}, "found no REST API of Airflow 2 or 3 for user"),
        ({}, "found no REST API"),
    ],
)
def test_unusable_server_is_reported_without_the_password(answers: dict[str, Answer], words: str) -> None:
    with serving(answers) as url:
        api = AirflowApi(url, "user", "secret")
        with pytest.raises(AirflowApiError, match=words) as error:
            api.connect()
        assert api.call("GET", "/dags/d")[0] == 503
    assert "secret" not in str(error.value) + repr(api)


def test_server_that_does_not_answer_is_unreachable() -> None:
    api = AirflowApi("http://127.0.0.1:1", "user", "secret")
    with pytest.raises(AirflowUnreachableError, match="cannot reach Airflow"):
        api.connect()
    assert api.call("GET", "/dags/d")[0] == 503


def test_address_that_is_no_url_is_refused() -> None:
    with pytest.raises(AirflowApiError, match="expected a URL such as"):
        AirflowApi("file:///etc/passwd", "user", "secret").connect()
