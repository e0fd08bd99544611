"""Prints the check of an event and its outcome."""

from __future__ import annotations

import typer

from cli.replay_output import print_outcomes
from operations.joins import EventArrival
from operations.publishing.check import Check
from operations.publishing.outcome import Outcome
from orchestration.values.shell import command


def print_check(check: Check) -> None:
    """Print what the event starts."""
    for line in check.lines:
        typer.echo(line)


def print_warnings(check: Check) -> None:
    """Print the warnings of the check, and whether the event has started before."""
    for warning in check.warnings:
        typer.echo(f"orchestrator: warning: {warning}", err=True)
    if check.before is not None:
        before = check.before
        typer.echo(f"orchestrator: this run has started before, at {before.start}: {before.name}", err=True)


def print_executions(outcome: Outcome) -> None:
    """Print the executions with the outcome of each trigger."""
    for execution in outcome.executions:
        print_outcomes(execution)


def print_notes(outcome: Outcome, router: str, timeout: float, reason: str) -> None:
    """Print the arrivals at joins, and why nothing started.

    Args:
        outcome: the outcome.
        router: name of the router Lambda.
        timeout: seconds that the command waited.
        reason: what the router's log has about an event without an outcome.
    """
    for join in outcome.joins:
        shown = command("inspect", join.join, join.key, options={"--function": router})
        typer.echo(f"orchestrator: {_arrival(join)} Run: {shown}", err=True)
    if outcome.reason:
        typer.echo(f"orchestrator: {outcome.reason}.", err=True)
    if outcome.status == "NO_OUTCOME":
        typer.echo(f"orchestrator: no execution started in {timeout:g} s. {reason}", err=True)


def _arrival(join: EventArrival) -> str:
    place = f"join {join.join!r} for key {join.key!r}"
    if join.status == "REPEATED":
        return f"{place} ignored the event (REPEATED): the job has arrived with run {join.first_run!r}, which counts."
    if join.status == "LATE":
        return f"{place} ignored the event (LATE): the join is {join.state}."
    if join.state == "open" and join.missing:
        return f"the event arrived at {place}. It waits for {', '.join(join.missing)}."
    return f"the event arrived at {place}. It is {join.state}."
