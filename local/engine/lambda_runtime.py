"""The Lambda service on a laptop: each function runs in its own worker processes.

A worker behaves like a Lambda execution environment. It has the function's environment variables and its name only, imports
the handler itself, and runs one event at a time. The runtime retries an asynchronous invocation twice. Then it sends a record
to the function's failure destination: docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import threading
import uuid
import zipfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.engine.invocation import Function, Invocation, Request, SubscriptionMatch, failure_record
from local.engine.worker_pool import WorkerPool
from local.engine.worker_processes import Worker

KEPT = 2_000
"""Maximum number of stored invocations and filter decisions, which bounds the memory of a stack that runs for days."""

RETRY_DELAY = 0.2
"""Seconds between the attempts of an asynchronous invocation. AWS waits one minute, then two minutes."""


class RuntimeClosedError(RuntimeError):
    """The engine is closing, so no function runs any more."""


@dataclass(slots=True)
class LambdaRuntime:
    """Invokes functions in worker processes.

    Attributes:
        environment: environment variables of every function: region, credentials, endpoints.
        concurrency: maximum number of workers of one function.
        on_failure: called with the destination's ARN and the record after the last attempt of an asynchronous invocation
            failed.
        invocations: the newest runs, in the order in which they ended.
        subscription_matches: filter decisions on the newest SNS messages to functions.
        listeners: called with each run when it has ended, and with each filter decision.
    """

    environment: dict[str, str]
    concurrency: int = 2
    on_failure: Any = None
    invocations: deque[Invocation] = field(default_factory=lambda: deque(maxlen=KEPT))
    subscription_matches: deque[SubscriptionMatch] = field(default_factory=lambda: deque(maxlen=KEPT))
    listeners: list[Callable[[Invocation | SubscriptionMatch], None]] = field(default_factory=list)
    _pools: dict[str, WorkerPool] = field(default_factory=dict)
    _retired: list[WorkerPool] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asynchronous: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "lambda-async"))
    _pending: list[Future[None]] = field(default_factory=list)
    _closed: threading.Event = field(default_factory=threading.Event)
    _code: Any = field(default_factory=lambda: tempfile.TemporaryDirectory(prefix="orchestrator-code-"))

    def invoke(self, function: Function, event: Any, request_id: str = "") -> Invocation:
        """Run the function and wait until it ends.

        Raises:
            RuntimeClosedError: the runtime is closed, or closes before a worker is free.
        """
        request_id = request_id or str(uuid.uuid4())
        request = Request(function.handler, event, request_id, function.function_name, function.function_arn)
        while (reply := self._pool(function).run(request, timeout=function.timeout)) is None:
            pass  # The function was changed, or recycled, while the invocation waited for a worker.
        invocation = Invocation(
            function=function.function_name,
            request_id=request_id,
            event=event,
            result=reply.result,
            error=reply.error,
            logs=reply.logs,
            calls=reply.calls,
        )
        with self._lock:
            self.invocations.append(invocation)
            function.logs_backend.ensure_log_group(function.logs_group_name)
            function.save_logs(invocation.logs or f"END {request_id}")
        for listener in self.listeners:
            listener(invocation)
        return invocation

    def invoke_async(self, function: Function, event: Any) -> None:
        """Run the function in the background, with retries, and send a failure to its failure destination."""
        with self._lock:
            self._pending = [one for one in self._pending if not one.done() or one.exception()]
            self._pending.append(self._asynchronous.submit(self._attempts, function, event, str(uuid.uuid4())))

    def record_subscription_match(self, message_id: str, topic_arn: str, *, matched: bool) -> None:
        """Record the decision of a subscription's filter on a message."""
        match = SubscriptionMatch(message_id, topic_arn, matched)
        self.subscription_matches.append(match)
        for listener in self.listeners:
            listener(match)

    def drain(self) -> None:
        """Wait until all asynchronous invocations have ended.

        Several threads may wait at once. An invocation stays in the list until it has ended, so each of them waits for it.
        """
        while pending := set(self._pending):
            for one in pending:
                # Not concurrent.futures.wait(), which waits for ever for an invocation that close() cancelled.
                with contextlib.suppress(CancelledError):
                    one.exception()
            with self._lock:
                self._pending = [one for one in self._pending if one not in pending]
            for one in pending:
                if not one.cancelled():
                    one.result()

    def close(self) -> None:
        """Stop all workers and wait until they end; running invocations are not retried."""
        self._closed.set()
        self._asynchronous.shutdown(wait=False, cancel_futures=True)
        with self._lock:  # An invocation that has just begun may add its pool; later ones find the runtime closed.
            pools = [*self._retired, *self._pools.values()]
        for pool in pools:
            pool.close()
        self._asynchronous.shutdown(wait=True)
        self._code.cleanup()

    def _attempts(self, function: Function, event: Any, request_id: str) -> None:
        config = function.event_invoke_config[-1].config if function.event_invoke_config else {}
        retries = config.get("MaximumRetryAttempts", 2)
        for attempt in range(retries + 1):
            if attempt and self._closed.wait(RETRY_DELAY):
                return
            try:
                invocation = self.invoke(function, event, request_id)
            except RuntimeClosedError:
                return
            if invocation.error is None:
                return
        destination = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        if destination and self.on_failure is not None:
            self.on_failure(destination, failure_record(function, invocation, retries + 1))

    def recycle(self) -> None:
        """Make the next invocation of each function a cold start; running invocations end in their old workers."""
        with self._lock:
            retired = [self._removed(arn) for arn in list(self._pools)]
        for pool in retired:
            pool.retire()

    def workers(self) -> list[Worker]:
        """Return all workers that the runtime started, also those that have ended."""
        with self._lock:
            return [worker for pool in (*self._retired, *self._pools.values()) for worker in pool.started]

    def _pool(self, function: Function) -> WorkerPool:
        with self._lock:
            if self._closed.is_set():
                raise RuntimeClosedError("the Lambda runtime is closed")
            own = {"PYTHONPATH": self._unpacked(function), "AWS_LAMBDA_FUNCTION_NAME": function.function_name}
            environment = self.environment | function.environment_vars | own
            old, pool = None, self._pools.get(function.function_arn)
            if pool is not None and pool.environment != environment:
                old, pool = (
                    self._removed(function.function_arn),
                    None,
                )  # A changed function gets new workers, as on AWS.
            if pool is None:
                pool = self._pools[function.function_arn] = WorkerPool(environment, self.concurrency)
        if old is not None:
            old.retire()
        return pool

    def _removed(self, arn: str) -> WorkerPool:
        """Remove a pool, which the caller retires when it no longer has the lock."""
        pool = self._pools.pop(arn)
        self._retired.append(pool)
        return pool

    def _unpacked(self, function: Function) -> str:
        """Extract the function's zip; returns the folder. A worker imports all other modules from this checkout."""
        folder = Path(self._code.name) / uuid.uuid5(uuid.NAMESPACE_OID, function.code_sha_256).hex
        if not folder.exists():
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                archive.extractall(folder)
        return str(folder)
