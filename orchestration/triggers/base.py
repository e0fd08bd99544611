"""The contract of a trigger type: one frozen dataclass, whole in one file.

The fields are the configuration schema. ``target_name`` and ``request`` describe the service call. The class attributes
are plain data about the service integration. ``builder/`` generates the state machine, schema, policies, mocks and docs
from them. ``tests/contract`` walks the registry and names a missing attribute.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from orchestration.event.identity import TRIGGER_ID
from orchestration.event.job_event import JobEvent
from orchestration.settings import Settings
from orchestration.triggers.facets import Evidence, KeyPrefix, TargetQuestion
from orchestration.values.condition_syntax import EventPattern
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import StringPattern, ValidationProblem

if TYPE_CHECKING:
    from orchestration.triggers._start_look_up import StartLookUp

TargetText = Annotated[
    str,
    StringPattern(
        r"^(?!.*\$\{)\S(?:.*\S)?$",
        "a non-empty string without a ${...} template (only the configuration names targets)",
    ),
]
"""A field that names a target. An event may fill arguments and conf, but never choose the target."""

DagId = Annotated[
    str,
    StringPattern(
        r"^[A-Za-z0-9_.-]{1,250}$", "an Airflow DAG id: at most 250 letters, digits, '_', '.', '-', no template"
    ),
]


class Retry(NamedTuple):
    """One retrier of a Task state; times in seconds.

    Attributes:
        errors: error names, as Step Functions reports them.
        reason: why a retry after these errors cannot start the target twice; ``docs/triggers.md`` shows it.
        interval_seconds: seconds before the first retry.
        max_attempts: number of retries.
        backoff: factor by which the interval grows.
        max_delay_seconds: upper bound of the interval, or None.
        jitter: FULL waits a random part of the interval, so that items refused together do not come back together.
    """

    errors: tuple[str, ...]
    reason: str
    interval_seconds: int
    max_attempts: int
    backoff: float = 2.0
    max_delay_seconds: int | None = None
    jitter: Literal["FULL", "NONE"] = "FULL"


class Allow(NamedTuple):
    """One IAM permission that the state machine's role needs.

    Attributes:
        action: as ``glue:StartJobRun``.
        resource: ARN pattern; Terraform fills ``${partition}``, ``${region}`` and ``${account}``.
        doc_url: the AWS page that documents the permission.
    """

    action: str
    resource: str
    doc_url: str


class ServiceIntegration(NamedTuple):
    """Service call that the state machine makes for one trigger type.

    Attributes:
        state: name of the Task state, for on-call in the console.
        resource: service integration as ``glue:startJobRun``.
        parameters: ASL ``Parameters``, with paths into the item ``{event, request, outcome: {index, id, type, name}}``.
        run_id_path: path of the run id within the service's result.
        comment: one sentence for the console and ``docs/triggers.md``.
        timeout_seconds: time limit of one attempt.
        retries: for errors after which no target started, or if the target deduplicates by our name.
        already_started: errors that show that an earlier call, whose answer was lost, started the target.
        already_started_id: ASL intrinsic that gives the run id in that case.
        iam: permissions that the state machine's role needs.
        run_page: the run's page in the AWS console, after the host, or the page of its target. ``{id}``, ``{region}``,
            ``{execution_arn}`` and the request's fields are filled in
            (operations/executions/console_pages.py). Empty if none exists.
        sample: a response of the service, for mocks.
        sample_error: the error if the target does not exist, for mocks.
        optional_parameter: field of the request that a second Task state sends, because a request may lack it; or empty. The
            Choice on the type takes that state if the request has the field.
    """

    state: str
    resource: str
    parameters: Mapping[str, Json]
    run_id_path: str
    comment: str
    iam: tuple[Allow, ...]
    sample: Mapping[str, Json]
    sample_error: str
    timeout_seconds: int = 60
    retries: tuple[Retry, ...] = ()
    already_started: tuple[str, ...] = ()
    already_started_id: str = ""
    run_page: str = ""
    optional_parameter: str = ""


STATE_MACHINE = "state_machine"
"""Name of the state machine's role in Terraform."""


