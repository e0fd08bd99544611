"""The topic that is told of a workflow's failed executions.

The router writes it into ``routing.notify`` of the input. For each topic of an allow-list, Terraform creates an EventBridge
rule that looks for it there (terraform/notifications.tf). So an event or a configuration cannot reach another topic.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestration.aws_partitions import PARTITION
from orchestration.settings import Settings
from orchestration.values.placeholders import fill_text
from orchestration.values.strictjson import object_at
from orchestration.values.validation import ValidationProblem

if TYPE_CHECKING:
    from orchestration.values.strictjson import Json, JsonObject

TOPIC = rf"arn:{PARTITION}:sns:[a-z0-9-]+:[0-9]+:[A-Za-z0-9_-]{{1,256}}"
"""Pattern of a standard topic's ARN. A FIFO topic cannot be the target of a rule without a message group."""


def notify_topic(document: JsonObject, job_name: str, settings: Settings) -> str:
    """ARN of the topic of a workflow; empty if it has none, or an invalid one."""
    written = object_at(object_at(document, "workflows"), job_name).get("notify")
    if not isinstance(written, str):
        return ""
    topic, problems = fill_text(written, "notify", settings)
    return "" if problems or not re.fullmatch(TOPIC, topic) else topic


def with_topic(workflow: Json, path: str, settings: Settings) -> tuple[Json, list[ValidationProblem]]:
    """The workflow with the placeholders of its topic filled, and the problems of the topic's place."""
    written = workflow.get("notify") if isinstance(workflow, dict) else None
    if not isinstance(workflow, dict) or not isinstance(written, str):
        return workflow, []
    topic, problems = fill_text(written, f"{path}.notify", settings)
    region = topic.split(":")[3] if re.fullmatch(TOPIC, topic) else ""
    if region and settings.region not in ("", region):
        message = f"found region {region}, expected {settings.region}: EventBridge tells topics of its region only"
        problems.append(ValidationProblem(f"{path}.notify", message, code="other-region"))
    return {**workflow, "notify": topic}, problems
