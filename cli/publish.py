"""``orchestrator publish``: publishes a job event, and prints the outcomes of its triggers."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.event_options import EventOptions, event_fields, event_text
from cli.io import print_json
from local.validation import check_event
from orchestration.errors import EventError
from orchestration.reports import ignored_reason
from orchestration.values.shell import command

if TYPE_CHECKING:
    from operations.publishing.publish import Follower


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

    The event comes from a file, from standard input, or from --job and --run-id. A value that is JSON is sent as JSON, any
    other as text. An event that would start nothing is not published.

    \b
    Exit codes:
      0  published; with --wait: all triggers started
      1  --wait: some triggers failed, or have no outcome yet
      2  bad input
      3  --wait: nothing started, or the event only arrived at joins
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    _check_options(function, topic, wait=wait)
    options = EventOptions(
        job=job, run_id=run_id, approve=approve, artifacts=artifact or [], metrics=metric or [], fields=field or []
    )
    text = event_text(event_fields(file, options))
    event = check_event(text)
    if event.event_kind is None:
        raise EventError(f"the event would start nothing: {ignored_reason(event, None)}. It was not published.")
    from operations.publishing.publish import Follower, topic_arn  # noqa: PLC0415
    from operations.publishing.publish import publish as send  # noqa: PLC0415
    from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415 - boto3, which --help does not need
    from operations.stack.topics import APPROVALS, EVENTS  # noqa: PLC0415

    follower: Follower | None = None
    if function:
        router = DeployedRouter.find(function)
        topic = topic_arn(router, APPROVALS if event.event_kind == "on_approval" else EVENTS)
        follower = Follower(router, event)
        before = follower.existing() if wait else None
        if before is not None:
            typer.echo(f"orchestrator: this run has started before, at {before.start}: {before.name}", err=True)
    message = send(topic, text)
    report: dict[str, Any] = {"topic_arn": message.topic_arn, "message_id": message.message_id}
    if not as_json:
        typer.echo(f"published message {message.message_id} to {message.topic_arn}")
    code = 0
    if wait and follower is not None:
        report |= (found := _wait(follower, timeout, as_json=as_json))
        code = _exit_code(found["executions"])
    if as_json:
        print_json(report)
    raise typer.Exit(code)


def _check_options(function: str, topic: str, *, wait: bool) -> None:
    if bool(function) == bool(topic):
        raise EventError("publish: expected either --function ROUTER or --topic-arn ARN.")
    if wait and not function:
        raise EventError("publish --wait: needs --function ROUTER, which knows the state machine.")
    if topic and not topic.startswith("arn:"):
        raise EventError(f"--topic-arn {topic!r}: expected the ARN of an SNS topic.")


def _wait(follower: Follower, timeout: float, *, as_json: bool) -> dict[str, Any]:
    """``executions`` with their outcomes, and ``joins`` at which the event arrived, if there are any."""
    from cli.render import working  # noqa: PLC0415 - rich
    from cli.replay_output import print_outcomes  # noqa: PLC0415
    from operations.joins import EventJoins  # noqa: PLC0415

    joins = EventJoins.of(follower.router, follower.event)
    with working("waiting for the router") as update:
        executions = follower.outcomes(timeout, update, lambda: joins.only and joins.settled())
    arrived = joins.arrived()
    for one in executions if not as_json else ():
        print_outcomes(one)
    for join in arrived:
        waits = (
            f"It waits for {', '.join(join.missing)}"
            if join.state == "open" and join.missing
            else f"It is {join.state}"
        )
        typer.echo(
            f"orchestrator: the event arrived at join {join.join!r} for key {join.key!r}. {waits}. Run: "
            + command("inspect", join.join, join.key, options={"--function": follower.router.name}),
            err=True,
        )
    if not executions and not arrived:
        typer.echo(
            f"orchestrator: no execution started in {timeout:g} s. The configuration may have no workflow for the event: see "
            "the log of the router, or run: orchestrator plan",
            err=True,
        )
    return {"executions": executions} | ({"joins": [dataclasses.asdict(one) for one in arrived]} if arrived else {})


def _exit_code(executions: list[dict[str, Any]]) -> int:
    return int(any(one["execution_status"] != "SUCCEEDED" for one in executions)) if executions else 3
