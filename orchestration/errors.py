"""What can go wrong, one class for each person who must act."""

from __future__ import annotations


class OrchestrationError(Exception):
    """Root of every error that this project raises on purpose."""


class SettingsError(OrchestrationError):
    """The Lambda's environment is incomplete. Platform engineers act: Terraform sets these variables."""


class EventError(OrchestrationError):
    """An event that cannot be read. The publisher of the event acts."""


class OversizedEventError(EventError):
    """An event that fits no Step Functions execution (256 KiB). The publisher acts: pass a reference, not the data."""


class ConfigError(OrchestrationError):
    """A configuration, or one trigger in it, that is invalid. Data engineers act."""


class ConfigUnavailableError(OrchestrationError):
    """No configuration could be loaded although one is required. Platform engineers act: S3, SSM, IAM."""


class ResolutionError(OrchestrationError):
    """A template names a path that the event does not have. Data engineers (the path) or the publisher (the field) act."""


class ReplayError(OrchestrationError):
    """A replay that would not start what its sender means. The person who replays acts."""


class BatchMismatchError(OrchestrationError):
    """Part of a large event was started under another configuration. On-call acts: replay the named execution."""


class ExecutionLookupError(OrchestrationError):
    """A named execution does not exist, or may not be read. The person who asked acts."""


class RoutingError(OrchestrationError):
    """At least one record of an invocation could not be routed; the others were. Lambda's retries act, then on-call."""


class MwaaUnavailableError(OrchestrationError):
    """Airflow answered 5xx, or MWAA throttled. The machine retries: the DAG run id is deterministic, so that is safe."""


class DagRunRejectedError(OrchestrationError):
    """Airflow refused the DAG run for good. Data engineers act: unknown or paused DAG, no permission."""
