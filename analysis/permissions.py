"""Least privilege for exactly the targets of a configuration, and the comparison with the policies of a role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analysis.policy_evaluation import Statement, allows
from orchestration.settings import Settings
from orchestration.triggers import REGISTRY, Trigger, WaitingTrigger
from orchestration.triggers.base import STATE_MACHINE
from orchestration.values.strictjson import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Permission:
    """Permission to start one target.

    Attributes:
        resource: ARN of the target.
    """

    action: str
    resource: str


@dataclass(frozen=True, slots=True)
class Permissions:
    """Permissions and allow-lists of a configuration.

    Attributes:
        roles: role (``Trigger.CALLER``, or a function that looks for runs) to the permissions that it needs for the targets.
        allow_lists: Terraform variable to the targets; empty for a type that the configuration does not use.
        wait_for_runs: True if a trigger waits for its run.
        joins: True if the configuration has joins.
    """

    roles: dict[str, list[Permission]] = field(default_factory=dict)
    allow_lists: dict[str, list[str]] = field(default_factory=dict)
    wait_for_runs: bool = False
    joins: bool = False

    def policies(self) -> dict[str, JsonObject]:
        """A policy document for each role that needs one."""
        return {role: _policy(needed) for role, needed in self.roles.items() if needed}

    def tfvars(self) -> str:
        """The allow-lists as Terraform values (developer.hashicorp.com/terraform/language/values/variables)."""
        lines = []
        for name, entries in self.allow_lists.items():
            listed = ", ".join(f'"{entry}"' for entry in entries)
            lines.append(f"{name:<17} = [{listed}]")
        lines += ["wait_for_runs     = true"] if self.wait_for_runs else []
        lines += ["joins             = true"] if self.joins else []
        return "\n".join(lines) + "\n"


def permissions(triggers: Iterable[Trigger], settings: Settings, airflow_role: str = "*") -> Permissions:
    """The permissions of a configuration's targets.

    Args:
        triggers: the valid triggers of a configuration.
        settings: the router's environment, with region and account.
        airflow_role: Airflow role of the MWAA Lambda function.
    """
    targets: dict[type[Trigger], dict[str, None]] = {cls: {} for cls in REGISTRY}
    waiting: dict[Permission, None] = {}
    for trigger in triggers:
        entry = trigger.allow_list_entry(settings)
        targets[type(trigger)][entry] = None
        if isinstance(trigger, WaitingTrigger) and trigger.wait:
            waiting |= dict.fromkeys(_of_the_run(trigger, entry, settings))
    look_ups = [cls.START_LOOK_UP for cls in REGISTRY if cls.START_LOOK_UP is not None]
    roles: dict[str, list[Permission]] = {STATE_MACHINE: [], **{cls.CALLER: [] for cls in REGISTRY}}
    found = Permissions({**roles, **{look_up.function: [] for look_up in look_ups}}, wait_for_runs=bool(waiting))
    for cls, entries in targets.items():
        found.allow_lists[cls.ALLOW_LIST] = sorted({*found.allow_lists.get(cls.ALLOW_LIST, []), *entries})
        pattern = cls.TARGET_PERMISSION.resource.replace("${airflow_role}", airflow_role)
        found.roles[cls.CALLER] += [
            Permission(cls.TARGET_PERMISSION.action, _resource(pattern, entry, settings)) for entry in sorted(entries)
        ]
        if cls.START_LOOK_UP is not None:
            found.roles[cls.START_LOOK_UP.function] += [
                Permission(allow.action, _resource(allow.resource, entry, settings))
                for allow in cls.START_LOOK_UP.role
                for entry in sorted(entries)
            ]
    found.roles[STATE_MACHINE].extend(waiting)
    return found


def _of_the_run(trigger: WaitingTrigger, entry: str, settings: Settings) -> Iterator[Permission]:
    """Permissions to wait for the runs of a target, in addition to the start."""
    for allow in trigger.RUN.iam:
        if allow not in trigger.INTEGRATION.iam:
            resource = _resource(allow.resource, entry, settings)
            yield Permission(allow.action, f"{resource}:*" if allow.resource.endswith(":execution:*") else resource)


def missing(needed: Sequence[Permission], statements: Sequence[Statement]) -> list[Permission]:
    """Permissions that the statements do not give (analysis/policy_evaluation.py).

    Args:
        needed: permissions of a configuration.
        statements: statements of the policies of a role.
    """
    return [permission for permission in needed if not allows(statements, permission.action, permission.resource)]


def unused(needed: Sequence[Permission], statements: Sequence[Statement]) -> list[Permission]:
    """Permissions to start targets that the configuration does not have, as the statements write them."""
    starts = {cls.TARGET_PERMISSION.action for cls in REGISTRY}
    exact = {(permission.action.lower(), permission.resource) for permission in needed}
    wide = {
        Permission(action, resource)
        for statement in statements
        if statement.effect == "Allow"
        for action in statement.actions.naming(starts)
        for resource in statement.resources.written()
        if (action.lower(), resource) not in exact
    }
    return sorted(wide, key=lambda permission: (permission.action, permission.resource))


def _resource(pattern: str, entry: str, settings: Settings) -> str:
    if entry.startswith("arn:"):
        return entry
    region, slash, name = entry.partition("/")
    if not slash:
        region, name = settings.region, entry
    filled = pattern.replace("${partition}", settings.partition).replace("${account}", settings.account)
    return filled.replace("${region}", region).replace("*", name, 1)


def _policy(needed: Sequence[Permission]) -> JsonObject:
    actions: dict[str, list[Json]] = {}
    for permission in needed:
        actions.setdefault(permission.action, []).append(permission.resource)
    statements: list[Json] = [
        {"Effect": "Allow", "Action": [action], "Resource": resources} for action, resources in actions.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}
