"""``orchestrator local``: keeps the local stack running for the AWS CLI and boto3."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.io import DEFAULT_CONFIG, read_text
from local.airflow_api import AirflowApi, AirflowApiError
from local.defaults import EXAMPLE_EVENTS, clear_aws_profile_env
from local.validation import check_config, local_settings, read_config, region_of

PROFILE = "downstream-orchestrator-local"


def local(
    *,
    config: Annotated[Path, typer.Option(help="Workflow configuration.")] = DEFAULT_CONFIG,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 for a free one.", min=0, max=65535)] = 0,
    region: Annotated[str, typer.Option(help="Region of the stack. Default: the region in the configuration.")] = "",
    airflow: Annotated[str, typer.Option(help="URL of an Airflow server to use for all MWAA environments.")] = "",
    airflow_user: Annotated[
        str, typer.Option(help="User of that Airflow server.", envvar="ORCHESTRATOR_AIRFLOW_USER")
    ] = "admin",
) -> None:
    """Run the local stack until Ctrl-C.

    Print the environment variables for the AWS CLI and boto3, then a line for each event and each trigger.

    The variable ORCHESTRATOR_AIRFLOW_PASSWORD has the password of --airflow-user.

    \b
    Exit codes:
      0  stopped by Ctrl-C
      2  bad input, or the port is in use
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    document = read_config(read_text(config))
    real = _real_airflow(airflow, airflow_user) if airflow else None
    region = region or region_of(document)
    check_config(document, local_settings(region))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    clear_aws_profile_env()
    from local.activity import Activity  # noqa: PLC0415
    from local.engine import run_engine  # noqa: PLC0415 - moto takes a second to import
    from local.simulation import Simulator  # noqa: PLC0415

    try:
        with tempfile.TemporaryDirectory(prefix="orchestrator-") as folder, run_engine(region, port) as engine:
            stack = Simulator.deploy(engine, document).stack
            engine.mwaa.real = real
            profile = Path(folder) / "config"
            event = EXAMPLE_EVENTS / "success.json"
            profile.write_text(_profile(engine.endpoint, engine.mwaa.endpoint, region), encoding="utf-8")
            sys.stdout.write(
                f"# {engine.endpoint}, region {region}; with all targets of {config}. In another shell, run:\n"
                f"export AWS_CONFIG_FILE={profile}\n"
                f"export AWS_PROFILE={PROFILE}\n"
                + (f"# All MWAA environments use the Airflow server at {real.url}.\n" if real else "")
                + "# Then, for example:\n"
                f"#   aws sns publish --topic-arn {stack.topics['job_events']} --message file://{event}\n"
                f"#   aws stepfunctions list-executions --state-machine-arn {stack.state_machine}\n"
                f"#   aws s3 cp {config} {stack.config_uri}\n"
                "#   aws logs tail /aws/lambda/local-downstream-orchestrator\n"
                "# Stop with Ctrl-C.\n"
            )
            sys.stdout.flush()
            activity = Activity(engine, stack, _print_line)
            activity.start()
            stopped.wait()
            activity.stop()
    except OSError as error:
        typer.echo(f"orchestrator: port {port}: {error.strerror}. Choose another port with --port.", err=True)
        raise typer.Exit(2) from error


def _print_line(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


def _real_airflow(url: str, user: str) -> AirflowApi:
    # Not an option: the shell's history and lists of processes show options.
    password = os.environ.get("ORCHESTRATOR_AIRFLOW_PASSWORD", "")
    if not password:
        raise AirflowApiError(
            f"--airflow {url}: no password. Set ORCHESTRATOR_AIRFLOW_PASSWORD to the password of {user}."
        )
    real = AirflowApi(url, user, password)
    real.connect()
    return real


def _profile(endpoint: str, airflow: str, region: str) -> str:
    """Text of an AWS configuration file with a profile for the local stack."""
    return (
        f"[profile {PROFILE}]\n"
        f"region = {region}\n"
        "aws_access_key_id = testing\n"
        "aws_secret_access_key = testing\n"
        f"endpoint_url = {endpoint}\n"
        "services = local\n"
        "s3 =\n  addressing_style = path\n\n"
        "[services local]\n"
        f"mwaa =\n  endpoint_url = {airflow}\n"
    )
