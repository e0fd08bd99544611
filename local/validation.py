"""Reads what a person gives to a simulation, and refuses it in one line before anything is started."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from local.defaults import ACCOUNT, DEFAULT_REGION, PREFIX
from orchestration import strictjson
from orchestration.errors import ConfigError, EventError
from orchestration.events import Delivery, JobEvent, read_event
from orchestration.settings import Settings
from orchestration.triggers.base import queue_region
from orchestration.workflows import EVENT_KINDS, problems_of

_ARN_REGION = re.compile(r"arn:[a-z-]+:(?:states|events):([a-z0-9-]+):")

SNS_LIMIT = 262_144
"""Bytes of one SNS message (docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""


def region_of(document: Any) -> str:
    """The region that most of the configuration's state machines, buses and queues are in, or the engine's default."""
    named = Counter(region for region in _regions(document) if region)
    return named.most_common(1)[0][0] if named else DEFAULT_REGION


def local_settings(region: str, prefix: str = PREFIX) -> Settings:
    """The environment that the router has in the local stack.

    Raises:
        ConfigError: the region is none in which AWS has Step Functions.
    """
    from local.clients import session  # noqa: PLC0415 - boto3 takes half a second to import, and validate needs none

    known = session()
    for partition in known.get_available_partitions():
        if region in known.get_available_regions("stepfunctions", partition):
            machine = f"arn:{partition}:states:{region}:{ACCOUNT}:stateMachine:{prefix}-downstream-orchestrator"
            queue = f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{prefix}-mwaa-triggers"
            return Settings(state_machine_arn=machine, region=region, mwaa_trigger_queue_url=queue)
    raise ConfigError(
        f"region: found {region!r:.60}, expected one in which AWS has Step Functions; name it with --region"
    )


def read_config(text: str | bytes) -> Any:
    """Parse a configuration's text.

    Raises:
        ConfigError: it is not JSON, or nothing could be routed with it.
    """
    try:
        return strictjson.loads(text)
    except strictjson.StrictJSONError as error:
        raise ConfigError(f"the configuration: {error}") from error


def check_config(document: Any, settings: Settings) -> None:
    """Refuse a configuration with any problem.

    Raises:
        ConfigError: names the first problem, and how many more there are.
    """
    problems = list(problems_of(document, settings))
    if problems:
        more = f" (and {len(problems) - 1} more: orchestrator validate)" if len(problems) > 1 else ""
        raise ConfigError(f"{problems[0]}{more}")


def check_event(text: str) -> JobEvent:
    """Read an event as the router reads it from SNS.

    Raises:
        EventError: the event is none, or SNS would not take it.
    """
    size = len(text.encode())
    if size > SNS_LIMIT:
        raise EventError(
            f"the event: found {size:,} bytes, expected at most {SNS_LIMIT:,}: SNS takes no larger message"
        )
    return read_event(Delivery(source="the event", body=text, topic_arn="(SNS)"))


def _regions(document: Any) -> Iterable[str]:
    """Regions of the targets that stay in the orchestrator's own, wherever the configuration is well formed."""
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
