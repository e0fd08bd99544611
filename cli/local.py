"""``orchestrator local``: the local stack, kept running for ``aws``, boto3 and curiosity."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Annotated

import typer

from cli.io import DEFAULT_CONFIG, read_text
from local.airflow_api import AirflowApi, AirflowApiError
from local.defaults import clear_aws_profile_env
from local.validation import check_config, local_settings, read_config, region_of

PROFILE = "downstream-orchestrator-local"


def local(
    *,
    config: Annotated[Path, typer.Option(help="The workflow configuration.")] = DEFAULT_CONFIG,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 for a free one.", min=0, max=65535)] = 0,
    region: Annotated[str, typer.Option(help="By default the region that the configuration names.")] = "",
    airflow: Annotated[str, typer.Option(help="URL of a real Airflow that stands behind every MWAA environment.")] = "",
    airflow_user: Annotated[str, typer.Option(help="Its user.", envvar="ORCHESTRATOR_AIRFLOW_USER")] = "admin",
) -> None:
    """Keep the stack running until Ctrl-C, for aws and boto3.

    Prints the two environment variables with which they use it. The password of --airflow-user is read from the variable
    ORCHESTRATOR_AIRFLOW_PASSWORD.
    """
    document = read_config(read_text(config))
    real = _real_airflow(airflow, airflow_user) if airflow else None
    region = region or region_of(document)
    check_config(document, local_settings(region))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    clear_aws_profile_env()
    from local.engine import run_engine  # noqa: PLC0415 - moto takes a second to import
    from local.simulation import Simulator  # noqa: PLC0415

    try:
        with tempfile.TemporaryDirectory(prefix="orchestrator-") as folder, run_engine(region, port) as engine:
            stack = Simulator.deploy(engine, document).stack
            engine.mwaa.real = real
            profile = Path(folder) / "config"
            profile.write_text(_profile(engine.endpoint, engine.mwaa.endpoint, region), encoding="utf-8")
            sys.stdout.write(
                f"# {engine.endpoint}, region {region}; every target of {config} is there. In another shell:\n"
                f"export AWS_CONFIG_FILE={profile}\n"
                f"export AWS_PROFILE={PROFILE}\n"
                + (f"# Every MWAA environment is the Airflow at {real.url}.\n" if real else "")
                + "# then, for example:\n"
                f"#   aws sns publish --topic-arn {stack.topics['job_events']} --message file://event.json\n"
                f"#   aws stepfunctions list-executions --state-machine-arn {stack.state_machine}\n"
                f"#   aws s3 cp {config} {stack.config_uri}\n"
                "#   aws logs tail /aws/lambda/local-downstream-orchestrator\n"
                "# Ctrl-C ends it.\n"
            )
            sys.stdout.flush()
            stopped.wait()
    except OSError as error:
        typer.echo(
            f"orchestrator: port {port}: {error.strerror}; choose another with --port, or leave it out", err=True
        )
        raise typer.Exit(2) from error


def _real_airflow(url: str, user: str) -> AirflowApi:
    # No option: what is typed there is in the shell's history and in every list of processes.
    password = os.environ.get("ORCHESTRATOR_AIRFLOW_PASSWORD", "")
    if not password:
        raise AirflowApiError(f"--airflow {url}: set ORCHESTRATOR_AIRFLOW_PASSWORD to the password of {user}")
    real = AirflowApi(url, user, password)
    real.connect()
    return real


def _profile(endpoint: str, airflow: str, region: str) -> str:
    """An AWS configuration file: everything that two environment variables could not say."""
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