@dataclass(slots=True)
class RequestContext:
    """Input from which a trigger builds its request.

    Attributes:
        event: the upstream job's event.
        settings: the router's environment.
        downstream_run_id: deterministic and unique to this trigger of this event (``identity.downstream_run_id``).
        warnings: notes for people, which the trigger appends although it can build the request.
    """

    event: JobEvent
    settings: Settings
    downstream_run_id: str
    warnings: list[str] = field(default_factory=list)

    @property
    def common_fields(self) -> dict[str, str]:
        """The two automatic fields that every target receives (job-orchestration.md, Trigger Types)."""
        return {"triggered_by_job": self.event.job_name, "triggered_by_run_id": self.event.job_run_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(ABC):
    """One configured trigger, valid in itself."""

    TYPE: ClassVar[str]
    """``type`` in the configuration, name of the file, and key in the registry."""
    TARGET_FIELD: ClassVar[str]
    """The field that names the target, for reports about a trigger that is invalid."""
    INTEGRATION: ClassVar[ServiceIntegration]
    START_LOOK_UP: ClassVar[StartLookUp | None] = None
    """Look-up of a start whose answer was lost; None if the target deduplicates, or nobody can find out."""
    TARGET_PERMISSION: ClassVar[Allow]
    """Permission to start targets, with ``*`` in place of one target. ``allow_list_entry`` narrows it."""
    ALLOW_LIST: ClassVar[str]
    """Terraform variable with the targets that may be started (terraform/variables.tf)."""
    RESERVED_FIELDS: ClassVar[Mapping[str, str]]
    """Automatic field of the payload to its meaning. A configuration cannot override these fields."""
    RESERVED_IN: ClassVar[tuple[str, ...]] = ()
    """Fields of the configuration whose keys become fields of the payload, so that they cannot be ``RESERVED_FIELDS``."""
    SERVICE_FIELDS: ClassVar[Mapping[str, str]] = {}
    """Key that the target's service reserves, to the page or the code that reserves it. ``RESERVED_IN`` cannot have it."""
    ADDRESSES: ClassVar[tuple[str, ...]] = ()
    """Fields with an ARN or URL of the target. ``orchestrator validate`` checks its region."""
    KEY_PREFIXES: ClassVar[Mapping[str, KeyPrefix]] = {}
    """Field of the configuration to the prefix without which the service ignores a key."""
    CALLER: ClassVar[str] = STATE_MACHINE
    """Role that needs ``TARGET_PERMISSION``: the state machine's, or that of a Lambda function in ``tasks/``."""
    COLOUR: ClassVar[str]
    """Colour of the type in ``orchestrator graph``, as ``#2f6fb7``; differs from the other types'."""
    ERROR_NAMES: ClassVar[Mapping[str, Evidence]]
    """Error name of the service integration to its evidence, for ``docs/error-names.md``."""
    EXAMPLE: ClassVar[Mapping[str, Json]]
    """A configuration with every field set."""

    id: Annotated[str, StringPattern(rf"^{TRIGGER_ID}$", "1 to 64 letters, digits, '_' or '-'")] = ""
    """Identity of the trigger, unique in its list. Replays use it. Default: a digest of the trigger's other fields."""
    description: str = ""
    """Purpose of the trigger, for people."""
    when: Annotated[dict[str, Any], EventPattern()] = field(default_factory=dict)
    """Condition: an EventBridge event pattern over the event. The trigger starts only if the event matches."""
    accept: list[str] = field(default_factory=list)
    """Codes of warnings of `orchestrator validate` that are intended here. The router does not read them."""

    @abstractmethod
    def target_name(self) -> str:
        """Name of the target, for on-call."""

    @abstractmethod
    def allow_list_entry(self, settings: Settings) -> str:
        """The target in the Terraform variable ``ALLOW_LIST``: its name, or its ARN in another account.

        Args:
            settings: the router's environment, with region and account.
        """

    @abstractmethod
    def request(self, context: RequestContext) -> JsonObject:
        """Build the request that the Task state reads.

        Raises:
            ResolutionError: a template names a path that the event does not have.
            AirflowValueError: the conf has a value that Airflow does not accept.
        """

    @classmethod
    def earlier_start(cls, request: JsonObject, since: str) -> JsonObject:  # noqa: ARG003 - of types with a look-up
        """Entry of ``look_for`` for an attempt that may have started its target; empty if nobody can look for it.

        Args:
            request: request of the attempt.
            since: ISO time before the attempt.
        """
        return {}

    @classmethod
    def named_run(cls, request: JsonObject) -> str:  # noqa: ARG003 - of types whose runs have names
        """ARN of the execution that a request starts; empty if nobody finds the run by its name."""
        return ""

    @abstractmethod
    def question(self, settings: Settings) -> TargetQuestion:
        """API call with which ``orchestrator doctor`` finds out whether the target exists.

        Args:
            settings: the router's environment.
        """

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Problems that the schema of single fields cannot show.

        Args:
            path: place of the trigger in the configuration.
            settings: the router's environment; rules about an empty setting do not apply.
        """
        yield from ()

    def reserved_keys(self, path: str) -> Iterator[ValidationProblem]:
        """Refuse keys that the orchestrator or the service sets, in the fields of ``RESERVED_IN``."""
        for name in self.RESERVED_IN:
            for key in getattr(self, name):
                if key in self.RESERVED_FIELDS:
                    message = "reserved field, which the orchestrator sets. Remove it"
                    yield ValidationProblem(f"{path}.{name}.{key}", message, at="key", code="automatic-field")
                elif key in self.SERVICE_FIELDS:
                    message = f"reserved field, which the service sets itself ({self.SERVICE_FIELDS[key]}). Rename it"
                    yield ValidationProblem(f"{path}.{name}.{key}", message, at="key", code="reserved-argument")
