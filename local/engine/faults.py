"""Injects faults into the state machine's calls to services.

A fault replaces the service's HTTP response. So the rest is real: botocore's parsing, the interpreter's error names,
retries and catchers.
"""

from __future__ import annotations

import functools
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

_XML_PROTOCOLS = ("query", "ec2", "rest-xml")
"""Protocols whose responses are XML, in botocore's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: an error, another response body, or a delay.

    Attributes:
        status: HTTP status of the response.
        code: AWS error code; empty if the response is ``body``.
        message: message of the error.
        body: response body if ``code`` is empty.
        times: number of calls that fail before the service works again; None for all calls.
        delay: seconds before the call goes to the real service, which then answers instead of the fault.
        takes_effect: the call goes to the real service first, and its answer is lost: the caller gets the fault.
        breaks: the caller gets no response: the connection closed, or it timed out.
    """

    status: int = 400
    code: str = ""
    message: str = "injected"
    body: str = ""
    times: int | None = None
    delay: float = 0.0
    takes_effect: bool = False
    breaks: Literal["", "connection", "timeout"] = ""

    def broken(self, url: str) -> HTTPClientError:
        """Return botocore's exception for a call without a response."""
        if self.breaks == "timeout":
            return ReadTimeoutError(endpoint_url=url, error="injected")
        return ConnectionClosedError(endpoint_url=url, error="injected")

    def error(self, *, xml: bool) -> str:
        """Return the error's body in the service's protocol."""
        if xml:
            error = f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>"
            return f"<ErrorResponse>{error}<RequestId>injected</RequestId></ErrorResponse>"
        return json.dumps({"__type": self.code, "message": self.message})


FaultOf: TypeAlias = Callable[[str], Fault | None]
"""Chooses the fault of one call by its request body; None for a call without one."""


@dataclass(slots=True)
class Faults:
    """The active faults and the number of calls of each operation.

    Attributes:
        calls: number of calls by ``service.Operation``, in botocore's names: ``glue.StartJobRun``.
    """

    calls: Counter[str] = field(default_factory=Counter)
    _rules: dict[str, Fault | FaultOf] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def inject(self, operation: str, fault: Fault | FaultOf) -> Iterator[None]:
        """Apply the fault, or the one that a function chooses, to ``operation`` until the context closes.

        All call counts begin again.
        """
        with self._lock:
            self._rules[operation] = fault
            self.calls.clear()
        try:
            yield
        finally:
            del self._rules[operation]

    def watch(self, client: Any) -> None:
        """Apply the faults to the calls of a boto3 client."""
        xml = client.meta.service_model.protocol in _XML_PROTOCOLS
        client.meta.events.register("before-send", functools.partial(self._before_send, xml=xml))

    def _before_send(self, request: Any, event_name: str, *, xml: bool, **_: Any) -> AWSResponse | None:
        operation = event_name.removeprefix("before-send.")
        with self._lock:
            self.calls[operation] += 1
            rule, number = self._rules.get(operation), self.calls[operation]
        fault = rule if isinstance(rule, Fault) or rule is None else rule(_text(request.body))
        if fault is None or (fault.times is not None and number > fault.times):
            return None
        if fault.delay:
            time.sleep(fault.delay)
            return None
        if fault.takes_effect:
            _send(request)
        if fault.breaks:
            raise fault.broken(request.url)
        body = fault.error(xml=xml) if fault.code else fault.body
        headers = {"x-amzn-errortype": fault.code, "x-amzn-requestid": "injected", "content-type": "application/json"}
        return AWSResponse(request.url, fault.status, headers, _Raw(body.encode()))


def _send(request: AWSPreparedRequest) -> None:
    """Make the call without the client that waits for the answer."""
    session = URLLib3Session()
    try:
        session.send(request)
    finally:
        session.close()


def _text(body: str | bytes | None) -> str:
    return body.decode() if isinstance(body, bytes) else body or ""


class _Raw(io.BytesIO):
    """A response body with the interface of urllib3's, which botocore reads."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """Yield the whole body as one chunk."""
        yield self.read()
