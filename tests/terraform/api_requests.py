"""Records the requests that reach the engine, with the access key that signed each: who asked AWS for what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from moto.core.responses import BaseResponse
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

from local.engine.call_recorder import Call
from local.engine.patches.replace import replaced


@dataclass(frozen=True, slots=True)
class Request:
    """One signed request.

    Attributes:
        access_key: of the caller.
        call: operation and parameters; those of the query protocol are text.
    """

    access_key: str
    call: Call


@contextmanager
def recorded() -> Iterator[list[Request]]:
    """Record each request until the context closes."""
    seen: list[Request] = []
    before = BaseResponse.setup_class

    def setup_class(response: Any, request: Any, full_url: Any = None, headers: Any = None, **given: Any) -> None:
        before(response, request, full_url, headers, **given)
        # "AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ..."
        scope = str(request.headers.get("Authorization", "")).partition("Credential=")[2].split("/")
        if len(scope) > 3:
            seen.append(Request(scope[0], Call(*_operation(response, request), scope[2])))

    with replaced(BaseResponse, "setup_class", setup_class):
        yield seen


def _operation(response: Any, request: Any) -> tuple[str, str, dict[str, Any]]:
    service: str = response.boto3_service_name
    target = request.headers.get("X-Amz-Target")
    if target:
        return service, target.rpartition(".")[2], json.loads(request.data or b"{}")
    fields = {name: values[0] for name, values in response.querystring.items()}
    if "Action" in fields:
        return service, fields["Action"], fields
    # moto's querystring may have the text of a body as a key. The body of an object in S3 is not a parameter.
    fields = dict(request.args)
    if service != "s3" and request.data.lstrip()[:1] == b"{":
        fields |= json.loads(request.data)
    try:
        operation, parameters = get_service_router(service).match(request)
    except (HTTPException, NotImplementedError) as error:
        raise AssertionError(f"{service}: unknown request {request.method} {request.path}: {error}") from error
    return service, operation.name, {**fields, **parameters}
