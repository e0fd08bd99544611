"""The publish page of the local stack: an editor that shows what an event would start."""

from __future__ import annotations

import json
from importlib.resources import files

from flask import Blueprint, request

from analysis.plans.event_plan import EventPlan, plan_event
from console.rendering import render
from console.stack import ConsoleStack
from operations.executions.router_log import why_nothing
from operations.publishing.publish import Follower, publish, topic_arn
from operations.stack.deployed_configuration import read_configuration
from operations.stack.topics import APPROVALS, EVENTS
from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import read_document
from orchestration.errors import ConfigError, ConfigUnavailableError, EventError
from orchestration.event.job_event import Delivery, JobEvent, read_event
from orchestration.values import strictjson

_WAIT_SECONDS = 10.0


def blueprint(stack: ConsoleStack) -> Blueprint | None:
    """The pages below ``/publish``; None for a stack on AWS, where the console publishes nothing."""
    if not stack.local:
        return None
    pages = Blueprint("publish", __name__)

    @pages.get("/publish")
    def editor() -> str:
        return _editor(stack, _example(stack), "")

    @pages.post("/publish/check")
    def check() -> str:
        return render("plan.html", plan=_plan(stack, request.form.get("text", "")))

    @pages.post("/publish")
    def send() -> tuple[str, int]:
        text = request.form.get("text", "")
        try:
            event = _read(text)
            return _published(stack, event, strictjson.dumps(strictjson.loads(text))), 200
        except (EventError, strictjson.StrictJSONError) as error:
            return _editor(stack, text, str(error)), 422

    return pages


def _editor(stack: ConsoleStack, text: str, error: str) -> str:
    schema = json.loads(files("orchestration").joinpath("job_event.schema.json").read_text(encoding="utf-8"))
    fields = [
        {
            "name": name,
            "kind": " or ".join(
                [one.get("type", "")] if isinstance(one.get("type"), str) else one.get("type", ["any"])
            ),
            "description": one.get("description", "").replace("`", ""),
            "required": name in schema["required"],
        }
        for name, one in schema["properties"].items()
    ]
    values = {"text": text, "plan": _plan(stack, text), "fields": fields, "error": error}
    return render("publish.html", stack=stack, page="publish", **values)


def _published(stack: ConsoleStack, event: JobEvent, text: str) -> str:
    follower, plan = Follower(stack.router, event), _plan(stack, text)
    existed = event.event_kind is not None and follower.existing() is not None
    topic = APPROVALS if event.event_kind == "on_approval" else EVENTS
    message = publish(topic_arn(stack.router, topic), text)
    if plan.status == "WOULD_START":
        started = follower.first(_WAIT_SECONDS) is not None
        reason = "" if started else why_nothing(stack.router, event.job_name, event.job_run_id)
    else:
        started, reason = existed, plan.reason
    values = {"message": message, "job": event.job_name, "existed": existed, "reason": reason}
    return render("published.html", stack=stack, page="publish", name=follower.name if started else "", **values)


def _example(stack: ConsoleStack) -> str:
    """An event of the first workflow."""
    try:
        settings = stack.router.settings
        document = read_document(strictjson.loads(read_configuration(settings).data), settings).document
        job = next(iter(strictjson.object_at(document, "workflows")), "my_job")
    except (ConfigError, ConfigUnavailableError, strictjson.StrictJSONError):
        job = "my_job"
    event: dict[str, object] = {
        "job_name": job,
        "job_run_id": "run-1",
        "status": "SUCCESS",
        "artifacts": {},
        "metrics": {},
    }
    return json.dumps(event, indent=2, ensure_ascii=False)


def _read(text: str) -> JobEvent:
    return read_event(Delivery(source="the event", body=text, topic_arn="(SNS)"))


def _plan(stack: ConsoleStack, text: str) -> EventPlan:
    settings = stack.router.settings
    try:
        deployed = read_configuration(settings)
        document = read_document(strictjson.loads(deployed.data), settings).document
    except (ConfigError, ConfigUnavailableError, strictjson.StrictJSONError) as error:
        return EventPlan(source="the event", status="FAILED", reason=str(error))
    return plan_event(text, LoadedConfig(document, deployed.source, deployed.version), settings)
