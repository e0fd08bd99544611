"""The router and the state machine are those of this release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from typing import Any

from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack

_FILLED = {
    "${glue_run_function_arn}": ":function:",
    "${mwaa_dag_function_arn}": ":function:",
    "${job_events_topic_arn}": ":sns:",
}
"""Placeholder of the definition to a part of the ARN that Terraform fills in."""

_APPLY = "Apply Terraform with the release of this checkout"


def check_router(stack: ExaminedStack) -> Iterator[Finding]:
    """The router has its alias and a destination for events on which it fails, and may fail loudly."""
    router, wrong = stack.router, list[tuple[str, str]]()
    if not router.qualifier:
        wrong.append(("the function has no alias live, which SNS and replays invoke", "Apply Terraform"))
    if not router.failure_destination():
        wrong.append(
            ("no destination for failed events is set, so an event is lost after three attempts", "Apply Terraform")
        )
    if not stack.settings.require_config:
        advice = "Set require_config = true in Terraform"
        wrong.append(
            ("REQUIRE_CONFIG is not true: without a configuration, events start nothing and are not kept", advice)
        )
    found = stack.client("lambda").get_function_configuration(FunctionName=stack.name)
    if found.get("State", "Active") not in ("Active", "Inactive"):
        reason = found.get("StateReason", "")
        wrong.append(
            (f"the function's state is {found['State']}: {reason}", "Read the reason; usually a key or a role")
        )
    for message, advice in wrong:
        yield Finding(check="router", subject=stack.name, status="problem", message=message, advice=advice)
    if not wrong:
        yield Finding(
            check="router", subject=stack.name, status="ok", message="active, with alias and failure destination"
        )


def check_state_machine(stack: ExaminedStack) -> Iterator[Finding]:
    """The version that the router starts exists, and its definition is the committed one."""
    arn = stack.settings.start_arn
    about = partial(Finding, check="state machine", subject=arn)
    client = stack.client("stepfunctions")
    try:
        deployed = client.describe_state_machine(stateMachineArn=arn)
    except client.exceptions.StateMachineDoesNotExist:
        yield about(status="problem", message="does not exist, so the router cannot start it", advice=_APPLY)
        return
    name = f"downstream_orchestrator{'_waiting' if stack.settings.wait_for_runs else ''}.asl.json"
    committed = files("statemachines").joinpath(name).read_text(encoding="utf-8")
    place = _difference(json.loads(committed), json.loads(deployed["definition"]))
    if place:
        message = f"its definition differs from that of this tool's release, first at {place}"
        advice = (
            "Use the tool of the deployed release, or apply Terraform with this one. Nobody may edit the definition"
        )
        yield about(status="problem", message=message, advice=advice)
    else:
        yield about(status="ok", message="its definition is the committed one")


def _difference(  # noqa: PLR0911 - one return a kind of value
    committed: Any, deployed: Any, place: str = "$"
) -> str:
    """Path of the first difference, or empty; Terraform fills in ARNs and the partition."""
    if isinstance(committed, dict) and isinstance(deployed, dict):
        for key in dict.fromkeys([*committed, *deployed]):
            if key not in committed or key not in deployed:
                return f"{place}.{key}"
            if found := _difference(committed[key], deployed[key], f"{place}.{key}"):
                return found
        return ""
    if isinstance(committed, list) and isinstance(deployed, list):
        if len(committed) != len(deployed):
            return place
        pairs = enumerate(zip(committed, deployed, strict=True))
        return next((found for n, (a, b) in pairs if (found := _difference(a, b, f"{place}[{n}]"))), "")
    if isinstance(committed, str) and committed in _FILLED:
        return "" if isinstance(deployed, str) and _FILLED[committed] in deployed else place
    if isinstance(committed, str) and isinstance(deployed, str) and deployed.startswith("arn:"):
        deployed = ":".join(["arn", "aws", *deployed.split(":")[2:]])
    return "" if committed == deployed else place
