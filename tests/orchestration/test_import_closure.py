"""The handlers load the standard library, boto3's family and our own two packages, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# botocore takes certifi's certificates where it happens to be installed, and its own where not.
ALLOWED = {
    "certifi",
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "six",
    "urllib3",
    "orchestration",
    "tasks",
}
PROGRAM = """
import json, sys
before = set(sys.modules)
import {module}
{use}
print(json.dumps(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})))
"""
USES = {
    # Building the clients imports more: botocore loads handlers, parsers and retry modes when it makes one.
    "tasks.downstream_orchestrator": "tasks.downstream_orchestrator._router()",
    "tasks.glue_run": "tasks.glue_run._client()",
    "tasks.mwaa_dag": "tasks.mwaa_dag._client('us-west-2')",
}


def imported(module: str, use: str) -> set[str]:
    program = PROGRAM.format(module=module, use=use)
    environment = {"AWS_DEFAULT_REGION": "us-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    # -S -I: neither site-packages' .pth files nor the current folder; the paths are added by hand.
    paths = f"import sys; sys.path[:0] = {[str(ROOT), *(path for path in sys.path if 'site-packages' in path)]!r}\n"
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", paths + program], env=environment, capture_output=True, text=True, check=True
    )
    return set(json.loads(answer.stdout))


@pytest.mark.parametrize("module", sorted(USES))
def test_closure(module: str) -> None:
    alien = {
        name
        for name in imported(module, USES[module]) - ALLOWED
        if name not in sys.stdlib_module_names and not name.startswith("_")
    }
    assert alien == set()


def test_check_detects_a_third_party_import() -> None:
    assert "rich" in imported("tasks.mwaa_dag", "import rich")


def test_every_handler_is_tested() -> None:
    assert {f"tasks.{path.stem}" for path in (ROOT / "tasks").glob("[!_]*.py")} == set(USES)
