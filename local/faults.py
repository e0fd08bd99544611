"""Faults at the service boundary: what goes wrong when the state machine calls a service, on purpose.

A fault answers in the service's place, as bytes on the wire, so that everything on this side of it is real: botocore's
parsing, the interpreter's error names, retries and catchers.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way in which a call goes wrong.

    Attributes:
        status: HTTP status of the answer.
        code: AWS's error code; empty where the answer is ``body``.
        message: of the error.
        body: what is answered in place of an error.
        times: how many calls go wrong before the service is fine again; None for all.
        delay: seconds that a call takes before it reaches the service, which then answers itself.
    """

    status: int = 400
    code: str = ""
    message: str = "injected"
    body: str = ""
    times: int | None = None
    delay: float = 0.0


@dataclass(slots=True)
class Faults:
    """The faults in force, and how often each operation was called.

    Attributes:
        calls: by ``service.Operation``, as botocore names them: ``glue.StartJobRun``.
    """

    calls: Counter[str] = field(default_factory=Counter)
    _rules: dict[str, Fault] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def inject(self, operation: str, fault: Fault) -> Iterator[None]:
        """Let calls of ``operation`` go wrong for as long as the context lasts; the counts begin anew."""
        with self._lock:
            self._rules[operation] = fault
            self.calls.clear()
        try:
            yield
        finally:
            del self._rules[operation]

    def watch(self, client: Any) -> None:
        """Stand between a boto3 client and its service."""
        client.meta.events.register("before-send", self._before_send)

    def _before_send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        operation = event_name.removeprefix("before-send.")
        with self._lock:
            self.calls[operation] += 1
            fault, number = self._rules.get(operation), self.calls[operation]
        if fault is None or (fault.times is not None and number > fault.times):
            return None
        if fault.delay:
            time.sleep(fault.delay)
            return None
        body = json.dumps({"__type": fault.code, "message": fault.message}) if fault.code else fault.body
        headers = {"x-amzn-errortype": fault.code, "x-amzn-requestid": "injected", "content-type": "application/json"}
        return AWSResponse(request.url, fault.status, headers, _Raw(body.encode()))


class _Raw(io.BytesIO):
    """The body as botocore reads one from urllib3."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """The body's chunks."""
        yield self.read()
