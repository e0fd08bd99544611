"""The roles allow their own work, and the start of every target."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.resources import files

from analysis.permissions import Permission, permissions
from analysis.policy_evaluation import Statement, allows, allows_somewhere
from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack
from operations.stack.role_policies import RoleNotFoundError, role_statements
from orchestration.triggers import REGISTRY
from orchestration.triggers._start_look_up import GLUE_RUN
from orchestration.triggers.mwaa_dag import MwaaDag
from orchestration.values.strictjson import Json

_CHECK = "permissions"
_POLICIES = {
    "state_machine": "state_machine.iam.json",
    "downstream_orchestrator": "downstream_orchestrator.iam.json",
    "glue_run": "glue_run.iam.json",
    "mwaa_dag": "mwaa_dag.iam.json",
}
"""Role to the generated policy of its work (statemachines/)."""
_WAITING_POLICY = "state_machine_waiting.iam.json"
"""Policy of the state machine of a deployment that waits for runs."""
_JOINS_POLICY = "joins.iam.json"
"""More of the router's policy, in a deployment with joins."""


def check(stack: ExaminedStack) -> Iterator[Finding]:
    """Compare the policies of each role with the generated ones, and with the targets of the configuration."""
    needed = permissions(stack.triggers, stack.settings, stack.airflow_role).roles
    roles, missing_functions = _roles(stack)
    for function in missing_functions:
        message = "does not exist, and the state machine invokes it"
        yield Finding(check=_CHECK, subject=function, status="problem", message=message, advice="Apply Terraform")
    for role, arn in roles.items():
        name = arn.rpartition("/")[2]
        about = partial(Finding, check=_CHECK, subject=f"role {name}")
        try:
            statements = role_statements(name, stack.settings.region)
        except RoleNotFoundError:
            yield about(status="problem", message="does not exist", advice="Apply Terraform")
            continue
        missing = [one for one in needed.get(role, []) if not _covered(one, statements)]
        for permission in missing:
            yield about(
                status="problem",
                message=f"does not allow {permission.action} on {permission.resource}, a target of the configuration",
                advice="Extend the allow-list in Terraform (orchestrator iam prints it), and apply",
            )
        own = [action for policy in _policies(role, stack) for action in _own_actions(policy) if action not in _STARTS]
        lacking = [action for action in own if not allows_somewhere(statements, action)]
        if lacking:
            message = f"does not allow {', '.join(lacking)}, which it needs for its own work"
            yield about(status="problem", message=message, advice="Apply Terraform")
        if not missing and not lacking:
            count = len(needed.get(role, []))
            yield about(status="ok", message=f"allows its own work and the start of {count} targets")


def _covered(needed: Permission, statements: Sequence[Statement]) -> bool:
    """True if the statements allow a target's start; of a resource that ends with ``/*``, one part is enough.

    The MWAA Lambda function calls as one Airflow role, which Terraform knows: ``role/ENVIRONMENT/ROLE``. ENVIRONMENT may have
    wildcards.
    """
    parts = [needed.resource]
    if needed.resource.endswith("/*"):
        named = [pattern for statement in statements for pattern in statement.resources.patterns if ":role/" in pattern]
        parts += [needed.resource[:-1] + pattern.rpartition("/")[2] for pattern in named]
    return any(allows(statements, needed.action, part) for part in parts)


def _roles(stack: ExaminedStack) -> tuple[dict[str, str], list[str]]:
    """ARN of each role, and of each function that the state machine invokes and that does not exist."""
    machine = stack.client("stepfunctions").describe_state_machine(stateMachineArn=stack.settings.state_machine_arn)
    functions = stack.client("lambda")
    router = functions.get_function_configuration(FunctionName=stack.name)
    roles = {"state_machine": machine["roleArn"], "downstream_orchestrator": router["Role"]}
    missing = []
    for role, state in _CALLED.items():
        function = _function(json.loads(machine["definition"]), state)
        try:
            if function:
                roles[role] = functions.get_function_configuration(FunctionName=function)["Role"]
        except functions.exceptions.ResourceNotFoundException:
            missing.append(function)
    return roles, missing


_CALLED = {"glue_run": GLUE_RUN.look.state, "mwaa_dag": MwaaDag.INTEGRATION.state}
"""Role of a function to a state of the state machine that invokes the function."""


def _function(definition: Json, state: str) -> str:
    """ARN of the function that a state invokes, or empty."""
    if not isinstance(definition, dict):
        return ""
    found = definition.get(state)
    parameters = found.get("Parameters") if isinstance(found, dict) else None
    if isinstance(parameters, dict):
        return str(parameters.get("FunctionName", ""))
    return next((arn for value in definition.values() if (arn := _function(value, state))), "")


def _policies(role: str, stack: ExaminedStack) -> list[str]:
    """Generated policies of a role, as Terraform gives them to it (terraform/iam_lambda_events.tf)."""
    if role == "state_machine" and stack.settings.wait_for_runs:
        return [_WAITING_POLICY]
    joins = role == "downstream_orchestrator" and stack.settings.joins_table
    return [_POLICIES[role], *([_JOINS_POLICY] if joins else [])]


def _own_actions(policy: str) -> list[str]:
    text = files("statemachines").joinpath(policy).read_text(encoding="utf-8")
    return sorted({action for statement in json.loads(text)["Statement"] for action in statement["Action"]})


_STARTS = {cls.TARGET_PERMISSION.action for cls in REGISTRY} | {allow.action for allow in GLUE_RUN.role}
"""Actions on targets: an allow-list may leave out a type, so the targets decide."""
