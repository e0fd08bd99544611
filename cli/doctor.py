"""``orchestrator doctor``: examines a deployed stack."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.io import print_json

if TYPE_CHECKING:
    from operations.doctor import Finding


def doctor(
    *,
    function: Annotated[str, typer.Option(help="Router Lambda.")],
    airflow_role: Annotated[str, typer.Option(help="Airflow role of the MWAA Lambda function.")] = "*",
    verbose: Annotated[bool, typer.Option("--verbose", help="Also list what is well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all findings as JSON.")] = False,
) -> None:
    """List the problems of a deployed stack.

    The command asks for configuration, targets, DAGs, router, state machine, subscriptions, roles, dead letters, alarms and
    dispatcher. It changes nothing.

    \b
    Exit codes:
      0  all is well
      1  a problem, or a question that AWS did not answer
      2  bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from cli.render import working  # noqa: PLC0415 - rich, which --help does not need
    from operations.doctor import ExaminedStack, examine  # noqa: PLC0415
    from operations.stack.deployed_router import DeployedRouter  # noqa: PLC0415 - boto3

    stack = ExaminedStack(DeployedRouter.find(function), airflow_role)
    with working("examining") as update:
        findings = list(examine(stack, lambda name: update(f"examining: {name}")))
    if as_json:
        print_json([dataclasses.asdict(one) for one in findings])
    else:
        _print(findings, verbose=verbose)
    raise typer.Exit(int(any(one.status != "ok" for one in findings)))


def _print(findings: Sequence[Finding], *, verbose: bool) -> None:
    from rich.text import Text  # noqa: PLC0415

    from cli.render import output  # noqa: PLC0415

    styles = {"ok": "green", "problem": "red", "unknown": "yellow"}
    for one in findings:
        if one.status == "ok" and not verbose:
            continue
        output.print(Text.assemble((one.status, styles[one.status]), f"  {one.check}: {one.subject}: {one.message}"))
        if one.advice:
            output.print(Text(f"    {one.advice}."))
    counts = Counter(one.status for one in findings)
    output.print(f"{counts['ok']} well, {counts['problem']} problems, {counts['unknown']} unknown")
