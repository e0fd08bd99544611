"""Creates an environment like the Lambda runtime's: Python 3.13, and the packages of requirements/bench.txt."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.processes import clean_environment, run
from builder import package

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "bench.txt"
RUNTIME = "3.13"
"""Python of the deployed functions (terraform/functions.tf)."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment with the router's code.

    Attributes:
        python: its interpreter.
        version: version of the interpreter.
        code: folder with the files of the router's zip. Its modules have no bytecode, because Lambda cannot write any.
        compiled: the same files with bytecode.
    """

    python: Path
    version: str
    code: Path
    compiled: Path


def create(folder: Path) -> Environment:
    """Create the environment in ``folder``, and extract the router's zip.

    Uses this process's Python if the machine does not have the runtime's version.
    """
    uv = Path(sys.executable).with_name("uv")
    target, variables = folder / "environment", clean_environment(UV_PYTHON_DOWNLOADS="never")
    run([uv, "venv", "-q", "--python", next(interpreters(), sys.executable), target], environment=variables)
    python = target / "bin" / "python"
    run(
        [uv, "pip", "sync", "-q", "--compile-bytecode", "--python", python, "--require-hashes", LOCK],
        environment=variables,
    )
    found = Environment(python, _version(python), folder / "code", folder / "compiled")
    for code in (found.code, found.compiled):
        zipfile.ZipFile(io.BytesIO(package.build("downstream_orchestrator").body)).extractall(code)
    run([python, "-m", "compileall", "-q", found.compiled])
    return found


def code_of(revision: str, folder: Path) -> Path:
    """Extract the files of the router's zip of another revision; returns their folder. The revision's own builder makes it."""
    tree, code = folder / "tree", folder / "code"
    tree.mkdir(parents=True)
    archive = folder / "tree.tar"
    run(["git", "-C", ROOT, "archive", "-o", archive, revision])
    shutil.unpack_archive(archive, tree, filter="data")
    program = "import sys; from builder import package; open(sys.argv[1], 'wb').write(package.build(sys.argv[2]).body)"
    made = folder / "router.zip"
    run(
        [sys.executable, "-c", program, made, "downstream_orchestrator"],
        environment=clean_environment(PYTHONPATH=str(tree)),
        folder=tree,
    )
    shutil.unpack_archive(made, code)
    return code


def interpreters() -> Iterator[str]:
    """Interpreters of the runtime's version on this machine: on PATH, then pyenv's."""
    candidates = [shutil.which(f"python{RUNTIME}") or ""]
    with suppress(OSError, subprocess.CalledProcessError):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607
        candidates += map(str, sorted(Path(root).glob(f"versions/{RUNTIME}*/bin/python{RUNTIME}")))
    for candidate in candidates:
        # A shim of pyenv exists also for versions that are not selected, and fails.
        with suppress(RuntimeError, OSError):
            if candidate and os.access(candidate, os.X_OK) and _version(Path(candidate)).startswith(f"{RUNTIME}."):
                yield candidate


def _version(python: Path) -> str:
    return run([python, "-c", "import platform; print(platform.python_version())"]).output.strip()
