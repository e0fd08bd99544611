"""Measures the router's cold start and its CPU time for one event: ``python -m bench.router [--python PYTHON]``.

Cold start: CPU seconds of a new process, from its start until the clients exist, for the router's zip and for handlers that only
import boto3 and create clients. The programs run in turn. Hot path: CPU milliseconds for one event with a configuration of
10,000 workflows, changed and unchanged. S3 and Step Functions are objects in the process.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

from builder import package

UV = Path(sys.executable).with_name("uv")
RUNS = 15

BARE = """
import boto3
from botocore.config import Config
config = Config(connect_timeout=2, read_timeout=5, retries={{"mode": "standard", "total_max_attempts": 3}})
for service in {services}:
    boto3.client(service, config=config)
"""
COLD = {
    "router": "import tasks.downstream_orchestrator as task\ntask._router()",
    "bare handler, s3 + ssm + stepfunctions": BARE.format(services=("s3", "ssm", "stepfunctions")),
    "bare handler, s3 + stepfunctions": BARE.format(services=("s3", "stepfunctions")),
}

HOT = """
import io, json, logging, statistics, sys, time
from botocore.exceptions import ClientError
from orchestration.config import ConfigLoader
from orchestration.router import Router
from orchestration.settings import Settings

def document(salt):
    def triggers(n):
        return [
            {"type": "glue_job", "job_name": f"load_{n}", "arguments": {"--path": "${artifacts.path}", "--mode": "append"}},
            {"type": "sqs_mwaa", "dag_id": f"report_{n}", "parameter_mapping": {"date": "start_date"}},
            {"type": "step_function", "arn": f"arn:aws:states:us-west-1:123456789012:stateMachine:publish_{n}"},
        ]
    workflows = {f"job_{n}": {"description": f"{salt}", "on_success": triggers(n)} for n in range(10_000)}
    return json.dumps({"workflows": workflows}, indent=2).encode()

class S3:
    text, etag = b"", ""
    def get_object(self, IfNoneMatch="", **_):
        if IfNoneMatch == self.etag:
            raise ClientError({"Error": {"Code": "304"}, "ResponseMetadata": {"HTTPStatusCode": 304}}, "GetObject")
        return {"Body": io.BytesIO(self.text), "ETag": self.etag, "VersionId": "v"}

class StepFunctions:
    def start_execution(self, **_):
        return {}

logging.disable(logging.CRITICAL)
s3 = S3()
router = Router(ConfigLoader(s3, None), StepFunctions())
settings = Settings(state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m", region="us-west-1",
                    config_s3_uri="s3://b/k", require_config=True,
                    mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/q")

def event(n):
    return {"job_name": f"job_{n}", "job_run_id": f"run-{n}", "status": "SUCCESS", "artifacts": {"path": "s3://b/p"},
            "start_date": "2026-01-01"}

def cpu(call):
    began = time.process_time()
    call()
    return 1000 * (time.process_time() - began)

changed, unchanged = [], []
for n in range(9):
    s3.text, s3.etag = document(n), f"etag-{n}"
    changed.append(cpu(lambda: router.route(event(n), f"request-{n}", settings)))
    plain = cpu(lambda: json.loads(s3.text))
for n in range(500):
    unchanged.append(cpu(lambda: router.route(event(n), f"request-{n}", settings)))
print(json.dumps({"MB of the configuration": round(len(s3.text) / 1e6, 1), "changed, ms": round(statistics.median(changed), 1),
                  "json.loads alone, ms": round(plain, 1), "unchanged, ms": round(statistics.median(unchanged), 2)}))
"""


def main() -> None:
    """Measure, and print both tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.router", description=__doc__.partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="interpreter; it gets a new environment with boto3")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orchestrator-router-") as name:
        folder = Path(name)
        python = _environment(options.python, folder / "environment")
        code = folder / "code"
        zipfile.ZipFile(io.BytesIO(package.build("downstream_orchestrator").body)).extractall(code)
        _run(python, "-m", "compileall", "-q", code, code=code)
        seconds: dict[str, list[float]] = {name: [] for name in COLD}
        for _ in range(RUNS):
            for program, text in COLD.items():
                seconds[program].append(_cpu(python, text, code))
        ours = statistics.median(seconds["router"])
        sys.stdout.write(f"cold start, {_run(python, '-V', code=code).strip()}, median of {RUNS}\n")
        for program, found in seconds.items():
            median = statistics.median(found)
            sys.stdout.write(f"  {program:<40} {median:6.3f} s of CPU   router / this: {ours / median:.2f}\n")
        sys.stdout.write("one event, 10,000 workflows with 3 triggers each\n")
        for figure, value in json.loads(_run(python, "-c", HOT, code=code)).items():
            sys.stdout.write(f"  {figure:<40} {value}\n")


def _environment(python: str, folder: Path) -> str:
    """Create an environment with this checkout's version of boto3; returns its interpreter."""
    subprocess.run([UV, "venv", "-q", "--python", python, folder], check=True)  # noqa: S603 - our own command
    found = str(folder / "bin" / "python")
    pinned = [f"{name}=={version(name)}" for name in ("boto3", "botocore")]
    subprocess.run([UV, "pip", "install", "-q", "--python", found, *pinned], check=True)  # noqa: S603 - our own command
    return found


def _cpu(python: str, program: str, code: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(python, "-c", program, code=code)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _run(python: str, *arguments: str | Path, code: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "VIRTUAL_ENV"))}
    environment = kept | {"PYTHONPATH": str(code), "AWS_DEFAULT_REGION": "us-west-1"}
    environment |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    answer = subprocess.run([python, *arguments], env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    return answer.stdout


if __name__ == "__main__":
    main()
