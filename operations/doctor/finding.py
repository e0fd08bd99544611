"""Results of the examination."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from orchestration.settings import Settings
from orchestration.triggers import Trigger

Status = Literal["ok", "problem", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Result of one question about one thing.

    Attributes:
        check: name of the check.
        subject: the thing, by its name in AWS.
        status: ``unknown`` if the caller may not ask, or AWS did not answer.
        message: what was found; of a problem, also what was expected.
        advice: what to do; empty if all is well.
    """

    check: str
    subject: str
    status: Status
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class PermissionRules:
    """Least privilege, which another package computes from the configuration.

    Attributes:
        needed: role (``state_machine`` or ``mwaa_dag``) to action and ARN of each target.
        covers: True if IAM statements allow an action on a resource.
    """

    needed: Callable[[Sequence[Trigger], Settings], dict[str, list[tuple[str, str]]]]
    covers: Callable[[str, str, Sequence[dict[str, Any]]], bool]
