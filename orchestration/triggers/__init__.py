"""The registry of trigger types. Add a new trigger type here, then run ``make build``."""

from orchestration.triggers._waiting_trigger import PUBLISH, WaitingTrigger
from orchestration.triggers.base import Trigger
from orchestration.triggers.eventbridge import EventBridge
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.mwaa_dag import MwaaDag
from orchestration.triggers.sqs_mwaa import SqsMwaa
from orchestration.triggers.step_function import StepFunction

__all__ = ["BY_TYPE", "PUBLISH", "REGISTRY", "Trigger", "WaitingTrigger"]

REGISTRY: tuple[type[Trigger], ...] = (GlueJob, StepFunction, EventBridge, MwaaDag, SqsMwaa)

BY_TYPE: dict[str, type[Trigger]] = {trigger.TYPE: trigger for trigger in REGISTRY}
