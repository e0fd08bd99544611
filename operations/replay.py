"""Builds the replay of an execution: the triggers that failed, or those that a person names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from operations.deployed_router import DeployedRouter
from orchestration.errors import ExecutionLookupError, ReplayError
from orchestration.executions import ExecutionClient

_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):states:(?P<region>[^:]+):(?P<account>\d+):execution:(?P<machine>[^:]+):(?P<name>[^:]+)"
)

WAIT_SECONDS = 60
"""Seconds that the router waits for the outcomes of a replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedReplay:
    """A replay that is ready to send.

    Attributes:
        router: the router that started the execution.
        execution: name of the execution.
        status: status of the execution.
        triggers: ``INDEX TYPE NAME`` of each trigger to start.
        not_triggers: failed items that name no trigger: problems of the configuration itself.
        payload: the payload that the router accepts.
    """

    router: DeployedRouter
    execution: str
    status: str
    triggers: tuple[str, ...]
    not_triggers: tuple[str, ...]
    payload: Mapping[str, Any]

    def send(self) -> dict[str, Any]:
        """Invoke the router; returns its record, with the outcomes of the new execution."""
        return self.router.invoke(dict(self.payload))[0]


def prepare(
    execution: str,
    *,
    function: str = "",
    only: Sequence[int] = (),
    new_names: Mapping[str, str] | None = None,
    tag: str = "",
) -> PreparedReplay:
    """Read the execution and build its replay; starts nothing.

    Args:
        execution: ARN of the execution, or its name together with ``function``.
        function: name of the router Lambda; by default the name of the execution's state machine.
        only: indices of the triggers; by default all that failed.
        new_names: index to the trigger's current name.
        tag: idempotency tag of the replay; by default derived from the request, so that a repeated command starts nothing.

    Raises:
        ReplayError: the execution cannot be replayed.
        ExecutionLookupError: the execution does not exist, cannot be read, or is running.
        RouterNotFoundError: the function does not exist.
    """
    arn = _ARN.fullmatch(execution)
    if arn is None and not function:
        raise ReplayError(
            f"execution {execution!r}: expected an execution's ARN, or its name together with --function."
        )
    router = DeployedRouter.find(function or (arn["machine"] if arn else ""), arn["region"] if arn else "")
    executions = ExecutionClient(boto3.client("stepfunctions", region_name=router.settings.region), router.settings)
    described = executions.describe(arn["name"] if arn else execution)
    items, event = described["input"].get("triggers", []), described["input"].get("event")
    if not isinstance(event, dict):
        raise ReplayError(f"execution {described['name']}: the router did not start it; its input has no event.")
    failed, not_triggers = (list(only), []) if only else _failed(described, executions)
    names = dict(new_names or {})
    request = {"of": described["name"], "tag": tag or _tag(described["name"], failed, names), "only": failed}
    request |= {"renamed": names} if names else {}
    return PreparedReplay(
        router=router,
        execution=described["name"],
        status=described["status"],
        triggers=tuple(f"{one} {items[one]['type']} {items[one]['name']}" for one in failed if one < len(items)),
        not_triggers=tuple(f"{one} {items[one]['name']}" for one in not_triggers),
        payload={**event, "$replay": request, "$wait_seconds": WAIT_SECONDS} if failed else {},
    )


def _failed(described: dict[str, Any], executions: ExecutionClient) -> tuple[list[int], list[int]]:
    """Indices of the failed triggers, and of failed items that name no trigger."""
    if described["status"] == "RUNNING":
        raise ExecutionLookupError(f"execution {described['name']}: still running. Wait until it ends.")
    outcomes, items = executions.outcomes(described), described["input"].get("triggers", [])
    if not outcomes:
        raise ReplayError(
            f"execution {described['name']}: ended {described['status']} without outcomes. Check its event history, then pass "
            "the missing indices with --only."
        )
    failed = [one["index"] for one in outcomes if one["result"]["status"] != "TRIGGERED"]
    return [one for one in failed if _is_trigger(items[one])], [one for one in failed if not _is_trigger(items[one])]


def _is_trigger(item: dict[str, Any]) -> bool:
    return item["type"] != "rejected" or any(item.get("declared", {}).values())


def _tag(name: str, indices: Sequence[int], names: Mapping[str, str]) -> str:
    """Derive the tag from the request: the same command twice is one replay."""
    request = json.dumps([name, list(indices), dict(names)], sort_keys=True)
    return f"again-{hashlib.sha256(request.encode()).hexdigest()[:12]}"
