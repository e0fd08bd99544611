"""``orchestrator replay``: starts the failed triggers of an execution again, and no others."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from typing import Annotated, Any

import boto3
import typer

from cli.io import print_json
from operations.deployed_router import DeployedRouter
from orchestration.errors import ExecutionLookupError, ReplayError
from orchestration.executions import ExecutionClient

_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):states:(?P<region>[^:]+):(?P<account>\d+):execution:(?P<machine>[^:]+):(?P<name>[^:]+)"
)


def replay(  # noqa: PLR0913 - one parameter an option
    *,
    execution: Annotated[str, typer.Argument(help="ARN of the execution, or its name together with --function.")],
    function: Annotated[
        str, typer.Option(help="The router Lambda; by default it is named as the execution's state machine.")
    ] = "",
    only: Annotated[str, typer.Option(help="Indices of the triggers, as 1,3; by default those that failed.")] = "",
    accept_rename: Annotated[
        list[str] | None,
        typer.Option(
            help="INDEX=NAME: the trigger was corrected and is NAME now; may be repeated. Else that is refused."
        ),
    ] = None,
    tag: Annotated[
        str, typer.Option(help="Name of this replay; the same replay again starts nothing, unless it has another tag.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be started.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the router's report as JSON.")] = False,
) -> None:
    """Start the failed triggers of an execution again, and no others.

    They are resolved from the current configuration.

    Exit 0: all triggered; 1: some failed, or not known after a minute; 2: bad input; 3: nothing was started.
    """
    arn = _ARN.fullmatch(execution)
    if arn is None and not function:
        raise ReplayError(f"found {execution!r}, expected an execution's ARN, or its name together with --function")
    router = DeployedRouter.find(function or (arn["machine"] if arn else ""), arn["region"] if arn else "")
    executions = ExecutionClient(boto3.client("stepfunctions", region_name=router.settings.region), router.settings)
    described = executions.describe(arn["name"] if arn else execution)
    indices = _indices(only) if only else _failed(described, executions)
    items, event = described["input"].get("triggers", []), described["input"].get("event")
    if not isinstance(event, dict):
        raise ReplayError(f"execution {described['name']} was not started by the router: its input holds no event")
    shown = [f"{index} {items[index]['type']} {items[index]['name']}" for index in indices if index < len(items)]
    sys.stderr.write(
        f"{described['name']} ({described['status']}): {len(indices)} to start: {'; '.join(shown) or 'none'}\n"
    )
    if not indices:
        raise typer.Exit(3)
    names = _renamed(accept_rename or [])
    request = {"of": described["name"], "tag": tag or _tag(described["name"], indices, names), "only": indices}
    request |= {"renamed": names} if names else {}
    payload = {**event, "$replay": request, "$wait_seconds": 60}
    if dry_run:
        print_json(payload)
        return
    _print(router.invoke(payload)[0], as_json=as_json)


def _print(record: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(record)
    outcomes = [outcome for one in record["executions"] for outcome in one.get("outcomes", [])]
    if not as_json:
        for one in record["executions"]:
            typer.echo(f"{one['name']}: {one['status']}, {one.get('execution_status', 'not waited for')}")
        for outcome in outcomes:
            error = outcome.get("error", {})
            detail = outcome["result"].get("id") or f"{error.get('Error')}: {error.get('Cause', '')}"
            typer.echo(
                f"  {outcome['index']} {outcome['type']} {outcome['name']}: {outcome['result']['status']} {detail}"
            )
        for warning in record["warnings"]:
            typer.echo(f"warning: {warning}", err=True)
    if record["status"] == "DUPLICATE":
        raise typer.Exit(3)
    succeeded = all(one.get("execution_status") == "SUCCEEDED" for one in record["executions"])
    raise typer.Exit(0 if succeeded else 1)


def _failed(described: dict[str, Any], executions: ExecutionClient) -> list[int]:
    """Indices of the failed triggers."""
    if described["status"] == "RUNNING":
        raise ExecutionLookupError(f"execution {described['name']} is still running: wait for its end")
    outcomes, items = executions.outcomes(described), described["input"].get("triggers", [])
    if not outcomes:
        raise ReplayError(
            f"execution {described['name']} ended {described['status']} without outcomes: which triggers had started is in "
            "its history only; look there, and name the others with --only"
        )
    failed = [one["index"] for one in outcomes if one["result"]["status"] != "TRIGGERED"]
    for index in failed:
        if not _is_trigger(items[index]):
            sys.stderr.write(
                f"left out: {index} {items[index]['name']} is a problem of the configuration, not a trigger; what it named "
                "was never started: mend it, then publish a new event\n"
            )
    return [index for index in failed if _is_trigger(items[index])]


def _is_trigger(item: dict[str, Any]) -> bool:
    return item["type"] != "rejected" or any(item.get("declared", {}).values())


def _tag(name: str, indices: list[int], names: dict[str, str]) -> str:
    """Deterministic: the same command twice is one replay."""
    return f"again-{hashlib.sha256(json.dumps([name, indices, names], sort_keys=True).encode()).hexdigest()[:12]}"


def _indices(text: str) -> list[int]:
    if not re.fullmatch(r"\d+(,\d+)*", text):
        raise ReplayError(f"--only: found {text!r}, expected indices such as 1,3")
    return sorted({int(index) for index in text.split(",")})


def _renamed(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if not re.fullmatch(r"\d+=.+", pair):
            raise ReplayError(f"--accept-rename: found {pair!r}, expected INDEX=NAME")
    return {str(int(pair.partition("=")[0])): pair.partition("=")[2] for pair in pairs}
