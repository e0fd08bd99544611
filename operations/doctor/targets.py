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
    """The target exists, but cannot run; the text is the finding's."""


def _glue_job(stack: ExaminedStack, trigger: Any) -> str:
    stack.client("glue").get_job(JobName=trigger.job_name)
    return f"Glue job {trigger.job_name}"


def _step_function(stack: ExaminedStack, trigger: Any) -> str:
    region = trigger.arn.split(":")[3]
    found = stack.client("stepfunctions", region).describe_state_machine(stateMachineArn=trigger.arn)
    if found.get("status") == "DELETING":
        raise _WrongTargetError("is being deleted")
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
            raise _WrongTargetError("the environment has no such DAG") from error
        raise
    if answer["RestApiResponse"].get("is_paused"):
        raise _WrongTargetError("the DAG is paused, so its runs wait in the state queued")
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
            yield Finding(
                **about, status="problem", message=str(error), advice="Deploy the DAG, or unpause it in Airflow"
            )
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
        place = trigger.allow_list_entry(stack.settings)
        # A queue is one target for many DAGs, an MWAA environment is not.
        found.setdefault(
            (trigger.TYPE, place, getattr(trigger, "dag_id", "") if trigger.TYPE == "mwaa_dag" else ""), trigger
        )
    return list(found.values())
