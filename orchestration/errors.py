"""Errors of this project. Each class names the person who must act."""

from __future__ import annotations


class OrchestrationError(Exception):
    """Root of every error that this project raises on purpose."""


class SettingsError(OrchestrationError):
    """The Lambda's environment is incomplete. Platform engineers act: Terraform sets these variables."""


class EventError(OrchestrationError):
    """The event is invalid. Its publisher acts."""


class OversizedEventError(EventError):
    """The event exceeds the input quota of an execution (256 KiB). The publisher acts: send a reference, not the data."""


class ConfigError(OrchestrationError):
    """A configuration, or one trigger in it, is invalid. Data engineers act."""


class ConditionError(OrchestrationError):
    """The condition of a trigger needs too many steps for this event. Data engineers (the condition) or the publisher act."""


class ConfigUnavailableError(OrchestrationError):
    """No configuration could be loaded although one is required. Platform engineers act: S3, SSM, IAM."""


class DeadlineError(OrchestrationError):
    """An AWS call was not attempted, because the invocation has too little time. On-call acts: a service answers too slowly."""


class ResolutionError(OrchestrationError):
    """A template names a path that the event does not have. Data engineers (the path) or the publisher (the field) act."""


class OversizedArgumentsError(OrchestrationError):
    """The arguments of a target exceed its limit. Data engineers or the publisher act: pass a reference, not the data."""


class AirflowValueError(OrchestrationError):
    """Airflow does not accept the id or a conf value of a DAG run. The publisher (the field) or data engineers act."""


class GlueRunAbsentError(OrchestrationError):
    """No Glue job run of a start exists. The state machine acts: it starts the run."""


class GlueRunUnknown(OrchestrationError):  # noqa: N818 - the name of the error of a failed trigger
    """Nobody knows whether a start without an answer made a Glue job run. On-call acts: look at the job's runs, then replay."""


class GlueRunsUnavailableError(OrchestrationError):
    """Glue did not list the runs of a job. The state machine retries: the call only reads."""


class JoinError(OrchestrationError):
    """An event cannot arrive at a join. Its publisher (the key, the size) or data engineers (the join) act."""


class ReplayError(OrchestrationError):
    """The replay would not start the trigger that its sender means. The person who replays acts."""


class ExecutionLookupError(OrchestrationError):
    """An execution does not exist, or the caller lacks permission to read it. The caller acts.

    Attributes:
        missing: True if the execution does not exist.
        denied: True if the caller lacks permission.
    """

    def __init__(self, message: str, *, missing: bool = False, denied: bool = False) -> None:
        super().__init__(message)
        self.missing = missing
        self.denied = denied


class RoutingError(OrchestrationError):
    """At least one record of an invocation failed; the others were routed. Lambda retries, then on-call acts."""


class MwaaUnavailableError(OrchestrationError):
    """Airflow answered 5xx or nothing, or MWAA throttled. The state machine retries: the DAG run id makes it safe.

    Attributes:
        sent: True if the call may have reached Airflow, so that it may have had its effect.
    """

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class MwaaAnswerError(OrchestrationError):
    """MWAA or a proxy gave an answer that is not Airflow's. The state machine retries; if it persists, platform engineers act."""


class DagRunRejectedError(OrchestrationError):
    """Airflow refused the DAG run, and a retry cannot help. Data engineers act: unknown or paused DAG, no permission."""
