"""Bounds the AWS calls of an invocation by its remaining time.

The router ends with a reason before Lambda ends it. The SDK retries a call that hangs, so the deadline checks before each
attempt that the attempt can end in time. Source: botocore's event ``before-send``,
botocore.amazonaws.com/v1/documentation/api/latest/topics/events.html.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from orchestration.errors import DeadlineError

if TYPE_CHECKING:
    from orchestration.aws import Client

    C = TypeVar("C", bound=Client)

RESERVE_SECONDS = 3.0
"""Time for the fallbacks that need no call, for log lines and for the error."""


@dataclass(slots=True, eq=False, repr=False)
class Deadline:
    """End of the current invocation.

    Attributes:
        ends_at: time of ``time.monotonic`` at which Lambda ends the invocation; infinite outside of an invocation.
    """

    ends_at: float = float("inf")

    def begin(self, remaining_seconds: float) -> None:
        """Set the time that the new invocation has."""
        self.ends_at = time.monotonic() + remaining_seconds

    def check(self, call: str, seconds: float) -> None:
        """Refuse a call that may take longer than the invocation.

        Raises:
            DeadlineError: fewer than ``seconds`` and the reserve remain.
        """
        remaining = self.ends_at - time.monotonic()
        if remaining < seconds + RESERVE_SECONDS:
            raise DeadlineError(
                f"{call}: not attempted, because an attempt may take {seconds:.0f} seconds and the invocation has "
                f"{max(0.0, remaining):.0f} seconds left. The service answers too slowly, or the function's timeout is too short"
            )

    def watch(self, client: C) -> C:
        """Check the deadline before each attempt of a call of ``client``; returns the client."""
        config = client.meta.config
        seconds = config.connect_timeout + config.read_timeout

        def before_send(event_name: str, **_: object) -> None:
            self.check(event_name.removeprefix("before-send."), seconds)

        client.meta.events.register("before-send", before_send)
        return client
