"""``orchestrator test``: runs the test cases of a configuration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.config_file import DEFAULT_ENV, Env, read_config_file
from cli.event_input import print_notes
from cli.io import DEFAULT_CONFIG, print_json, write_text
from local.defaults import ACCOUNT, clear_aws_profile_env
from local.validation import local_settings, region_of, stack_settings
from orchestration.errors import ConfigError

if TYPE_CHECKING:
    from analysis.plans.cases import CaseResult
    from local.simulation.simulator import Simulator

DEFAULT_FOLDER = Path("workflow_tests")


def test(  # noqa: PLR0913 - one parameter an option
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder of NAME.event.json and NAME.expected.json.")
    ] = DEFAULT_FOLDER,
    *,
    config: Annotated[Path, typer.Option(help="Workflow configuration.")] = DEFAULT_CONFIG,
    update: Annotated[bool, typer.Option("--update", help="Write the results as the expected ones.")] = False,
    simulate: Annotated[bool, typer.Option("--simulate", help="Also run each event through the local stack.")] = False,
    junit: Annotated[
        Path | None, typer.Option(help="Write a JUnit XML report to this file.", show_default=False)
    ] = None,
    region: Annotated[str, typer.Option(help="Region of the stack. Default: the region in the configuration.")] = "",
    account: Annotated[str, typer.Option(help="Account, for the placeholder ${aws.account}.")] = ACCOUNT,
    env: Env = DEFAULT_ENV,
    queue_url: Annotated[str, typer.Option(help="Default queue for sqs_mwaa triggers.", show_default=False)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Compare events with their expected results.

    A case is an event, NAME.event.json, and what it starts, NAME.expected.json: trigger ids and requests. The router's own
    code plans it. With --simulate, the local stack starts once and also runs every event.

    \b
    Exit codes:
      0  all cases passed, or --update wrote the results
      1  a case failed; --update wrote a result of an event that the router refuses or that starts nothing
      2  bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from analysis.plans.cases import find_cases, run_case  # noqa: PLC0415 - botocore, which --help does not need
    from cli.test_output import print_results, write_junit  # noqa: PLC0415
    from orchestration.configuration.loader import LoadedConfig  # noqa: PLC0415

    if update and simulate:
        raise ConfigError("test: --update and --simulate: choose one.")
    document = read_config_file(config)
    region = region or region_of(document)
    settings = stack_settings(region, account=account, env=env, queue_url=queue_url)
    loaded = LoadedConfig(document, "the configuration", "").under(settings)
    results = [run_case(case, loaded, settings) for case in find_cases(folder)]
    print_notes([one.event for one in results])
    if update:
        raise typer.Exit(_update(results))
    if simulate:
        local_settings(region)  # reports an unknown region before the engine starts
        results = list(_simulated(results, document, region, env))
    if junit is not None:
        write_junit(results, junit)
    if as_json:
        print_json([{"name": one.case.name, "problem": one.problem, "diff": one.diff} for one in results])
    else:
        print_results(results)
    raise typer.Exit(int(any(one.problem for one in results)))


def _update(results: Sequence[CaseResult]) -> int:
    """Write the results that changed; returns the exit code, 1 if a person must look at one of them."""
    changed = [one for one in results if one.problem]
    for one in changed:
        write_text(one.case.expected, one.text)
        typer.echo(f"wrote {one.case.expected}")
    typer.echo(f"{len(changed)} of {len(results)} expected results changed")
    suspicious = [one for one in changed if one.plan.problem]
    for one in suspicious:
        typer.echo(
            f"orchestrator: {one.case.name}: {one.plan.problem}. Keep the result only if the case must fail.", err=True
        )
    return int(bool(suspicious))


def _simulated(results: Sequence[CaseResult], document: Any, region: str, env: str) -> Iterator[CaseResult]:
    """The results, with the differences between the plan and the engine."""
    from analysis.plans.event_plan import plan_event  # noqa: PLC0415
    from local.simulation.case_simulation import simulate_plan  # noqa: PLC0415 - moto takes a second to import
    from orchestration.configuration.loader import LoadedConfig  # noqa: PLC0415

    with _engine(region, document, env) as (simulator, progress):
        config = LoadedConfig(document, "the configuration", "").under(simulator.settings)
        for number, one in enumerate(results, 1):
            progress(f"case {number} of {len(results)}: {one.case.name}")
            planned = plan_event(one.event.text, config, simulator.settings).executions
            found = simulate_plan(simulator, one.event.text, planned)
            problem = "; ".join([one.problem, *found] if one.problem else found)
            yield dataclasses.replace(one, problem=problem)


@contextmanager
def _engine(region: str, document: Any, env: str) -> Iterator[tuple[Simulator, Callable[[str], None]]]:
    clear_aws_profile_env()
    from cli.render import working  # noqa: PLC0415
    from local.engine.engine import run_engine  # noqa: PLC0415
    from local.simulation.simulator import Simulator  # noqa: PLC0415

    with working("starting the local engine") as update, run_engine(region) as engine:
        yield Simulator.deploy(engine, document, env=env), update
