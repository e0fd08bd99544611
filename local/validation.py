"""Reads and checks the inputs of a simulation, with errors of one line, before the engine starts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from local.defaults import ACCOUNT, DEFAULT_REGION, PREFIX
from orchestration.aws_partitions import PARTITION, PARTITIONS, partition_of
from orchestration.configuration.workflows import problems_of
from orchestration.errors import ConfigError, EventError
from orchestration.event.job_event import Delivery, JobEvent, read_event
from orchestration.event.kinds import EVENT_KINDS
from orchestration.settings import Settings
from orchestration.triggers._addresses import queue_region
from orchestration.values import strictjson
from orchestration.values.placeholders import LOCAL_ENV

_ARN_REGION = re.compile(rf"arn:{PARTITION}:(?:states|events):([a-z0-9-]+):")

SNS_LIMIT = 262_144
"""Maximum size of an SNS message in bytes (docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""


def region_of(document: Any) -> str:
    """Return the region of most state machines, buses and queues in the configuration, or the default region."""
    named = Counter(region for region in _regions(document) if region)
    return named.most_common(1)[0][0] if named else DEFAULT_REGION


def local_settings(region: str, env: str = LOCAL_ENV, prefix: str = PREFIX) -> Settings:
    """Return the router's settings in the local stack.

    Raises:
        ConfigError: AWS has no Step Functions in the region.
    """
    from local.engine.clients import session  # noqa: PLC0415 - the import of boto3 takes 0.5 s, and validate does not need it

    known = session()
    for partition in known.get_available_partitions():
        if region in known.get_available_regions("stepfunctions", partition):
            return stack_settings(region, partition=partition, prefix=prefix, env=env)
    raise ConfigError(f"region: found {region!r:.60}, expected a region with Step Functions. Choose one with --region.")


def stack_settings(  # noqa: PLR0913 - one parameter a part of the names
    region: str, *, account: str = ACCOUNT, partition: str = "", prefix: str = PREFIX, env: str, queue_url: str = ""
) -> Settings:
    """Return the router's settings in a stack with the local stack's resource names; by default in the region's partition."""
    partition = partition or partition_of(region)
    suffix = PARTITIONS[partition].dns_suffix if partition in PARTITIONS else PARTITIONS["aws"].dns_suffix
    return Settings(
        state_machine_arn=f"arn:{partition}:states:{region}:{account}:stateMachine:{prefix}-downstream-orchestrator",
        region=region,
        mwaa_trigger_queue_url=queue_url or f"https://sqs.{region}.{suffix}/{account}/{prefix}-mwaa-triggers",
        deploy_env=env,
    )


def read_config(text: str | bytes) -> Any:
    """Parse a configuration's text.

    Raises:
        ConfigError: the text is not JSON, or the router could not use it.
    """
    try:
        return strictjson.loads(text)
    except strictjson.StrictJSONError as error:
        raise ConfigError(f"the configuration: {error}") from error


def check_config(document: Any, settings: Settings) -> None:
    """Raise an error if the configuration has problems.

    Raises:
        ConfigError: the message has the first problem and the number of further problems.
    """
    problems = list(problems_of(document, settings))
    if problems:
        more = f" (and {len(problems) - 1} more; run: orchestrator validate)" if len(problems) > 1 else ""
        raise ConfigError(f"{problems[0]}{more}")


def check_event(text: str) -> JobEvent:
    """Parse an event as the router parses it from SNS.

    Raises:
        EventError: the text is not a job event, or it is too large for SNS.
    """
    size = len(text.encode())
    if size > SNS_LIMIT:
        raise EventError(f"the event: found {size:,} bytes, expected at most {SNS_LIMIT:,}, the limit of SNS")
    return read_event(Delivery(source="the event", body=text, topic_arn="(SNS)"))


def _regions(document: Any) -> Iterable[str]:
    """Yield the region of each target that must be in the orchestrator's region; skip malformed entries."""
    workflows = document.get("workflows") if isinstance(document, dict) else None
    for workflow in workflows.values() if isinstance(workflows, dict) else ():
        for event_kind in EVENT_KINDS:
            entries = workflow.get(event_kind) if isinstance(workflow, dict) else None
            for entry in entries if isinstance(entries, list) else ():
                for field in ("arn", "event_bus", "queue_url"):
                    value = entry.get(field) if isinstance(entry, dict) else None
                    if isinstance(value, str):
                        match = _ARN_REGION.match(value)
                        yield match[1] if match else queue_region(value)
