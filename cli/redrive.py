"""``orchestrator redrive-dlq``: sends dead letters through the router again."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.io import print_json
from orchestration.aws_partitions import PARTITION
from orchestration.errors import OrchestrationError

if TYPE_CHECKING:
    from operations.repair.redrive import Redrive, RedriveReport

_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOPIC = re.compile(rf"arn:{PARTITION}:sns:[a-z0-9-]+:\d{{12}}:[A-Za-z0-9_.-]+")


class OptionError(OrchestrationError):
    """An invalid option. The person who typed it acts."""


def redrive_dlq(  # noqa: PLR0913 - one parameter an option
    *,
    function: Annotated[
        str, typer.Argument(metavar="ROUTER", help="Name of the router Lambda: PREFIX-downstream-orchestrator.")
    ],
    region: Annotated[str, typer.Option(help="Region of the router. Default: the region of the AWS CLI.")] = "",
    queue: Annotated[str, typer.Option(help="URL of the delivery DLQ. Default: the queue FUNCTION-delivery-dlq.")] = "",
    bucket: Annotated[
        str, typer.Option(help="Bucket of failed invocations. Default: the function's failure destination.")
    ] = "",
    topic: Annotated[str, typer.Option(help="Source topic ARN for all messages that do not record one.")] = "",
    limit: Annotated[int | None, typer.Option(help="Maximum number of events. Default: all.", min=1)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List the events and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Redrive without a question.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reports as JSON.")] = False,
) -> None:
    """Reprocess events from dead-letter stores.

    The stores are the delivery dead-letter queue and the failure bucket. The command lists the events, asks once, and sends
    exactly the listed events. It deletes an event after the router handled it; failed events remain.

    \b
    Exit codes:
      0  no events remain (dry run: all can be sent)
      1  some events remain or are invalid, or you answered no
      2  bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    if not _FUNCTION.fullmatch(function):
        raise OptionError(f"function {function!r}: expected a function name without ARN or alias. See also --region.")
    if topic and not _TOPIC.fullmatch(topic):
        raise OptionError(f"--topic {topic!r}: expected a topic ARN, arn:aws:sns:REGION:ACCOUNT:NAME.")
    if not (yes or dry_run or sys.stdin.isatty()):
        raise OptionError("redrive-dlq: no terminal to ask on. Confirm with --yes, or list the events with --dry-run.")
    from operations.repair.dead_letter_stores import DRY_RUN, REDRIVE  # noqa: PLC0415 - boto3, which --help does not need
    from operations.repair.redrive import Redrive  # noqa: PLC0415
    from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415

    router = DeployedRouter.find(function, region)
    options: dict[str, Any] = {"queue": queue, "bucket": bucket, "topic": topic, "limit": limit}
    listed: list[str] | None = None
    if not yes:
        redrive = Redrive.open(router, DRY_RUN, **options)
        reports = _list(redrive, as_json=dry_run and as_json)
        if dry_run or not reports:
            raise typer.Exit(int(any(report.invalid for report in reports)))
        if not typer.confirm(f"Redrive {len(reports)} events?", err=True):
            raise typer.Exit(1)
        listed = [report.id for report in reports]
    redrive = Redrive.open(router, REDRIVE, **options)
    if yes:
        _warn(redrive)
    reports, stopped = _collect(redrive.send(listed), progress=True)
    _print(reports, redrive, sent=True, stopped=stopped, as_json=as_json)
    remaining = redrive.more or redrive.in_flight > 0 or not all(report.deleted for report in reports)
    raise typer.Exit(stopped or int(remaining))


def _list(redrive: Redrive, *, as_json: bool) -> list[RedriveReport]:
    """Print the dead letters; ends the command if they cannot be listed."""
    _warn(redrive)
    reports, stopped = _collect(redrive.preview(), progress=False)
    _print(reports, redrive, sent=False, stopped=stopped, as_json=as_json)
    if stopped:
        raise typer.Exit(stopped)
    return reports


def _print(reports: list[RedriveReport], redrive: Redrive, *, sent: bool, stopped: int, as_json: bool) -> None:
    from cli.redrive_output import show  # noqa: PLC0415

    if as_json:
        print_json([dataclasses.asdict(report) for report in reports])
    elif reports or not stopped:
        show(reports, redrive, sent=sent)


def _warn(redrive: Redrive) -> None:
    from cli.redrive_output import print_progress  # noqa: PLC0415

    for warning in redrive.warnings:
        print_progress(warning)
    if redrive.in_flight:
        print_progress(
            f"another reader has about {redrive.in_flight} messages, which are not listed. Run this again in some minutes."
        )


def _collect(reports: Generator[RedriveReport], *, progress: bool) -> tuple[list[RedriveReport], int]:
    """Return the reports until the end, Ctrl-C or an error of AWS, and the exit code if it stopped early."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from cli.redrive_output import line, print_progress  # noqa: PLC0415

    found: list[RedriveReport] = []
    with contextlib.closing(reports):
        try:
            for report in reports:
                found.append(report)
                if progress:
                    print_progress(f"{len(found)}. {line(report)}")
        except KeyboardInterrupt:
            print_progress(
                "Interrupted. Events not listed are unchanged. The last event may have started; it remains in its store."
            )
            return found, 1
        except (ClientError, BotoCoreError) as error:
            print_progress(f"orchestrator: stopped: {' '.join(str(error).split())}. Events not listed are unchanged.")
            return found, 2
    return found, 0
