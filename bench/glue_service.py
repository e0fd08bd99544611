"""Gives the engine's StartJobRun a service time and records each start, for all variants of ``bench.fan_out``."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from local.engine.patches import PATCHES, Patch
from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced


@dataclass(slots=True)
class GlueService:
    """The service times and the recorded starts.

    Attributes:
        seconds: service time of a call.
        slow: service time of the calls for some jobs, by job name.
        starts: job name and time (``time.monotonic``) of each start, by run id of the upstream job.
    """

    seconds: float = 0.0
    slow: dict[str, float] = field(default_factory=dict)
    starts: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def patches(self) -> tuple[Patch, ...]:
        """The engine's patches and this service's."""
        return (*PATCHES, Patch("glue_service", "moto answers at once", self._apply))

    @contextmanager
    def _apply(self, context: PatchContext) -> Iterator[None]:
        # local.engine.patches.imports must import the interpreter first.
        from moto.glue.models import GlueBackend  # noqa: PLC0415

        start = GlueBackend.start_job_run

        def start_job_run(backend: GlueBackend, name: str, arguments: Any, *rest: Any, **more: Any) -> Any:
            time.sleep(self.slow.get(name, self.seconds))  # Each request has a thread, so calls overlap as on AWS.
            run_id = start(backend, name, arguments, *rest, **more)
            with self._lock:
                self.starts.setdefault(arguments["--triggered_by_run_id"], []).append((name, time.monotonic()))
            return run_id

        with replaced(GlueBackend, "start_job_run", start_job_run):
            yield
