"""Serves a fake of MWAA's InvokeRestApi, with environments and DAGs in memory.

The fake implements the HTTP interface of ``mwaa.invoke_rest_api``: ``POST /restapi/{Name}``, rest-json. It answers calls of
``/dags/{dag_id}`` and of its ``dagRuns`` as both Airflow 2 and 3 do. An unknown DAG gives 404; a DAG run id or logical date
that exists gives 409. With an ``AirflowApi``, the fake forwards every call to a real Airflow.

Source: docs.aws.amazon.com/mwaa/latest/API/API_InvokeRestApi.html.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from local.engine.airflow_api import AirflowApi

_MAX_PATH = 64


@dataclass(slots=True)
class FakeMwaa:
    """MWAA environments behind one local port.

    Attributes:
        endpoint: URL of the fake.
        environments: DAG runs of each known DAG, by region and environment name.
        paused: region, environment and id of each paused DAG.
        real: the Airflow behind every environment; None for the environments in memory.
    """

    endpoint: str = ""
    environments: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    paused: set[tuple[str, str, str]] = field(default_factory=set)
    real: AirflowApi | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    @contextmanager
    def serve(cls) -> Iterator[FakeMwaa]:
        """Serve on a free port of 127.0.0.1 until the context closes."""
        fake = cls()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
        server.daemon_threads = True
        fake.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def add_environment(self, region: str, name: str) -> None:
        """Add an environment without DAGs, if it does not exist."""
        self.environments.setdefault((region, name), {})

    def add_dag(self, region: str, environment: str, dag_id: str) -> None:
        """Add a DAG to an environment, if it does not exist."""
        self.add_environment(region, environment)
        self.environments[region, environment].setdefault(dag_id, [])

    def runs(self, region: str, environment: str, dag_id: str) -> list[dict[str, Any]]:
        """Return the DAG's newest 100 runs, oldest first, each with ``dag_run_id``, ``conf`` and ``logical_date``."""
        query = {"limit": 100, "order_by": "-id"}
        call = {"Method": "GET", "Path": f"/dags/{quote(dag_id, safe='')}/dagRuns", "QueryParameters": query}
        if (region, environment) not in self.environments:
            return []
        status, answer = self._airflow(region, environment, call)
        found: list[dict[str, Any]] = answer["dag_runs"][::-1] if status == 200 else []
        return found

    def invoke(self, region: str, environment: str, call: dict[str, Any]) -> tuple[int, str, dict[str, Any]]:
        """Answer one InvokeRestApi call; returns HTTP status, error code (or an empty string) and body."""
        if (region, environment) not in self.environments:
            message = f"environment {environment} does not exist in {region}"
            return 404, "ResourceNotFoundException", {"message": message}
        length = len(call["Path"])
        if not 1 <= length <= _MAX_PATH:
            message = f"Path: found {length} characters, expected 1 to {_MAX_PATH}"
            return 400, "ValidationException", {"message": message}
        status, answer = self._airflow(region, environment, call)
        error = "" if status < 400 else "RestApiClientException" if status < 500 else "RestApiServerException"
        return 400 if error else 200, error, {"RestApiStatusCode": status, "RestApiResponse": answer}

    def _airflow(self, region: str, environment: str, call: dict[str, Any]) -> tuple[int, Any]:
        """Return Airflow's status and body for one call of its REST API."""
        if self.real is not None:
            return self.real.call(call["Method"], call["Path"], call.get("QueryParameters"), call.get("Body"))
        segments = [unquote(segment) for segment in call["Path"].strip("/").split("/")]
        if len(segments) < 2 or segments[0] != "dags" or segments[2:3] not in ([], ["dagRuns"]):
            return 404, {"title": "Not Found"}
        dag_id, rest = segments[1], segments[3:]
        with self._lock:
            runs = self.environments[region, environment].get(dag_id)
            if runs is None:
                return 404, {"detail": f"The Dag with ID: `{dag_id}` was not found"}
            if len(segments) == 2:
                return 200, {"dag_id": dag_id, "is_paused": (region, environment, dag_id) in self.paused}
            if call["Method"] == "GET":
                return _read(runs, rest, call.get("QueryParameters") or {})
            return _trigger(dag_id, runs, call.get("Body") or {})


def _read(runs: list[dict[str, Any]], rest: list[str], query: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if not rest:
        start = int(query.get("offset", 0))
        newest = runs[::-1][start : start + int(query.get("limit", 100))]
        return 200, {"dag_runs": newest, "total_entries": len(runs)}
    found = [run for run in runs if run["dag_run_id"] == rest[0]]
    return (200, found[0]) if found else (404, {"detail": f"DagRun {rest[0]} was not found"})


def _trigger(dag_id: str, runs: list[dict[str, Any]], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if not body.get("logical_date"):
        return 422, {"detail": "logical_date is required"}
    if any(run["dag_run_id"] == body["dag_run_id"] or run["logical_date"] == body["logical_date"] for run in runs):
        return 409, {"detail": "DAGRun with this run id or logical date already exists"}
    given = {key: body[key] for key in ("dag_run_id", "conf", "logical_date")}
    run = {"dag_id": dag_id, **given, "state": "queued"}
    runs.append(run)
    return 200, run


def _handler(fake: FakeMwaa) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            # The header is "AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/airflow/aws4_request, ...".
            scope = self.headers.get("Authorization", "").partition("Credential=")[2].split("/")
            region = scope[2] if len(scope) > 2 else ""
            status, error, answer = fake.invoke(region, unquote(self.path.rsplit("/", 1)[-1]), call)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Suppress the server's log line for each request."""

    return Handler
