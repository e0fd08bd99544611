"""Builds the states that wait for a run and publish its success.

A trigger that waits has an execution to itself (``orchestration/planning/packing.py``). By a recorded answer of AWS,
``States.ALL`` catches a Task's result over 256 KiB, but no state catches a state's output over it (docs/error-names.md).
Neither ends another trigger. The result of the run replaces the event in the item: together they could exceed a state's
output.
"""

from __future__ import annotations

from typing import Any

from builder.machine import sdk
from builder.machine.integrations import variants
from orchestration.triggers import REGISTRY, WaitingTrigger
from orchestration.triggers._waiting_trigger import JOB_EVENTS, RunLookUp

RUN = "$.event"
"""Place of the ended run ``{id, status, output}`` in the item; ``output`` is text."""

SUCCEEDED = "SUCCEEDED"
"""``status`` of a run that succeeded, of a Glue job as well as of an execution."""

_POLL_SECONDS = 60

_ATTRIBUTES = {"status": {"DataType": "String", "StringValue": "SUCCESS"}}
"""For subscriptions that filter by attributes (Terraform variable ``filter_policy_scope``)."""


def add_choices(choice: Any, record: Any) -> None:
    """Add the branches of the triggers that wait.

    Args:
        choice: the Choice on the trigger's type.
        record: the state that records a failure.
    """
    ended = _after_the_run(record)
    for trigger in REGISTRY:
        if not issubclass(trigger, WaitingTrigger):
            continue
        look_up = None if trigger.LOOK_UP is None else _looked_up(trigger, trigger.LOOK_UP, ended, record)
        for path, variant in variants(trigger.RUN):
            run = sdk.service_task(variant, result_selector=dict(trigger.RUN_RESULT), result_path=RUN)
            if trigger.LOOK_UP is not None:
                run.add_catch(sdk.Catcher(look_up, error_equals=list(trigger.LOOK_UP.errors), result_path=RUN))
            run.add_catch(sdk.Catcher(record, error_equals=["States.ALL"], result_path="$.outcome.error"))
            run.next(ended)
            choice.add_choice(sdk.of_type(trigger.TYPE, "$.request.wait", path), run)


def _looked_up(trigger: type[WaitingTrigger], look_up: RunLookUp, ended: Any, record: Any) -> Any:
    """The states that ask for a run until it has ended, and then read its output."""
    describe = sdk.service_task(look_up.describe, result_selector=dict(look_up.describe_result), result_path=RUN)
    describe.add_catch(sdk.Catcher(record, error_equals=["States.ALL"], result_path="$.outcome.error"))
    pause = sdk.Wait(look_up.pause_state, seconds=_POLL_SECONDS)
    pause.next(describe)
    read = sdk.Task(
        look_up.read_state,
        comment="An output that is too large is left out of the published event.",
        resource=f"arn:aws:states:::{look_up.describe.resource}",
        parameters=dict(look_up.read_parameters),
        timeout_seconds=60,
        result_selector=dict(trigger.RUN_RESULT),
        result_path=RUN,
    )
    # ResultPath keeps the run without its output.
    read.add_catch(sdk.Catcher(ended, error_equals=["States.DataLimitExceeded"], result_path="$.unread"))
    read.add_catch(sdk.Catcher(ended, error_equals=["States.ALL"], result_path="$.unread"))
    read.next(ended)
    running = sdk.Choice(look_up.ended_state)
    for status in look_up.running:
        running.add_choice(sdk.ChoiceRule.StringEquals(variable=f"{RUN}.status", value=status), pause)
    running.add_choice(_succeeded(), read)
    running.default_choice(ended)
    describe.next(running)
    return describe


def _succeeded() -> Any:
    return sdk.ChoiceRule.StringEquals(variable=f"{RUN}.status", value=SUCCEEDED)


