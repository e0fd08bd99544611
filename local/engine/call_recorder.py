"""Records the AWS API calls of the functions and of the state machine, with their parameters.

The tests compare the record with the IAM policies. A policy must allow every recorded call, and every allowed action must
have a recorded call.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One API call.

    Attributes:
        service: boto3's name of the service.
        operation: the API's name of the operation, such as ``StartJobRun``.
        parameters: the caller's parameters, as JSON values.
        region: the client's region.
    """

    service: str
    operation: str
    parameters: dict[str, Any]
    region: str


def record(events: Any, on_call: Callable[[Call], None]) -> None:
    """Pass each future call of some clients to ``on_call``.

    Args:
        events: the clients' botocore event emitter.
        on_call: called once for each API call, before botocore sends it.

    Source: boto3.amazonaws.com/v1/documentation/api/latest/guide/events.html.
    """

    def handle(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        given = json.loads(json.dumps(params, default=str))
        on_call(Call(model.service_model.service_name, model.name, given, context["client_region"]))

    events.register("provide-client-params", handle)
