"""The interpreter is imported without moto's Batch and EC2, which stay importable later."""

from __future__ import annotations

import subprocess
import sys

from local.engine.patches.imports import _JobStatus


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_engine_imports_neither_batch_nor_ec2() -> None:
    loaded = "import sys, local.engine.patches; print([n for n in ('moto.batch', 'moto.ec2') if n in sys.modules])"
    assert run(loaded) == "[]"


def test_real_batch_is_imported_later_and_has_the_same_statuses() -> None:
    program = (
        "import local.engine.patches, moto.batch, moto.batch.utils as u; "
        "print(moto.batch.__file__ is not None, *[one.value for one in u.JobStatus])"
    )
    found, *values = run(program).split()
    assert (found, set(values)) == ("True", {one.value for one in _JobStatus})
