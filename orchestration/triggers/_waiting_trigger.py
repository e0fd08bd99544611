"""Base of the trigger types whose run the state machine can wait for: ``glue_job`` and ``step_function``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from orchestration.settings import Settings
from orchestration.triggers.base import Allow, RequestContext, Retry, ServiceIntegration, Trigger
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import StringPattern, ValidationProblem

MAX_WAIT_SECONDS = 48 * 3600
"""Seconds that the state machine waits for a run: the default timeout of a Glue job, which is the longest one
(docs.aws.amazon.com/glue/latest/dg/add-job.html)."""

JOB_EVENTS = "${job_events_topic_arn}"
"""Topic of published events; Terraform fills it."""

PUBLISH = Allow(
    action="sns:Publish",
    resource=JOB_EVENTS,
    doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html",
)
"""Permission of the state machine's role to publish a run's success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLookUp:
    """States that read the end of a run whose result did not arrive.

    The result is too large, or an earlier call started the run.

    Attributes:
        errors: errors of ``RUN`` after which the run exists.
        describe: call that reads the state of the run. Repeating it is harmless.
        describe_result: ``ResultSelector`` of that call: ``id``, ``status`` and an empty ``output``.
        running: values of ``status`` of a run that has not ended.
        pause_state: name of the Wait state before the next call.
        ended_state: name of the Choice state on ``status``.
        read_state: name of the Task state that reads the output of a run that succeeded.
        read_parameters: ``Parameters`` of that Task, whose ``ResultSelector`` is ``RUN_RESULT``.
    """

    errors: tuple[str, ...]
    describe: ServiceIntegration
    describe_result: Mapping[str, Json]
    running: tuple[str, ...]
    pause_state: str
    ended_state: str
    read_state: str
    read_parameters: Mapping[str, Json]


HARMLESS = (Retry(errors=("States.ALL",), reason="", interval_seconds=2, max_attempts=9, max_delay_seconds=300),)
"""For calls that may be repeated: a read, and a message that the router reads as a duplicate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTrigger(Trigger):
    """A trigger that may wait for its run, and publish the run's success."""

    wait: bool = False
    """Wait for the end of the run: a run that fails is a failed trigger. Needs Terraform's `wait_for_runs`."""
    publish: bool = False
    """Publish a job event when the run succeeds, so that its own workflow starts. Needs `wait`."""
    publish_as: Annotated[
        str, StringPattern(r"^(?!.*\$\{)(?:\S(?:.{0,254}\S)?)?$", "a job name of at most 256 characters, no template")
    ] = ""
    """`job_name` of the published event. Default: the target's name."""

    RUN: ClassVar[ServiceIntegration]
    """The service call that waits for the end of the run; ``run_id_path`` is within the ended run."""
    RUN_RESULT: ClassVar[Mapping[str, Json]]
    """``ResultSelector`` of that call: ``id``, ``status`` and ``output`` (text) of the ended run."""
    LOOK_UP: ClassVar[RunLookUp | None] = None
    """How to read the end of a run whose result did not arrive; None if every result arrives."""

    def published_job(self) -> str:
        """``job_name`` of the published event."""
        return self.publish_as or self.target_name()

    def waiting_problems(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse fields without the field that they need, and a deployment that does not wait."""
        if self.publish and not self.wait:
            message = 'found true without "wait": true, which it needs'
            yield ValidationProblem(f"{path}.publish", message, code="needs-field")
        if self.publish_as and not self.publish:
            message = 'found a name without "publish": true, which it needs'
            yield ValidationProblem(f"{path}.publish_as", message, code="needs-field")
        if self.wait and not settings.wait_for_runs:
            yield ValidationProblem(
                f"{path}.wait",
                "found true, but this deployment does not wait for runs. Set the Terraform variable wait_for_runs = true",
                code="wait-not-deployed",
            )

    def waiting_fields(self, context: RequestContext) -> JsonObject:
        """``wait`` and ``publish`` of the request; empty if the trigger does not wait.

        The state machine decides by them, and its Task states do not send them to the service.
        """
        if not self.wait:
            return {}
        published: JsonObject = {
            "job_name": self.published_job(),
            "hops": context.event.hops + 1,
            **context.common_fields,
        }
        return {"wait": True, **({"publish": published} if self.publish else {})}
