"""The text that ``orchestrator local`` prints: environment variables, and commands that work as they stand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from local.defaults import EXAMPLE_EVENTS
from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from orchestration.event.kinds import EVENT_KINDS
from orchestration.log_lines import single_line
from orchestration.values.shell import quoted

PROFILE = "downstream-orchestrator-local"


def profile_text(engine: Engine) -> str:
    """Text of an AWS configuration file with a profile for the local stack."""
    return (
        f"[profile {PROFILE}]\n"
        f"region = {engine.region}\n"
        "aws_access_key_id = testing\n"
        "aws_secret_access_key = testing\n"
        f"endpoint_url = {engine.endpoint}\n"
        "disable_host_prefix_injection = true\n"  # else mwaa calls env.127.0.0.1
        "services = local\n"
        "s3 =\n  addressing_style = path\n\n"
        "[services local]\n"
        f"mwaa =\n  endpoint_url = {engine.mwaa.endpoint}\n"
    )


def instructions(simulator: Simulator, console: str, profile: Path, config: Path) -> str:
    """The console's address, the variables for another shell, and examples for versions 1 and 2 of the AWS CLI.

    Args:
        simulator: the running stack.
        console: address of the console.
        profile: file with the text of ``profile_text``.
        config: the configuration that the stack was started with.
    """
    engine = simulator.engine
    return (
        f"# console: {console}\n"
        f"# {engine.endpoint}, region {engine.region}; with all targets of {single_line(str(config))}. In another shell, run:\n"
        f"export AWS_CONFIG_FILE={quoted(str(profile))}\n"
        f"export AWS_PROFILE={PROFILE}\n"
        "# Then, for example:\n" + "".join(f"#   {command}\n" for command in _examples(simulator, config))
    )


def _examples(simulator: Simulator, config: Path) -> Iterator[str]:
    stack = simulator.stack
    program = quoted(sys.argv[0]) if Path(sys.argv[0]).name == "orchestrator" else "orchestrator"
    event = quoted(f"file://{EXAMPLE_EVENTS / 'success.json'}")
    yield f"aws sns publish --topic-arn {quoted(stack.topics['job_events'])} --message {event}"
    yield f"{program} executions --function {stack.function}"
    yield f"aws stepfunctions list-executions --state-machine-arn {stack.state_machine}"
    if str(config) != "-":
        yield f"aws s3 cp {quoted(str(config))} {quoted(stack.config_uri)}"
    # Version 1 of the AWS CLI ignores the profile's endpoint for SQS (its customizations/overridesslcommonname.py).
    endpoint = simulator.engine.endpoint
    yield f"aws sqs receive-message --endpoint-url {endpoint} --queue-url {quoted(stack.queue_url)}"
    yield f"aws logs filter-log-events --log-group-name /aws/lambda/{stack.function}"
    workflows = simulator.document["workflows"].values()
    for one in (one for workflow in workflows for kind in EVENT_KINDS for one in workflow.get(kind, ())):
        if one["type"] == "mwaa_dag":
            name, dag = quoted(one["environment_name"]), quoted(f"/dags/{one['dag_id']}/dagRuns")
            region = one.get("region") or simulator.engine.region
            yield f"aws mwaa invoke-rest-api --region {quoted(region)} --name {name} --method GET --path {dag}"
            return
