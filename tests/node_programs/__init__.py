"""Node programs behind one class: an interpreter, a definition checker, and the JSON service of VS Code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent


class NodeProgram:
    """A running program that answers each JSON line with one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, question: Any) -> Any:
        """The answer to one line."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the Node program ended"
        return json.loads(line)


def missing() -> str:
    """Reason why the programs cannot run here, or nothing."""
    if shutil.which("node") is None:
        return "Node is missing"
    return "" if (FOLDER / "node_modules").is_dir() else "its packages are missing: make node"


@contextmanager
def running(program: str) -> Iterator[NodeProgram]:
    """Run ``program``; where it cannot, skip the test, or fail it where ``CI`` is ``true``."""
    if missing():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"the Node program {program} cannot run: {missing()}")
    process = subprocess.Popen(
        ["node", program], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield NodeProgram(process)
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
