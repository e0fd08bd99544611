"""Builds the states that look for the run of a start whose answer was lost (``orchestration/triggers/_start_look_up.py``).

They run on the failing path only. The error replaces the event in the item, which these states do not need: both together
could exceed a state's output. A look that finds the run ends the item as TRIGGERED. A run that certainly does not exist is
started again, a bounded number of times. Everything else fails the trigger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from builder.machine import sdk
from orchestration.triggers._start_look_up import ABSENT, UNKNOWN, StartLookUp
from orchestration.triggers.base import ServiceIntegration

ERROR = "$.event"
"""Place of the ambiguous error ``{Error, Cause}`` in the item."""

LOOK_FOR = "$.request.look_for"
"""Place of the earlier attempts for which a replay looks before it starts."""

_LOOK = "$.look"
"""Place of the error of a look."""

_REFUSED = "$.refused"
"""Place of ``{count, seconds}`` in the item: starts that Glue refused, and the wait before the next one."""


@dataclass(slots=True, kw_only=True)
class LookUpStates:
    """The states of one trigger type with a look-up.

    Attributes:
        look_up: the look-up.
        starts: the Task states that start the target, by the variable that their rule tests; the last one has none.
        record: the state that records a failure.
    """

    look_up: StartLookUp
    starts: list[tuple[str, Any]]
    record: Any

    def first(self) -> Any:
        """Catch the errors of the Task states; returns the state that looks before a replay starts the target."""
        unknown = self._unknown()
        start = self._start()
        look_first = self._look(self.look_up.look_first, start, unknown)
        look = self._look(self.look_up.look, self._restart(start), unknown)
        wait = sdk.Wait(self.look_up.wait_state, seconds=self.look_up.wait_seconds)
        wait.next(look)
        for _, task in self.starts:
            task.add_catch(
                sdk.Catcher(self.record, error_equals=list(self.look_up.refused), result_path="$.outcome.error")
            )
            task.add_catch(sdk.Catcher(wait, error_equals=["States.ALL"], result_path=ERROR))
        return look_first

    def _start(self) -> Any:
        """The Choice between the Task states, for an item that has passed the Choice on the type."""
        choice = sdk.Choice(f"Which way to {self.look_up.action}?")
        *optional, (_, plain) = self.starts
        for variable, task in optional:
            choice.add_choice(sdk.ChoiceRule.IsPresent(variable=variable, value=True), task)
        choice.default_choice(plain)
        return choice

    def _look(self, look: ServiceIntegration, absent: Any, unknown: Any) -> Any:
        task = sdk.service_task(
            look,
            result_selector={"status": "TRIGGERED", "id.$": look.run_id_path},
            result_path="$.outcome.result",
            output_path="$.outcome",
        )
        task.add_catch(sdk.Catcher(absent, error_equals=[ABSENT], result_path=_LOOK))
        task.add_catch(sdk.Catcher(self.record, error_equals=[UNKNOWN], result_path="$.outcome.error"))
        task.add_catch(sdk.Catcher(unknown, error_equals=["States.ALL"], result_path=_LOOK))
        return task

    def _unknown(self) -> Any:
        unknown = sdk.Pass(
            self.look_up.unknown_state,
            comment="The look itself failed. The run may exist.",
            parameters={
                "Error": UNKNOWN,
                "Cause.$": f"States.Format('{self.look_up.unknown_cause}: {{}}', States.JsonToString({_LOOK}))",
            },
            result_path="$.outcome.error",
        )
        unknown.next(self.record)
        return unknown

    def _restart(self, start: Any) -> Any:
        """The Choice after a refusal: start again, or fail with the error of the last start."""
        refused = sdk.Pass(f"{self.look_up.refused_state} too often", input_path=ERROR, result_path="$.outcome.error")
        refused.next(self.record)
        wait = sdk.Wait("Wait before the next start", seconds_path=f"{_REFUSED}.seconds")
        wait.next(start)
        # A random wait: items that are refused together do not come back together.
        seconds = f"States.MathRandom(1, {self.look_up.restart_seconds})"
        first = sdk.Pass(
            f"{self.look_up.refused_state} once",
            parameters={"count": 1, "seconds.$": seconds},
            result_path=_REFUSED,
        )
        again = sdk.Pass(
            f"{self.look_up.refused_state} again",
            parameters={"count.$": f"States.MathAdd({_REFUSED}.count, 1)", "seconds.$": seconds},
            result_path=_REFUSED,
        )
        first.next(wait)
        again.next(wait)
        counted = sdk.ChoiceRule.IsPresent(variable=f"{_REFUSED}.count", value=True)
        often = sdk.ChoiceRule.NumericGreaterThanEquals(variable=f"{_REFUSED}.count", value=self.look_up.restarts)
        choice = sdk.Choice("Was the start refused before?")
        choice.add_choice(sdk.ChoiceRule.And([counted, often]), refused)
        choice.add_choice(counted, again)
        choice.default_choice(first)
        return choice
