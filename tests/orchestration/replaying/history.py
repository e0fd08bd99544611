"""An event that started, failed in part and was replayed, for the tests of the replay's modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from orchestration.event.identity import execution_name
from orchestration.replaying.ledger import Ledger
from orchestration.starting.executions import ExecutionClient
from tests.orchestration.fake_aws import SETTINGS, FakeAws

EVENT = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}
NAME = execution_name("on_success", "j", "r")
MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:downstream"


def glue(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "glue_job", "id": name, "job_name": name, **fields}


def machine(name: str, **fields: Any) -> dict[str, Any]:
    """A trigger whose request has the downstream run id."""
    return {"type": "step_function", "id": name, "arn": MACHINE, **fields}


@dataclass
class History:
    """A stack, and the event's first delivery.

    Attributes:
        failing: ids of the triggers whose service refuses the call now.
    """

    aws: FakeAws = field(default_factory=FakeAws)
    failing: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, *triggers: dict[str, Any], failing: set[str] | None = None) -> History:
        """Deliver the event; the triggers in ``failing`` fail."""
        history = cls(failing=set(failing or ()))
        history.aws.fails = lambda item: item["id"] in history.failing
        history.upload(*triggers)
        history.deliver()
        return history

    def upload(self, *triggers: dict[str, Any]) -> None:
        self.aws.upload({"workflows": {"j": {"on_success": list(triggers)}}})

    def deliver(self, **fields: Any) -> dict[str, Any]:
        """Deliver the event; returns the router's record."""
        request = f"request-{len(self.aws.calls)}"
        (record,) = self.aws.router().route({**EVENT, **fields}, request, SETTINGS)["records"]
        return dict(record)

    def replay(self, of: str = NAME, **fields: Any) -> list[dict[str, Any]]:
        """Replay; returns the decisions."""
        return list(self.deliver(**{"$replay": {"of": of, **fields}})["replay"]["triggers"])

    def ledger(self, of: str = NAME) -> Ledger:
        return Ledger.open(ExecutionClient(self.aws, SETTINGS), of)

    def input(self, name: str) -> dict[str, Any]:
        """Input of an execution."""
        return dict(self.aws.executions[name]["input"])
