"""Measures the router's cold start against handlers that only create clients: ``python -m bench.cold_start``.

``AGAINST=REVISION python -m bench.cold_start`` adds the router of another revision of the repository, in the same run.
"""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench import environment
from bench.command import Run, main
from bench.processes import AWS, Used, clean_environment, run
from bench.results import Cell, Figure, Goal, Section, Table

ROUNDS = 15
ROUTER = "import tasks.downstream_orchestrator as task\ntask._router()"
BARE = """
import boto3
from botocore.config import Config
config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
for service in ("s3", "stepfunctions"):
    boto3.client(service, config=config)
"""
SHORTCUTS = """
import gc
gc.disable()
import botocore.session
from botocore.config import Config
config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
session = botocore.session.get_session()
session.get_component("data_loader").list_available_services = lambda *_, **__: ["s3", "stepfunctions"]
for service in ("s3", "stepfunctions"):
    session.create_client(service, config=config)
gc.enable()
gc.freeze()
"""
"""The bare handler with the shortcuts of docs/adr/0020-cold-start.md. The difference to it is the router's own code."""
PYDANTIC = """
import pydantic
class Event(pydantic.BaseModel):
    job_name: str
    job_run_id: str
    status: str = ""
    artifacts: dict[str, object] = {}
class Trigger(pydantic.BaseModel):
    type: str
    job_name: str
    arguments: dict[str, str] = {}
class Configuration(pydantic.BaseModel):
    workflows: dict[str, dict[str, list[Trigger]]]
"""
POWERTOOLS = """
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SNSEvent
Logger(service="router")
"""
PEAK = """
try:
    with open("/proc/self/status") as status:
        print(next(line for line in status if line.startswith("VmHWM")).split()[1])
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
"""Prints the process's largest resident memory in KiB. On Linux getrusage would include the process that started it."""
BASE, DEPLOYED = "bare handler", "router, as deployed"
PROGRAMS = {
    BASE: BARE,
    DEPLOYED: ROUTER,
    "router, with bytecode": ROUTER,
    "bare handler + the router's shortcuts": SHORTCUTS,
    "bare handler + pydantic": BARE + PYDANTIC,
    "bare handler + Powertools": BARE + POWERTOOLS,
}
ABOUT = """The processor time, duration and memory of a new process, from its start until the clients exist. The bare
handler imports boto3 and creates the clients that the router creates, for S3 and Step Functions, with the same
settings. The router creates them with less work (docs/adr/0020-cold-start.md), which is why it can be faster than the bare
handler. A row has the bare handler with the same shortcuts: the difference to it is what the router's own code adds. The
pydantic variant also defines three models. The Powertools variant also creates a logger and imports the
event classes.

The installed packages have bytecode, as in the Lambda runtime. The router's zip has none, because a zip must be the
same on every build machine. Lambda cannot write bytecode next to the code, so each cold start compiles the router's
modules. "With bytecode" shows the share of that. Start of the microVM and download of the zip are not part of the
figures."""
TRIED = """docs/adr/0020-cold-start.md lists the improvements made and the ones turned down."""


def measure(options: Run) -> Section:
    """Run every program in turn, ``ROUNDS`` times."""
    other = os.environ.get("AGAINST", "")
    programs = PROGRAMS | ({f"router of {other}": ROUTER} if other else {})
    found: dict[str, list[Used]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory(prefix="orchestrator-cold-") as name:
        options.step("installing Python's Lambda environment")
        made = environment.create(Path(name))
        codes = {f"router of {other}": environment.code_of(other, Path(name) / "other")} if other else {}
        rounds = options.rounds if options.quick else ROUNDS
        for number in range(-1, rounds):  # The first round fills the machine's file cache and does not count.
            options.step(f"round {number + 1} of {rounds}")
            for program, text in programs.items():
                code = made.compiled if program.endswith("with bytecode") else codes.get(program, made.code)
                variables = clean_environment(**AWS, PYTHONPATH=str(code), PYTHONDONTWRITEBYTECODE="1")
                used = run([made.python, "-P", "-c", text + PEAK], environment=variables)
                if number >= 0:
                    found[program].append(used)
        python = made.version
    cpu = {name: Figure(values=[round(1000 * one.cpu, 1) for one in runs], unit="ms") for name, runs in found.items()}
    rows: list[list[Cell]] = [
        [
            program,
            cpu[program],
            Figure(values=[1000 * one.seconds for one in runs], unit="ms"),
            Figure(values=[round(int(one.output) * 1024 / 1e6, 2) for one in runs], unit="MB"),
            cpu[program].over(cpu[BASE]),
        ]
        for program, runs in found.items()
    ]
    same = "" if python.startswith(f"{environment.RUNTIME}.") else f" Python {environment.RUNTIME} is missing here."
    return Section(
        name="cold_start",
        title="Cold start",
        about=f"{ABOUT}\n\nPython {python}.{same}",
        tables=[Table(columns=["Program", "CPU", "Duration", "Peak memory", "CPU / bare handler"], rows=rows)],
        goals=[
            Goal(
                name="Cold start against a bare handler with the same clients",
                found=cpu[DEPLOYED].over(cpu[BASE]),
                bound="at most",
                limit=1.0,
                tried=TRIED,
            )
        ],
        versions={
            "Python (router)": python,
            "botocore": version("botocore"),
            **{name: locked(name) for name in ("pydantic", "aws-lambda-powertools")},
        },
    )


def locked(name: str) -> str:
    """Version of a package in requirements/bench.txt."""
    lines = environment.LOCK.read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix(f"{name}==").split()[0] for line in lines if line.startswith(f"{name}=="))


if __name__ == "__main__":
    main(measure, __doc__ or "")