def _after_the_run(record: Any) -> Any:
    """The states after the end of a run: publish its success if the trigger asks for it."""
    failed = sdk.Pass(
        "Note that the run failed",
        comment="The service reported the end of the run without an error.",
        parameters={"Error": "RunFailed", "Cause.$": f"States.Format('run {{}} ended {{}}', {RUN}.id, {RUN}.status)"},
        result_path="$.outcome.error",
    )
    failed.next(record)
    done = sdk.Pass(
        "Note that the run succeeded",
        parameters={"status": "TRIGGERED", "id.$": f"{RUN}.id"},
        result_path="$.outcome.result",
        output_path="$.outcome",
    )
    unpublished = sdk.Pass(
        "Note that the success was not published",
        comment="A replay of a nested execution only publishes again. A replay leaves out a Glue job's run.",
        parameters={
            "Error": "PublishFailed",
            "Cause.$": "States.Format('run {} succeeded, but its event was not published: {}: {}. Fix the topic or the "
            "permission. Then replay: a nested execution is published again, not started again. For a Glue job, publish an "
            "event of job {} with that job_run_id.', "
            f"{RUN}.id, $.unpublished.Error, $.unpublished.Cause, $.request.publish.job_name)",
        },
        result_path="$.outcome.error",
    )
    unpublished.next(record)
    plain = _publish("Publish the success", {}, done, unpublished)
    whole = _publish(
        "Publish the success with the output", f"States.StringToJson({RUN}.output)", done, unpublished, plain
    )
    wanted = sdk.ChoiceRule.IsPresent(variable="$.request.publish", value=True)
    # StringMatches "{*" reads better, but aws-local-stepfunctions ends its "*" at a line break: pretty-printed JSON has some.
    is_object = sdk.ChoiceRule.StringGreaterThanEquals(variable=f"{RUN}.output", value="{")
    choice = sdk.Choice(
        "Did the run succeed, and is it published?",
        comment="An output becomes the artifacts only if it is an object: no other JSON text sorts at or after a brace.",
    )
    choice.add_choice(sdk.ChoiceRule.And([_succeeded(), wanted, is_object]), whole)
    choice.add_choice(sdk.ChoiceRule.And([_succeeded(), wanted]), plain)
    choice.add_choice(_succeeded(), done)
    choice.default_choice(failed)
    return choice


def _publish(name: str, artifacts: Any, done: Any, failed: Any, smaller: Any = None) -> Any:
    """A Task that publishes a job event in the specification's shape (job-orchestration.md, SNS Topic Message Formats)."""
    key = "artifacts.$" if isinstance(artifacts, str) else "artifacts"
    message = {
        "event_type": "job_completed",
        "job_name.$": "$.request.publish.job_name",
        "job_run_id.$": f"{RUN}.id",
        "status": "SUCCESS",
        "start_date.$": "$$.Execution.StartTime",
        "end_date.$": "$$.State.EnteredTime",
        "created_by": "downstream-orchestrator",
        "triggered_by_job.$": "$.request.publish.triggered_by_job",
        "triggered_by_run_id.$": "$.request.publish.triggered_by_run_id",
        "hops.$": "$.request.publish.hops",
        key: artifacts,
        "metrics": {},
    }
    task = sdk.Task(
        name,
        comment="The router reads a repeated message as a duplicate, so every error is retried.",
        resource="arn:aws:states:::sns:publish",
        parameters={"TopicArn": JOB_EVENTS, "Message": message, "MessageAttributes": _ATTRIBUTES},
        timeout_seconds=60,
        result_path="$.published",
        retry=[
            *([sdk.Retrier(error_equals=["SNS.InvalidParameterException"], max_attempts=0)] if smaller else []),
            sdk.Retrier(
                error_equals=["States.ALL"], interval_seconds=2, max_attempts=9, backoff_rate=2.0, max_delay_seconds=300
            ),
        ],
    )
    if smaller is not None:
        # The message exceeds 256 KiB: docs.aws.amazon.com/sns/latest/api/API_Publish.html
        task.add_catch(sdk.Catcher(smaller, error_equals=["SNS.InvalidParameterException"], result_path="$.too_large"))
    task.add_catch(sdk.Catcher(failed, error_equals=["States.ALL"], result_path="$.unpublished"))
    task.next(done)
    return task
