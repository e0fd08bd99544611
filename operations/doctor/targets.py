"""Every target of the configuration exists. Each trigger type has its own question (``Trigger.question``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from operations.doctor.finding import Finding, Status
from operations.doctor.stack import ExaminedStack
from orchestration.triggers.facets import TargetQuestion
from orchestration.values.strictjson import Json

_CHECK = "targets"


def check(stack: ExaminedStack) -> Iterator[Finding]:
    """Ask the services for each target once."""
    for subject, question in _questions(stack).values():
        status, message, advice = _ask(stack, question)
        yield Finding(check=_CHECK, subject=subject, status=status, message=message, advice=advice)


def _questions(stack: ExaminedStack) -> dict[str, tuple[str, TargetQuestion]]:
    """The distinct questions, each with the first trigger that asks it."""
    questions: dict[str, tuple[str, TargetQuestion]] = {}
    for trigger in stack.triggers:
        question = trigger.question(stack.settings)
        questions.setdefault(f"{trigger.TYPE} {question}", (f"{trigger.TYPE} {trigger.target_name()}", question))
    return questions


def _ask(stack: ExaminedStack, question: TargetQuestion) -> tuple[Status, str, str]:
    """Status, message and advice of one target."""
    try:
        answer = getattr(stack.client(question.service, question.region), question.operation)(**question.parameters)
    except ClientError as error:
        return _refused(question, error.response) or _from_error(question, error)
    except BotoCoreError as error:
        return "unknown", str(error), "Check the network and the region"
    return _refused(question, answer) or ("ok", f"{question.subject} exists", "")


def _refused(question: TargetQuestion, answer: Mapping[str, Json]) -> tuple[Status, str, str] | None:
    """The problem of a target that exists and cannot run."""
    for refusal in question.refusals:
        if refusal.matches(answer):
            return "problem", refusal.message, refusal.advice
    return None


def _from_error(question: TargetQuestion, error: ClientError) -> tuple[Status, str, str]:
    if error.response["Error"]["Code"] in question.missing:
        return "problem", "does not exist", "Create the target, or correct its name in the configuration"
    message = " ".join(str(error).split())
    return "unknown", message, f"Allow {error.operation_name} to the caller's role, then run this command again"
