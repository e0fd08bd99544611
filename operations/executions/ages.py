"""Reads ages such as ``30m``, ``24h`` and ``7d``."""

from __future__ import annotations

import re
from datetime import timedelta

from orchestration.errors import OrchestrationError

_AGE = re.compile(r"(?P<number>\d{1,4})(?P<unit>[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class AgeError(OrchestrationError):
    """A text is not an age. The person who wrote the option acts."""


def age(text: str, option: str) -> timedelta:
    """The age that an option has.

    Args:
        text: as ``30m``, ``24h`` or ``7d``.
        option: name of the option, for the error.

    Raises:
        AgeError: the text is not an age.
    """
    match = _AGE.fullmatch(text)
    if match is None:
        raise AgeError(f"{option} {text!r}: expected an age such as 30m, 24h or 7d.")
    return timedelta(**{_UNITS[match["unit"]]: int(match["number"])})
