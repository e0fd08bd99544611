"""Least privilege for exactly the targets of a configuration, and the comparison with the policies of a role."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.settings import Settings
from orchestration.triggers import REGISTRY, Trigger, WaitingTrigger
from orchestration.triggers.base import STATE_MACHINE


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
        roles: role (``Trigger.CALLER``) to the permissions that it needs for the targets.
        allow_lists: Terraform variable to the targets; empty for a type that the configuration does not use.
        wait_for_runs: True if a trigger waits for its run.
        joins: True if the configuration has joins.
    """

    roles: dict[str, list[Permission]] = field(default_factory=dict)
    allow_lists: dict[str, list[str]] = field(default_factory=dict)
    wait_for_runs: bool = False
    joins: bool = False

    def policies(self) -> dict[str, dict[str, Any]]:
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
    found = Permissions({STATE_MACHINE: [], **{cls.CALLER: [] for cls in REGISTRY}}, wait_for_runs=bool(waiting))
    for cls, entries in targets.items():
        found.allow_lists[cls.ALLOW_LIST] = sorted({*found.allow_lists.get(cls.ALLOW_LIST, []), *entries})
        pattern = cls.TARGET_PERMISSION.resource.replace("${airflow_role}", airflow_role)
        found.roles[cls.CALLER] += [
            Permission(cls.TARGET_PERMISSION.action, _resource(pattern, entry, settings)) for entry in sorted(entries)
        ]
    found.roles[STATE_MACHINE].extend(waiting)
    return found


def _of_the_run(trigger: WaitingTrigger, entry: str, settings: Settings) -> Iterator[Permission]:
    """Permissions to wait for the runs of a target, in addition to the start."""
    for allow in trigger.RUN.iam:
        if allow not in trigger.INTEGRATION.iam:
            resource = _resource(allow.resource, entry, settings)
            yield Permission(allow.action, f"{resource}:*" if allow.resource.endswith(":execution:*") else resource)


def missing(needed: Sequence[Permission], statements: Sequence[dict[str, Any]]) -> list[Permission]:
    """Permissions that the statements do not give.

    Args:
        needed: permissions of a configuration.
        statements: IAM statements. Conditions are not evaluated: the statement counts, as in IAM's own last-accessed view.
    """
    denied = [one for one in statements if one.get("Effect") == "Deny" and "Condition" not in one]
    allowed = [one for one in statements if one.get("Effect") == "Allow"]
    return [
        one
        for one in needed
        if not any(_covers(statement, one) for statement in allowed)
        or any(_covers(statement, one) for statement in denied)
    ]


def unused(needed: Sequence[Permission], statements: Sequence[dict[str, Any]]) -> list[Permission]:
    """Permissions to start targets that the configuration does not have, as the statements write them."""
    actions = {cls.TARGET_PERMISSION.action.lower() for cls in REGISTRY}
    exact = {(one.action.lower(), one.resource) for one in needed}
    found = {
        Permission(action, resource)
        for statement in statements
        if statement.get("Effect") == "Allow"
        for action in _listed(statement.get("Action"))
        if any(_matches(action.lower(), one) for one in actions)
        for resource in _listed(statement.get("Resource"))
        if (action.lower(), resource) not in exact
    }
    return sorted(found, key=lambda one: (one.action, one.resource))


def _resource(pattern: str, entry: str, settings: Settings) -> str:
    if entry.startswith("arn:"):
        return entry
    region, slash, name = entry.partition("/")
    if not slash:
        region, name = settings.region, entry
    filled = pattern.replace("${partition}", settings.partition).replace("${account}", settings.account)
    return filled.replace("${region}", region).replace("*", name, 1)


def _policy(needed: Sequence[Permission]) -> dict[str, Any]:
    actions: dict[str, list[str]] = {}
    for one in needed:
        actions.setdefault(one.action, []).append(one.resource)
    statements = [
        {"Effect": "Allow", "Action": [action], "Resource": resources} for action, resources in actions.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _covers(statement: dict[str, Any], one: Permission) -> bool:
    """True if the statement names the action and the resource. IAM's wildcards are * and ?, and actions ignore case."""
    actions = any(_matches(pattern.lower(), one.action.lower()) for pattern in _listed(statement.get("Action")))
    return actions and any(_matches(pattern, one.resource) for pattern in _listed(statement.get("Resource")))


def _matches(pattern: str, text: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [] if value is None else [str(value)]
