"""Calls the REST API of a real Airflow 2 (basic authentication) or Airflow 3 (token), as MWAA's InvokeRestApi does."""

from __future__ import annotations

import base64
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from orchestration.errors import OrchestrationError

_TIMEOUT = 15.0


class AirflowApiError(OrchestrationError):
    """An Airflow cannot be used. The person who gave its URL must act."""


class AirflowUnreachableError(AirflowApiError):
    """An Airflow does not answer. It may not have started yet."""


@dataclass(slots=True)
class AirflowApi:
    """The REST API of one Airflow.

    Attributes:
        url: URL of its web server.
        user: name of the user that calls it.
        password: the user's password; no message and no ``repr`` contains it.
    """

    url: str
    user: str
    password: str = field(repr=False)
    _root: str = ""
    _authorization: str = field(default="", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def connect(self) -> int:
        """Log in; returns Airflow's major version.

        Raises:
            AirflowUnreachableError: the server does not answer.
            AirflowApiError: the server is not an Airflow, or refuses the credentials.
        """
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise AirflowApiError(f"{self.url}: expected a URL such as http://127.0.0.1:8080")
        with self._lock:
            return self._connect()

    def call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> tuple[int, Any]:
        """Call the REST API with a path of InvokeRestApi; returns status and body, or 503 if Airflow is unreachable."""
        try:
            with self._lock:
                if not self._root:
                    self._connect()
            target = f"{self._root}{path}" + (f"?{urlencode(query)}" if query else "")
            status, answer = self._send(method, target, body, self._authorization)
            if status == 401 and self._root.endswith("/v2"):  # A token expires after one day.
                with self._lock:
                    self._connect()
                status, answer = self._send(method, target, body, self._authorization)
        except AirflowApiError as error:
            return 503, {"detail": str(error)}
        return status, answer

    def _connect(self) -> int:
        base = self.url.rstrip("/")
        if self._send("GET", f"{base}/api/v2/version", None, "")[0] == 200:
            credentials = {"username": self.user, "password": self.password}
            status, answer = self._send("POST", f"{base}/auth/token", credentials, "")
            if status >= 300 or not isinstance(answer, dict):
                raise AirflowApiError(
                    f"{base}: Airflow 3 answered {status} to the login of {self.user}. Check the user and the password."
                )
            self._root, self._authorization = f"{base}/api/v2", f"Bearer {answer['access_token']}"
            return 3
        basic = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        status = self._send("GET", f"{base}/api/v1/dags?limit=1", None, f"Basic {basic}")[0]
        if status != 200:
            raise AirflowApiError(
                f"{base}: found no REST API of Airflow 2 or 3 for {self.user} (/api/v1 answered {status}). Check the URL, "
                "the user and the password. Airflow 2 needs auth_backends = airflow.api.auth.backend.basic_auth."
            )
        self._root, self._authorization = f"{base}/api/v1", f"Basic {basic}"
        return 2

    @staticmethod
    def _send(method: str, url: str, body: Any, authorization: str) -> tuple[int, Any]:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if authorization:
            headers["Authorization"] = authorization
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - connect() checks the scheme
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_TIMEOUT) as answer:
                return answer.status, _parsed(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _parsed(error.read())
        except (OSError, ValueError) as error:
            raise AirflowUnreachableError(
                f"{url.split('/api/', maxsplit=1)[0]}: cannot reach Airflow: {error}"
            ) from None


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text.decode(errors="replace")[:2000]  # Airflow 2 answers some errors with HTML.
