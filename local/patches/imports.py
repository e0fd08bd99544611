"""Imports moto's interpreter without services that it never calls here.

The interpreter imports ``moto.batch`` for one enumeration, and ``moto.batch`` imports ``moto.ec2``, which asks botocore for every
region of EC2: together 1 s of CPU in each process. A placeholder with that enumeration stands in during the import.
"""

from __future__ import annotations

import enum
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

_PACKAGE, _MODULE = "moto.batch", "moto.batch.utils"


class _JobStatus(enum.StrEnum):
    """States of a Batch job that the interpreter compares with (docs.aws.amazon.com/batch/latest/APIReference)."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@contextmanager
def without_batch() -> Iterator[None]:
    """Import moto's interpreter inside this context; afterwards ``moto.batch`` imports as usual."""
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
