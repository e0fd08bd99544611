"""Patches that make moto fast enough for thousands of events: nothing here changes a result."""

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

from local.patches.context import PatchContext
from local.patches.replace import replaced

_DEFINITIONS = 64
"""Number of parsed definitions to keep; the local stack has one, and one for each nested target."""


@contextmanager
def parsed_definitions(context: PatchContext) -> Iterator[None]:
    """Parse each definition once.

    Executions can share the parsed form because it holds no state: an interpreter component never assigns to itself after its
    constructor (``tests/local/test_performance.py`` reads moto's source to prove it). State lives in the ``Environment``.
    """
    parse = functools.lru_cache(maxsize=_DEFINITIONS)(AmazonStateLanguageParser.parse)
    with replaced(AmazonStateLanguageParser, "parse", staticmethod(parse)):
        yield


@contextmanager
def message_counts(context: PatchContext) -> Iterator[None]:
    """Send a message without counting the messages of the queue.

    SendMessage asks for one attribute, ContentBasedDeduplication, but moto computes all attributes. Three of them scan the
    whole queue.
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
    """Parse each ResultPath once: moto parses it again for every state that ends."""
    parse: Any = vars(result_path)["parse"]
    with replaced(result_path, "parse", functools.lru_cache(maxsize=256)(parse)):
        yield


@contextmanager
def parsed_event_paths(context: PatchContext) -> Iterator[None]:
    """Parse the paths of EventBridge's input templates once: moto parses eight paths for every target of every event."""
    parse: Any = vars(ext)["parse"]
    with replaced(ext, "parse", functools.lru_cache(maxsize=256)(parse)):
        yield


@contextmanager
def service_modules(context: PatchContext) -> Iterator[None]:
    """List moto's services once: moto reads its own folder for every request, under a lock."""
    names = frozenset(backends.list_of_moto_modules())
    with replaced(backends, "list_of_moto_modules", lambda: names):
        yield


class _EndedEnvironment:
    """Stands in for the environment of an execution that ended: its history, compressed, and no state of the interpreter."""

    def __init__(self, environment: Environment) -> None:
        history = environment.event_manager.get_event_history()
        self._history = zlib.compress(pickle.dumps(history), level=1)
        self._program_state = environment.program_state()
        self.callback_pool_manager = environment.callback_pool_manager
        self.map_run_record_pool_manager = environment.map_run_record_pool_manager

    @property
    def event_manager(self) -> _EndedEnvironment:
        """The part that GetExecutionHistory asks."""
        return self

    def get_event_history(self) -> Any:
        """Return the history's events."""
        return pickle.loads(zlib.decompress(self._history))  # noqa: S301 - written by this process

    def program_state(self) -> Any:
        """Return how the execution ended."""
        return self._program_state

    def set_stop(self, **_: Any) -> None:
        """StopExecution changes nothing after the end."""


@contextmanager
def ended_executions(context: PatchContext) -> Iterator[None]:
    """Drop an execution's interpreter state and threads when it ends; keep what Describe and GetExecutionHistory return."""
    terminated = BaseExecutionWorkerCommunication.terminated

    def release(communication: BaseExecutionWorkerCommunication) -> None:
        terminated(communication)
        worker: Any = communication.execution.exec_worker
        worker.env = _EndedEnvironment(worker.env)
        # A thread that has not started yet has no ident.
        TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.ident is None or thread.is_alive()]

    with replaced(BaseExecutionWorkerCommunication, "terminated", release):
        yield
