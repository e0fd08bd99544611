"""Imports moto's interpreter without services that the engine does not use.

The interpreter imports ``moto.batch`` for one enumeration. ``moto.batch`` imports ``moto.ec2``, which lists all regions of EC2
with botocore. Both imports take 1 s of CPU in each process, so a placeholder with the enumeration replaces ``moto.batch``.
"""

from __future__ import annotations

import enum
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

_PACKAGE, _MODULE = "moto.batch", "moto.batch.utils"


class _JobStatus(enum.StrEnum):
    """Batch job statuses that the interpreter reads (docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html)."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@contextmanager
def without_batch() -> Iterator[None]:
    """Replace ``moto.batch`` by the placeholder until the context closes; later imports get the real module."""
    if _PACKAGE in sys.modules:
        yield
        return
    module = types.ModuleType(_MODULE)
    module.JobStatus = _JobStatus  # type: ignore[attr-defined]
    sys.modules[_PACKAGE], sys.modules[_MODULE] = types.ModuleType(_PACKAGE), module
    try:
        yield
    finally:
        del sys.modules[_PACKAGE], sys.modules[_MODULE]
