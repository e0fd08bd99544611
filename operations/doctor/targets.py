"""Every target of the configuration exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack
from orchestration.triggers import Trigger

_CHECK = "targets"
_MISSING = {
    "EntityNotFoundException",
    "ResourceNotFoundException",
    "StateMachineDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
}
"""Error codes of a target that does not exist, of all the services."""


class _WrongTargetError(Exception):
    """The target exists, but cannot run: the finding's message and its advice."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def _glue_job(stack: ExaminedStack, trigger: Any) -> str:
    stack.client("glue").get_job(JobName=trigger.job_name)
    return f"Glue job {trigger.job_name}"


def _step_function(stack: ExaminedStack, trigger: Any) -> str:
    region = trigger.arn.split(":")[3]
    found = stack.client("stepfunctions", region).describe_state_machine(stateMachineArn=trigger.arn)
    if found.get("status") == "DELETING":
        raise _WrongTargetError("is being deleted", "Create it again, or name another one in the configuration")
    if trigger.wait and found["type"] == "EXPRESS":
        raise _WrongTargetError(
            "is an Express state machine, and the trigger waits for it", "Remove wait, or name a Standard state machine"
        )
    return f"state machine {trigger.arn}"


def _eventbridge(stack: ExaminedStack, trigger: Any) -> str:
    region = trigger.event_bus.split(":")[3] if trigger.event_bus.startswith("arn:") else ""
    stack.client("events", region).describe_event_bus(Name=trigger.event_bus)
    return f"event bus {trigger.event_bus}"


def _sqs_mwaa(stack: ExaminedStack, trigger: Any) -> str:
    url = trigger.queue_url or stack.settings.mwaa_trigger_queue_url
    stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return f"queue {url}"


def _mwaa_dag(stack: ExaminedStack, trigger: Any) -> str:
    client = stack.client("mwaa", trigger.region)
    subject = f"DAG {trigger.dag_id} of MWAA environment {trigger.environment_name}"
    try:
        answer = client.invoke_rest_api(Name=trigger.environment_name, Path=f"/dags/{trigger.dag_id}", Method="GET")
    except client.exceptions.ClientError as error:
        if error.response.get("RestApiStatusCode") == 404:
            raise _WrongTargetError(
                "the environment has no such DAG", "Deploy the DAG, or correct its dag_id"
            ) from error
        raise
    if answer["RestApiResponse"].get("is_paused"):
        raise _WrongTargetError("the DAG is paused, so its runs wait in the state queued", "Unpause it in Airflow")
    return subject


EXISTS: dict[str, Callable[[ExaminedStack, Any], str]] = {
    "glue_job": _glue_job,
    "step_function": _step_function,
    "eventbridge": _eventbridge,
    "sqs_mwaa": _sqs_mwaa,
    "mwaa_dag": _mwaa_dag,
}
"""Trigger type to the function that asks for the target, and returns its name or raises."""


def check(stack: ExaminedStack) -> Iterator[Finding]:
    """Ask the services for each target once."""
    for trigger in _distinct(stack):
        subject = f"{trigger.TYPE} {trigger.target_name()}"
        about: dict[str, Any] = {"check": _CHECK, "subject": subject}
        try:
            yield Finding(**about, status="ok", message=f"{EXISTS[trigger.TYPE](stack, trigger)} exists")
        except _WrongTargetError as error:
            yield Finding(**about, status="problem", message=str(error), advice=error.advice)
        except ClientError as error:
            yield _from_error(about, error)
        except BotoCoreError as error:
            yield Finding(**about, status="unknown", message=str(error), advice="Check the network and the region")


def _from_error(about: dict[str, Any], error: ClientError) -> Finding:
    if error.response["Error"]["Code"] in _MISSING:
        advice = "Create the target, or correct its name in the configuration"
        return Finding(**about, status="problem", message="does not exist", advice=advice)
    message = " ".join(str(error).split())
    advice = f"Allow {error.operation_name} to the caller's role, then run this command again"
    return Finding(**about, status="unknown", message=message, advice=advice)


def _distinct(stack: ExaminedStack) -> list[Trigger]:
    found: dict[tuple[str, ...], Trigger] = {}
    for trigger in stack.triggers:
        found.setdefault((trigger.TYPE, trigger.allow_list_entry(stack.settings), _part(trigger)), trigger)
    return list(found.values())


def _part(trigger: Any) -> str:
    """Part of a target that is examined. A queue serves many DAGs, but each DAG of an environment is one target."""
    if trigger.TYPE == "mwaa_dag":
        return str(trigger.dag_id)
    return "waited for" if trigger.TYPE == "step_function" and trigger.wait else ""
