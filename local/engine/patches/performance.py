"""Patches that make moto fast enough for thousands of events. They change no result.

They serve the commands and the tests, not the benchmarks. Without them, an event with five triggers takes three times as
long, and four times the CPU (``docs/benchmarks.md``, *The embedded engine*). ``ended_executions`` bounds the memory of a
stack that runs for days.
"""

from __future__ import annotations

import functools
import pickle
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jsonpath_ng import ext
from moto import backends
from moto.sqs.models import Queue, SQSBackend
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.utils import TMP_THREADS

from local.engine.patches.context import PatchContext
from local.engine.patches.replace import replaced

_DEFINITIONS = 64
"""Maximum number of cached definitions; the local stack has one, and one for each nested state machine."""

# The caches live as long as the process: the next engine deploys the same definition.
_parse_definition = functools.lru_cache(maxsize=_DEFINITIONS)(AmazonStateLanguageParser.parse)
_parse_result_path = functools.lru_cache(maxsize=256)(vars(result_path)["parse"])
_parse_event_path = functools.lru_cache(maxsize=256)(vars(ext)["parse"])


@contextmanager
def parsed_definitions(context: PatchContext) -> Iterator[None]:
    """Parse each definition once.

    Executions can share a parsed definition because it holds no state. The interpreter's components assign to themselves only
    in their constructors; ``tests/local/engine/patches/test_performance.py`` checks this in moto's source. The ``Environment``
    holds the state.
    """
    with replaced(AmazonStateLanguageParser, "parse", staticmethod(_parse_definition)):
        yield


@contextmanager
def message_counts(context: PatchContext) -> Iterator[None]:
    """Send a message without counting the messages of the queue.

    SendMessage needs one attribute, ContentBasedDeduplication, but moto computes all attributes. Three of them scan the whole
    queue.
    """
    send, attributes, sending = SQSBackend.send_message, Queue.attributes, threading.local()

    def send_message(backend: SQSBackend, *args: Any, **kwargs: Any) -> Any:
        sending.now = True
        try:
            return send(backend, *args, **kwargs)
        finally:
            sending.now = False

    def needed(queue: Any) -> dict[str, Any]:
        if not getattr(sending, "now", False):
            every: dict[str, Any] = attributes.fget(queue)  # type: ignore[attr-defined]
            return every
        return {"ContentBasedDeduplication": str(queue.content_based_deduplication).lower()} if queue.fifo_queue else {}

    with replaced(SQSBackend, "send_message", send_message), replaced(Queue, "attributes", property(needed)):
        yield


@contextmanager
def parsed_result_paths(context: PatchContext) -> Iterator[None]:
    """Parse each ResultPath once, not each time a state ends."""
    with replaced(result_path, "parse", _parse_result_path):
        yield


@contextmanager
def parsed_event_paths(context: PatchContext) -> Iterator[None]:
    """Parse the paths of EventBridge's input templates once, not for each target of each event."""
    with replaced(ext, "parse", _parse_event_path):
        yield


@contextmanager
def service_modules(context: PatchContext) -> Iterator[None]:
    """List moto's services once, not for each request."""
    names = frozenset(backends.list_of_moto_modules())
    with replaced(backends, "list_of_moto_modules", lambda: names):
        yield


class _EndedEnvironment:
    """Replaces the environment of an ended execution; keeps the compressed history and drops the interpreter's state."""

    def __init__(self, environment: Environment) -> None:
        history = environment.event_manager.get_event_history()
        self._history = zlib.compress(pickle.dumps(history), level=1)
        self._program_state = environment.program_state()
        self.callback_pool_manager = environment.callback_pool_manager
        self.map_run_record_pool_manager = environment.map_run_record_pool_manager

    @property
    def event_manager(self) -> _EndedEnvironment:
        """The object that GetExecutionHistory reads the history from."""
        return self

    def get_event_history(self) -> Any:
        """Return the history's events."""
        return pickle.loads(zlib.decompress(self._history))  # noqa: S301 - written by this process

    def program_state(self) -> Any:
        """Return the final state of the execution."""
        return self._program_state

    def set_stop(self, **_: Any) -> None:
        """Do nothing: StopExecution has no effect after the end."""


@contextmanager
def ended_executions(context: PatchContext) -> Iterator[None]:
    """Drop the interpreter's state and threads when an execution ends.

    DescribeExecution and GetExecutionHistory still return the same results.
    """
    terminated = BaseExecutionWorkerCommunication.terminated

    def release(communication: BaseExecutionWorkerCommunication) -> None:
        terminated(communication)
        worker: Any = communication.execution.exec_worker
        worker.env = _EndedEnvironment(worker.env)
        # A thread has no ident before it starts.
        TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.ident is None or thread.is_alive()]

    with replaced(BaseExecutionWorkerCommunication, "terminated", release):
        yield
