"""Kinds of events, and the reserved fields of direct invocations. A kind names the list of triggers that an event starts."""

from __future__ import annotations

from typing import Literal

EventKind = Literal["on_success", "on_approval", "on_complete", "on_deadline"]
"""List of triggers: of a workflow, or of a join (the last two)."""

JoinKind = Literal["on_complete", "on_deadline"]

EVENT_KINDS: tuple[EventKind, ...] = ("on_success", "on_approval")
"""Lists of triggers of a workflow."""

JOIN_KINDS: tuple[JoinKind, ...] = ("on_complete", "on_deadline")
"""Lists of triggers of a join."""

REPLAY = "$replay"
"""Reserved field of a direct invocation: a replay (``replay_request.py``)."""

JOIN_DEADLINE = "$join_deadline"
"""Reserved field by which the state machine of a deadline asks for the decision of a join (``deadline_request.py``)."""
