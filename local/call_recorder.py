"""What was asked of AWS: every API call of the functions and of the state machine, with its parameters.

IAM policies are tested against it: what was called must be allowed, and what is allowed must have been called.
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
        service: as boto3 names it.
        operation: as the service's API names it: ``StartJobRun``.
        parameters: what the caller gave, as JSON values.
        region: of the client.
    """

    service: str
    operation: str
    parameters: dict[str, Any]
    region: str


def record(events: Any, keep: Callable[[Call], None]) -> None:
    """Give every call to ``keep`` that clients behind ``events``, a botocore event emitter, make from now on.

    Source: boto3.amazonaws.com/v1/documentation/api/latest/guide/events.html.
    """

    def note(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        given = json.loads(json.dumps(params, default=str))
        keep(Call(model.service_model.service_name, model.name, given, context["client_region"]))

    events.register("provide-client-params", note)
