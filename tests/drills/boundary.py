"""A proxy between the product and the engine that disturbs calls: errors, lost answers, delays, cut bodies.

The router's processes, the mwaa_dag function and the state machine call AWS through it. Only the boundary is disturbed: the
SDK's parsing and retries, and everything behind the boundary, are real. The drill itself calls the engine directly.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")
_XML = ("s3", "sns")
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass(frozen=True, slots=True)
class Call:
    """One API call: ``operation`` is ``service.Operation``, as ``glue.StartJobRun``."""

    operation: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """A disturbed call.

    Attributes:
        status: HTTP status of the answer, instead of the service's.
        code: AWS error code of it; empty for the service's answer.
        after: the call takes effect before the answer is replaced: the answer is lost.
        delay: seconds before the answer.
        cut: half of the answer's body arrives, then the connection ends.
        then: called before the answer, for example to kill the caller.
    """

    status: int = 400
    code: str = ""
    after: bool = False
    delay: float = 0.0
    cut: bool = False
    then: Callable[[], None] = lambda: None


Disturb = Callable[[Call], Disturbance | None]


@dataclass(slots=True)
class Boundary:
    """The proxy.

    Attributes:
        upstream: host and port of the engine, and of the MWAA environments.
        disturb: decides for each call; the default disturbs none.
        calls: number of calls by operation.
        disturbed: number of disturbed calls by operation.
    """

    upstream: dict[str, str]
    url: str = ""
    disturb: Disturb = lambda call: None
    calls: Counter[str] = field(default_factory=Counter)
    disturbed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def decide(self, call: Call) -> Disturbance | None:
        """Count the call; returns its disturbance."""
        with self.lock:
            self.calls[call.operation] += 1
            found = self.disturb(call)
            if found is not None:
                self.disturbed[call.operation] += 1
        return found


@contextmanager
def boundary(engine_url: str, mwaa_url: str) -> Iterator[Boundary]:
    """Serve the proxy on a free port of 127.0.0.1 until the context closes."""
    one = Boundary({"airflow": urlsplit(mwaa_url).netloc, "": urlsplit(engine_url).netloc})
    server = _Server(one)
    one.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _operation(service: str, method: str, headers: Any, body: bytes) -> str:
    target = headers.get("X-Amz-Target", "")
    if target:
        return f"{service}.{target.rpartition('.')[2]}"
    if service == "s3":
        return f"s3.{ {'GET': 'GetObject', 'PUT': 'PutObject'}.get(method, method) }"
    if service == "lambda":
        return "lambda.Invoke"
    if service == "airflow":
        return "mwaa.InvokeRestApi"
    return f"{service}.{parse_qs(body.decode(errors='replace')).get('Action', [method])[0]}"


def _error(service: str, one: Disturbance) -> bytes:
    error = f"<Code>{one.code}</Code><Message>injected</Message>"
    if service == "s3":
        return f"<Error>{error}<RequestId>injected</RequestId></Error>".encode()
    if service == "sns":
        return f"<ErrorResponse><Error>{error}</Error><RequestId>injected</RequestId></ErrorResponse>".encode()
    return json.dumps({"__type": one.code, "message": "injected"}).encode()


class _Handler(BaseHTTPRequestHandler):
    """Forwards the calls of one connection over one connection to each service."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.upstream: dict[str, HTTPConnection] = {}

    def finish(self) -> None:
        for connection in self.upstream.values():
            connection.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scope = _SCOPE.search(self.headers.get("Authorization", ""))
        service = scope[1] if scope else ""
        operation = _operation(service, self.command, self.headers, body)
        found = self.server.boundary.decide(Call(operation, body))
        if found is None:
            self._reply(*self._forward(service, body))
            return
        answer = self._forward(service, body) if found.after or not found.code else None
        time.sleep(found.delay)
        found.then()
        if found.code:
            kind = "application/xml" if service in _XML else "application/json"
            headers = [("Content-Type", kind), ("x-amzn-errortype", found.code), ("x-amzn-requestid", "injected")]
            self._reply(found.status, headers, _error(service, found))
        elif answer is not None:
            self._reply(*answer, cut=found.cut)

    do_GET = do_PUT = do_POST  # noqa: N815 - names of the base class

    def _forward(self, service: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        address = self.server.boundary.upstream.get(service, self.server.boundary.upstream[""])
        for first in (True, False):
            connection = self.upstream.setdefault(address, HTTPConnection(address, timeout=120))
            try:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            except (HTTPException, ConnectionError):  # not after a timeout: the engine has the request then
                # The engine closed the idle connection, and did not read the request.
                self.upstream.pop(address).close()
                if not first:
                    raise
        raise AssertionError

    def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Suppress the server's log line for each request."""


class _Server(ThreadingHTTPServer):
    """A server that ignores connections which end because their caller was killed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, one: Boundary) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.boundary = one

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
