"""The tool, installed from its wheel into new environments outside the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.install import build_wheel

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the tool, and the folder that its commands run in.

    Attributes:
        environment: a virtual environment, outside the checkout.
        folder: the current folder of every command, empty at first.
    """

    environment: Path
    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.environment / "bin" / "python")

    @property
    def orchestrator(self) -> str:
        """Its console script."""
        return str(self.environment / "bin" / "orchestrator")

    @property
    def variables(self) -> dict[str, str]:
        """Environment of every command: nothing of this process but the system's PATH."""
        path = f"{self.environment / 'bin'}:{os.defpath}"
        return {"PATH": path, "HOME": str(self.folder.parent), "NO_COLOR": "1"}

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the folder and wait for its end."""
        answer = subprocess.run(
            command, cwd=self.folder, env=self.variables | variables, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in answer.stderr, answer.stderr
        return answer

    @contextmanager
    def background(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """Run a command in the folder until the context ends."""
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def newest_python() -> str:
    """The newest of Python 3.11 to 3.14 on this machine, pyenv's included."""
    for minor in range(14, 10, -1):
        found = [shutil.which(f"python3.{minor}"), *Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3")]
        for python in filter(None, found):
            command = [
                str(python),
                "-c",
                f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, {minor}))",
            ]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return str(python)
    return sys.executable


def version_of(python: str) -> str:
    program = "import platform; print(platform.python_version())"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


PYTHONS = {version_of(python): python for python in (sys.executable, newest_python())}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout's wheel."""
    return build_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session", params=PYTHONS)
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The plain installation, with the locked versions, on the Python of .venv and on the newest one."""
    folder = tmp_path_factory.mktemp("installed")
    tool = Installed(folder / "environment", folder / "empty")
    tool.folder.mkdir()
    uv(folder, "venv", "-q", "--python", PYTHONS[request.param], str(tool.environment))
    uv(
        folder,
        "pip",
        "install",
        "-q",
        "--python",
        tool.python,
        "-c",
        str(ROOT / "requirements" / "dev.txt"),
        str(wheel),
    )
    return tool


def uv(folder: Path, *arguments: str) -> str:
    """Output of uv; it runs outside the checkout, whose tool.uv drops sagemaker."""
    answer = subprocess.run([UV, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def packages(tool: Installed) -> set[str]:
    """Names of the packages in the environment."""
    listed = uv(tool.folder, "pip", "list", "--python", tool.python, "--format", "json")
    return {one["name"] for one in json.loads(listed)}
