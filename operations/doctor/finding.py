"""Results of the examination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
