"""The contract of a trigger type: one frozen dataclass, whole in one file.

Its fields are its configuration schema; ``name`` and ``request`` say what it starts; its class attributes are plain
data about the service integration, from which the state machine, the schema, the policies, the mocks and the docs are
made (``builder/``). ``tests/contract`` walks the registry and names the facet that is missing.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from orchestration.events import JobEvent
from orchestration.settings import Settings
from orchestration.validation import StringPattern, ValidationProblem

TargetText = Annotated[
    str,
    StringPattern(
        r"^(?!.*\$\{)\S(?:.*\S)?$",
        "a non-empty text without a ${...} template (targets come only from the config)",
    ),
]
"""A field that names a target: an event may fill arguments and conf, never what is started."""

DagId = Annotated[
    str,
    StringPattern(
        r"^[A-Za-z0-9_.-]{1,250}$", "an Airflow DAG id: at most 250 letters, digits, '_', '.', '-', no template"
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """One retrier of a Task state; times in seconds.

    Attributes:
        errors: error names as Step Functions reports them.
        reason: why repeating the call after these errors cannot start the target twice.
        interval_seconds: seconds before the first retry.
        max_attempts: number of retries.
        backoff: factor by which the interval grows.
        max_delay_seconds: upper bound of the interval, or None.
    """

    errors: tuple[str, ...]
    reason: str
    interval_seconds: int
    max_attempts: int
    backoff: float = 2.0
    max_delay_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """One IAM permission that the state machine's role needs.

    Attributes:
        action: as ``glue:StartJobRun``.
        resource: ARN pattern; ``${partition}``, ``${region}``, ``${account}`` are filled by Terraform.
        doc_url: the AWS page that says so.
    """

    action: str
    resource: str
    doc_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceIntegration:
    """How the state machine calls the service of one trigger type.

    Attributes:
        state: name of the Task state; on-call reads it in the console.
        resource: service integration as ``glue:startJobRun``.
        parameters: ASL ``Parameters``; paths into the item ``{event, request, outcome: {index, type, name}}``.
        target: keys of the request that name the target; a replay compares them.
        run_id_path: path of the run id within the service's result.
        comment: what the state does, one sentence.
        timeout_seconds: of the Task state.
        retries: only errors after which the call certainly did not happen, or that the target deduplicates by name.
        already_started: errors that mean that an earlier, ambiguous call did start the target.
        already_started_id: ASL intrinsic that names the run then.
        iam: what the machine's role needs.
        sample: a response of the service, for mocks.
        sample_error: the error of a target that is not there, for mocks.
    """

    state: str
    resource: str
    parameters: Mapping[str, Any]
    target: tuple[str, ...]
    run_id_path: str
    comment: str
    timeout_seconds: int = 60
    retries: tuple[Retry, ...] = ()
    already_started: tuple[str, ...] = ()
    already_started_id: str = ""
    iam: tuple[Allow, ...]
    sample: Mapping[str, Any]
    sample_error: str


@dataclass(slots=True)
class RequestContext:
    """What a trigger may use to build its request.

    Attributes:
        event: the upstream job's event.
        settings: the router's environment.
        downstream_run_id: deterministic and unique to this trigger of this event: execution name and position in the workflow.
        warnings: the trigger appends what a person should know although the request could be built.
    """

    event: JobEvent
    settings: Settings
    downstream_run_id: str
    warnings: list[str] = field(default_factory=list)

    @property
    def common_fields(self) -> dict[str, Any]:
        """The two automatic fields that every target receives (job-orchestration.md, Trigger Types)."""
        return {"triggered_by_job": self.event.job_name, "triggered_by_run_id": self.event.job_run_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(ABC):
    """One configured trigger, valid in itself."""

    TYPE: ClassVar[str]
    """The ``type`` in the configuration, the file's name and the registry's key."""
    TARGET_FIELD: ClassVar[str]
    """The field that names the target, for reports about a trigger that is invalid."""
    INTEGRATION: ClassVar[ServiceIntegration]
    RESERVED_FIELDS: ClassVar[Mapping[str, str]]
    """Automatic field of what the target receives, and what it holds. They cannot be overridden."""
    EXAMPLE: ClassVar[Mapping[str, Any]]
    """A configuration with every field set."""

    description: str = ""
    """What this trigger is for, for people."""

    @abstractmethod
    def target_name(self) -> str:
        """Name of the target, as on-call knows it."""

    @abstractmethod
    def request(self, context: RequestContext) -> dict[str, Any]:
        """Build what the Task state's ``Parameters`` read.

        Raises:
            ResolutionError: a template names a path that the event does not have.
        """

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """What is wrong beyond the types of single fields.

        Args:
            path: where the trigger stands in the configuration.
            settings: the router's environment; rules about an empty setting are left out.
        """
        yield from ()

    def reserved(self, path: str, fields: Mapping[str, Any]) -> Iterator[ValidationProblem]:
        """Refuse keys that the orchestrator fills itself."""
        for key in fields:
            if key in self.RESERVED_FIELDS:
                yield ValidationProblem(
                    f"{path}.{key}", "reserved: the orchestrator fills this field itself; remove it"
                )


def other_region(region: str, settings: Settings) -> bool:
    """Whether ``region`` is not the state machine's: service integrations stay within its region."""
    return bool(settings.region and region and region != settings.region)


_QUEUE_HOST = re.compile(r"https?://(?:sqs\.(?P<new>[a-z0-9-]+)|(?P<old>[a-z0-9-]+)\.queue)\.amazonaws\.com")


def queue_region(url: str) -> str:
    """Region that an SQS queue's URL names; empty where it names none, as that of a local engine."""
    match = _QUEUE_HOST.match(url)
    return "" if match is None else match["new"] or match["old"]
