"""Reads what a person gives to a simulation, and refuses it in one line before anything is started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from local.account import ACCOUNT, DEFAULT_REGION, PREFIX
from orchestration import strictjson
from orchestration.errors import ConfigError, EventError
from orchestration.events import Delivery, JobEvent, read_event
from orchestration.settings import Settings
from orchestration.triggers.base import queue_region
from orchestration.workflows import problems_of

SNS_LIMIT = 262_144
"""Bytes of one SNS message (docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""


def region_of(document: Any) -> str:
    """The region that most of the configuration's ARNs and queues name, or the engine's default."""
    named = Counter(region for region in _regions(document) if region)
    return named.most_common(1)[0][0] if named else DEFAULT_REGION


def local_settings(region: str, prefix: str = PREFIX) -> Settings:
    """The environment that the router has in the local stack."""
    return Settings(
        state_machine_arn=f"arn:aws:states:{region}:{ACCOUNT}:stateMachine:{prefix}-downstream-orchestrator",
        region=region,
        mwaa_trigger_queue_url=f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{prefix}-mwaa-triggers",
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


def _regions(value: Any) -> Iterable[str]:
    """Regions named by state machine ARNs and queue URLs anywhere in the configuration."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _regions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _regions(item)
    elif isinstance(value, str) and value.startswith("arn:") and value.count(":") >= 5:
        yield value.split(":")[3]
    elif isinstance(value, str):
        yield queue_region(value)
