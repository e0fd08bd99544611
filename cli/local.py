"""``orchestrator local``: keeps the local stack running for the AWS CLI and boto3."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from cli.config_file import DEFAULT_ENV, Env, parse_config_file
from cli.io import DEFAULT_CONFIG, read_text
from cli.stop_signal import stop_event, wait_for_stop
from local.defaults import clear_aws_profile_env
from local.engine.airflow_api import AirflowApi, AirflowApiError
from local.simulation.airflow_server import Watch, airflow_instructions, connect
from local.validation import check_config, local_settings, region_of


def local(  # noqa: PLR0913 - one parameter an option
    *,
    config: Annotated[Path, typer.Option(help="Workflow configuration.")] = DEFAULT_CONFIG,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 for a free one.", min=0, max=65535)] = 0,
    console_port: Annotated[int, typer.Option(help="Port of the console; 0 for a free one.", min=0, max=65535)] = 0,
    region: Annotated[str, typer.Option(help="Region of the stack. Default: the region in the configuration.")] = "",
    env: Env = DEFAULT_ENV,
    airflow: Annotated[str, typer.Option(help="URL of an Airflow server to use for all MWAA environments.")] = "",
    airflow_user: Annotated[
        str, typer.Option(help="User of that Airflow server.", envvar="ORCHESTRATOR_AIRFLOW_USER")
    ] = "admin",
) -> None:
    """Run the local stack until Ctrl-C.

    Print the environment variables for the AWS CLI and boto3, then a line for each event and each trigger.

    The Airflow server may start later, with the variables that this command prints for it. The variable
    ORCHESTRATOR_AIRFLOW_PASSWORD has the password of --airflow-user.

    \b
    Exit codes:
      0  stopped by Ctrl-C
      2  bad input, or the port is in use
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    text = read_text(config)
    document = parse_config_file(text, config)
    real = _airflow_api(airflow, airflow_user) if airflow else None
    version = connect(real) if real else None
    region = region or region_of(document)
    check_config(document, local_settings(region, env))
    stopped = stop_event()
    clear_aws_profile_env()
    from console.server import serve  # noqa: PLC0415 - flask and boto3
    from console.stack import ConsoleStack  # noqa: PLC0415
    from local.engine.engine import run_engine  # noqa: PLC0415 - moto takes a second to import
    from local.simulation.activity import Activity  # noqa: PLC0415
    from local.simulation.instructions import PROFILE, instructions, profile_text  # noqa: PLC0415
    from local.simulation.simulator import Simulator  # noqa: PLC0415
    from local.stack import upload_config  # noqa: PLC0415

    try:
        with ExitStack() as running:
            folder = running.enter_context(tempfile.TemporaryDirectory(prefix="orchestrator-"))
            engine = running.enter_context(run_engine(region, port))
            simulator = Simulator.deploy(engine, document, env=env)
            stack = simulator.stack
            upload_config(engine, stack.config_uri, text)  # as it was written, for the console's editor
            engine.mwaa.real = real
            profile = Path(folder) / "config"
            profile.write_text(profile_text(engine), encoding="utf-8")
            # The console reads the stack as it would read one on AWS.
            os.environ |= {"AWS_CONFIG_FILE": str(profile), "AWS_PROFILE": PROFILE}
            pages = running.enter_context(serve(ConsoleStack.open(stack.function, allow_replay=True), console_port))
            airflow_note = airflow_instructions(simulator, real, version) if real else ""
            sys.stdout.write(instructions(simulator, pages, profile, config) + airflow_note + "# Stop with Ctrl-C.\n")
            sys.stdout.flush()
            activity = Activity(simulator, _print_line)
            activity.start()
            if real and not version:
                watch = Watch(real, _print_line)
                running.callback(watch.stop)
                watch.start()
            wait_for_stop(stopped)
            activity.stop()
    except OSError as error:
        typer.echo(f"orchestrator: port {port}: {error.strerror}. Choose another port with --port.", err=True)
        raise typer.Exit(2) from error


def _print_line(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


def _airflow_api(url: str, user: str) -> AirflowApi:
    # Not an option: the shell's history and lists of processes show options.
    password = os.environ.get("ORCHESTRATOR_AIRFLOW_PASSWORD", "")
    if not password:
        raise AirflowApiError(
            f"--airflow {url}: no password. Set ORCHESTRATOR_AIRFLOW_PASSWORD to the password of {user}."
        )
    return AirflowApi(url, user, password)
