"""``orchestrator publish``: checks a job event, publishes it, and prints the outcomes of its triggers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.event_options import EventOptions, event_fields, event_text
from cli.io import print_json
from local.validation import check_event
from orchestration.errors import EventError
from orchestration.reports import ignored_reason
from orchestration.values.strictjson import JsonObject

if TYPE_CHECKING:
    from operations.publishing.check import Check
    from operations.publishing.outcome import Outcome
    from operations.publishing.publish import Follower, Published


def publish(  # noqa: PLR0913 - one parameter an option
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="Event; - for standard input. Default: the options below.", show_default=False
        ),
    ] = None,
    *,
    function: Annotated[str, typer.Option(help="Router Lambda, whose topics receive the event.")] = "",
    topic: Annotated[str, typer.Option("--topic-arn", help="Topic ARN, instead of --function.")] = "",
    job: Annotated[str, typer.Option(help="Upstream job.")] = "",
    run_id: Annotated[str, typer.Option(help="Run of the job. The triggers of a run start once.")] = "",
    artifact: Annotated[list[str] | None, typer.Option(help="Artifact, as NAME=VALUE. Repeatable.")] = None,
    metric: Annotated[list[str] | None, typer.Option(help="Metric, as NAME=VALUE. Repeatable.")] = None,
    field: Annotated[list[str] | None, typer.Option(help="Other field, as NAME=VALUE. Repeatable.")] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Approve the run: decision APPROVED.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the outcomes. Needs --function.")] = False,
    timeout: Annotated[float, typer.Option(help="Maximum seconds to wait.", min=1)] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="Print the message and the outcomes as JSON.")] = False,
) -> None:
    """Publish a job event.

    The event comes from a file, from standard input, or from --job and --run-id. A value of an option is sent as JSON if
    JSON prints it as the same text, and as text otherwise: 12 is a number, 1.10 and 1e6 are text. Quotes make a text:
    '"12"'.

    With --function, the command first checks the event against the deployed configuration and shows what it starts. An event
    that would start nothing is not published.

    \b
    Exit codes:
      0  published; with --wait: all triggers started
      1  --wait: some triggers failed, or have no outcome yet
      2  bad input, or the event would start nothing
      3  --wait: nothing started for this event, or it only arrived at joins
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    _check_options(function, topic, wait=wait)
    options = EventOptions(
        job=job, run_id=run_id, approve=approve, artifacts=artifact or [], metrics=metric or [], fields=field or []
    )
    text = event_text(event_fields(file, options))
    event = check_event(text)
    if event.event_kind is None:
        raise EventError(f"the event would start nothing: {ignored_reason(event, None)}. It was not published.")
    from operations.publishing.publish import Follower, topic_arn  # noqa: PLC0415 - boto3, which --help does not need
    from operations.publishing.publish import publish as send  # noqa: PLC0415

    if not function:
        _print_message(send(topic, text), {}, as_json=as_json)
        return
    from cli.publish_output import print_check, print_warnings  # noqa: PLC0415 - rich
    from operations.publishing.check import check  # noqa: PLC0415
    from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415
    from operations.stack.topics import APPROVALS, EVENTS  # noqa: PLC0415

    follower = Follower(DeployedRouter.find(function), event)
    checked = check(follower, text)
    if wait and checked.unreadable:
        raise EventError(f"publish --wait: {checked.unreadable}. It was not published.")
    print_warnings(checked)
    if not as_json:
        print_check(checked)
    message = send(topic_arn(follower.router, APPROVALS if event.event_kind == "on_approval" else EVENTS), text)
    report: JsonObject = {"plan": checked.to_json()}
    if wait:
        if not as_json:
            _print_message(message, {}, as_json=False)
        outcome = _wait(follower, checked, timeout, as_json=as_json)
        report |= outcome.to_json()
        if as_json:
            _print_message(message, report, as_json=True)
        raise typer.Exit(outcome.exit_code)
    _print_message(message, report, as_json=as_json)


def _check_options(function: str, topic: str, *, wait: bool) -> None:
    if bool(function) == bool(topic):
        raise EventError("publish: expected either --function ROUTER or --topic-arn ARN.")
    if wait and not function:
        raise EventError("publish --wait: needs --function ROUTER, which knows the state machine.")
    if topic and not topic.startswith("arn:"):
        raise EventError(f"--topic-arn {topic!r}: expected the ARN of an SNS topic.")


def _print_message(message: Published, report: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json({"topic_arn": message.topic_arn, "message_id": message.message_id, **report})
    else:
        typer.echo(f"published message {message.message_id} to {message.topic_arn}")


def _wait(follower: Follower, checked: Check, timeout: float, *, as_json: bool) -> Outcome:
    """Wait for the outcome of the event, and print it."""
    from cli.publish_output import print_executions, print_notes  # noqa: PLC0415 - rich
    from cli.render import working  # noqa: PLC0415
    from operations.publishing.outcome import wait  # noqa: PLC0415

    with working("waiting for the router") as update:
        outcome = wait(follower, checked, timeout, update)
    if not as_json:
        print_executions(outcome)
    reason = _log_of(follower) if outcome.status == "NO_OUTCOME" else ""
    print_notes(outcome, follower.router.name, timeout, reason)
    return outcome


def _log_of(follower: Follower) -> str:
    """Lines of the router's log about the event, if the caller can read it."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from operations.executions.router_log import why_nothing  # noqa: PLC0415

    try:
        return why_nothing(follower.router, follower.event.job_name, follower.event.job_run_id)
    except (BotoCoreError, ClientError) as error:
        return f"The log of the router cannot be read: {error}"
