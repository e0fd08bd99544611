"""Applies every example of terraform/examples at once, uses the stacks and destroys them. The tests check the records.

One engine has all the stacks, as one account would, so that names that collide are found. The provider waits for queues most of
the time, so five stacks take little longer than one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder import package
from local.engine.clients import client
from local.engine.engine import Engine
from local.simulation.result import Simulation
from local.simulation.simulator import Simulator
from local.stack import Stack
from tests.terraform.harness import INFRASTRUCTURE, ROOT, Terraform, aws_environment, workspace

VERSION = "0.3.0"
STATE_BUCKET = "acme-sandbox-terraform-state-us-west-1"
PUBLISHER, APPROVER, ON_CALL, OWNER = "publisher", "approver", "oncall", "owner"
"""Access keys: recorded requests show who asked."""

Use = Callable[["Example"], None]

_TARGETS = threading.Lock()
"""The stacks share targets, and moto replaces a Glue job, with its runs, that two threads create at the same moment."""


@dataclass(slots=True)
class Example:
    """One applied example.

    Attributes:
        name: its folder, and for several environments their name.
        env: last part of its resources' names.
        arguments: of plan, apply and destroy.
        used: what its use found, by step.
    """

    name: str
    env: str
    engine: Engine
    terraform: Terraform
    arguments: list[str]
    seconds: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    planned: dict[str, Any] = field(default_factory=dict)
    second_plan: int = -1
    simulations: dict[str, Simulation] = field(default_factory=dict)
    commands: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    used: dict[str, Any] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Beginning of the resources' names."""
        return f"acme-sandbox-{self.env}"

    @property
    def function(self) -> str:
        """Name of the router."""
        return f"{self.prefix}-downstream-orchestrator"

    def run(self, who: str, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command line in a shell, with a person's credentials."""
        given = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        given |= {**aws_environment(self.engine), "AWS_ACCESS_KEY_ID": who, **environment}
        given["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), str(aws_cli().parent), given["PATH"]])
        return subprocess.run(["bash", "-c", command], cwd=ROOT, env=given, capture_output=True, text=True, check=False)

    def simulator(self, document: Any, topics: dict[str, str] | None = None) -> Simulator:
        """The local tools on this stack, with ``document`` as its configuration."""
        arn = f"{self.engine.region}:123456789012"
        own = {name: f"arn:aws:sns:{arn}:{self.prefix}-{name}" for name in ("job_events", "job_approvals")}
        queue = f"{self.engine.endpoint}/123456789012/{self.function}-delivery-dlq"
        stack = Stack(
            topics=topics or own,
            function=self.function,
            router=f"{self.function}:live",
            state_machine=f"arn:aws:states:{arn}:stateMachine:{self.function}",
            config_uri=f"s3://{self.prefix}-code-us-west-1/code/{VERSION}/orchestration/workflow_config.json",
            queue_url="",
            delivery_dlq_url=queue,
            failure_bucket=f"{self.prefix}-orchestrator-failures-us-west-1",
        )
        simulator = Simulator(self.engine, document, stack)
        with _TARGETS:
            simulator.replace_config(document)
        return simulator


def aws_cli() -> Path:
    """Path of the AWS CLI, which ``make awscli`` installs."""
    return ROOT / ".venv-awscli" / "bin" / "aws"


def release(engine: Engine, env: str, region: str = "us-west-1") -> None:
    """Create the code bucket of an environment, with a release in it."""
    bucket, s3 = f"acme-sandbox-{env}-code-{region}", client("s3", region, engine.endpoint)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    packages = [package.build(name) for name in package.FUNCTIONS]
    for one in packages:
        s3.put_object(Bucket=bucket, Key=f"code/{VERSION}/{one.name}.zip", Body=one.body)
    manifest = json.dumps(package.manifest(VERSION, packages)).encode()
    s3.put_object(Bucket=bucket, Key=f"code/{VERSION}/manifest.json", Body=manifest, ContentType="application/json")


def example(engine: Engine, binary: str, folder: Path, name: str, env: str, *arguments: str) -> Example:
    """A separate copy of an example, with its own state."""
    here = workspace(binary, folder / env, engine, f"examples/{name}")
    if env == "mwaa":
        here.environment["AWS_ACCESS_KEY_ID"] = INFRASTRUCTURE  # it also has the files for MWAA's repository
    return Example(f"{name} {env}", env, engine, here, [f"-var=code_version={VERSION}", *arguments])


def live(one: Example, backend: list[str], use: Use) -> Example:
    """Initialise, apply, plan again, use and destroy one example."""
    steps: dict[str, Callable[[], Any]] = {
        "init": lambda: one.terraform.run("init", "-input=false", *backend),
        "apply": lambda: _apply(one),
        "second plan": lambda: _plan_again(one),
        "use": lambda: use(one),
        "destroy": lambda: one.terraform.run("destroy", "-auto-approve", "-input=false", *one.arguments),
    }
    for step, act in steps.items():
        began = time.monotonic()
        act()
        one.seconds[step] = time.monotonic() - began
    return one


def live_together(lives: list[tuple[Example, list[str], Use]]) -> dict[str, Example]:
    """Live all examples at the same time; by name."""
    with ThreadPoolExecutor(len(lives)) as pool:
        return {one.name: one for one in pool.map(lambda given: live(*given), lives)}


def _apply(one: Example) -> None:
    one.terraform.run("plan", "-input=false", "-out=first", *one.arguments)
    one.planned = one.terraform.json("show", "-json", "first")
    one.terraform.run("apply", "-input=false", "first")
    one.outputs = {name: given["value"] for name, given in one.terraform.json("output", "-json").items()}


def _plan_again(one: Example) -> None:
    second = one.terraform.run("plan", "-input=false", "-detailed-exitcode", *one.arguments, ok=(0, 2))
    one.second_plan = second.returncode
    one.used["second plan"] = second.stdout
