"""Runs the embedded engine: a patched moto server on 127.0.0.1 whose Lambda functions really run.

A process can run one engine at a time, because moto's state is global. The engine stops when its context closes or when
the process ends.
"""

from __future__ import annotations

import gc
import json
import logging
import socket
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.core.config import default_user_config
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from local.defaults import DEFAULT_REGION
from local.engine import worker_processes
from local.engine.clients import client
from local.engine.fake_mwaa import FakeMwaa
from local.engine.lambda_runtime import LambdaRuntime
from local.engine.patches import PATCHES, Patch, apply_patches
from local.engine.patches.context import PatchContext

_RUNNING = threading.Lock()

_APP = DomainDispatcherApplication(create_backend_app)
"""moto's services; engines share them, because the routes of each service take 3 ms to compile."""


@dataclass(slots=True)
class Engine:
    """A running engine.

    Attributes:
        endpoint: URL of the AWS services.
        region: region of every client.
        patch_context: the Lambda service and the injected faults, which the patches share.
        mwaa: the MWAA environments.
    """

    endpoint: str
    region: str
    patch_context: PatchContext
    mwaa: FakeMwaa
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def runtime(self) -> LambdaRuntime:
        """The Lambda service."""
        return self.patch_context.runtime

    def client(self, service: str) -> Any:
        """Return the engine's boto3 client of a service; each service has one client."""
        if service not in self._clients:
            endpoint = self.mwaa.endpoint if service == "mwaa" else self.endpoint
            self._clients[service] = client(service, self.region, endpoint)
        return self._clients[service]


@contextmanager
def run_engine(region: str = DEFAULT_REGION, port: int = 0, *, patches: Iterable[Patch] = PATCHES) -> Iterator[Engine]:
    """Run an empty engine until the context closes.

    Args:
        region: region of its clients and functions.
        port: port of the AWS services; 0 for a free one.
        patches: patches to apply to moto.

    Raises:
        RuntimeError: an engine is running in this process.
        OSError: another program uses the port.
    """
    if not _RUNNING.acquire(blocking=False):
        raise RuntimeError("an engine is running in this process already. Close it first: moto's state is global.")
    try:
        with ExitStack() as stack:
            yield _start(stack, region, port, patches)
    finally:
        _RUNNING.release()


def _start(stack: ExitStack, region: str, port: int, patches: Iterable[Patch]) -> Engine:
    # werkzeug logs a line for each request, and moto logs errors that a state catches.
    for name in ("werkzeug", "moto"):
        stack.enter_context(_silenced(logging.getLogger(name)))
    worker_processes.prepare()
    # The collector would visit all objects of moto's and botocore's modules again and again: 0.2 s each time.
    gc.freeze()
    stack.callback(gc.unfreeze)
    stack.enter_context(_configured("stepfunctions", {"execute_state_machine": True}))
    moto_api_backend.reset()
    mwaa = stack.enter_context(FakeMwaa.serve())
    # Fail here if another program uses the port: moto's thread would die, and its start() would wait for ever.
    socket.create_server(("127.0.0.1", port)).close()
    server = _Server(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    stack.callback(moto_api_backend.reset)
    stack.callback(server.stop)
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    runtime = LambdaRuntime(
        {
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ENDPOINT_URL_MWAA": mwaa.endpoint,
        }
    )
    engine = Engine(endpoint=endpoint, region=region, patch_context=PatchContext(endpoint, runtime), mwaa=mwaa)
    runtime.on_failure = lambda destination, record: _send_to_destination(engine, destination, record)
    stack.enter_context(apply_patches(engine.patch_context, patches))
    stack.callback(runtime.close)
    return engine


class _Server(ThreadedMotoServer):
    """moto's server with a poll interval of 50 ms instead of 500 ms, so that it stops sooner."""

    def _server_entry(self) -> None:
        self._server = make_server(
            self._ip_address, self._port, _APP, threaded=True, request_handler=MotoRequestHandler
        )
        self._server_ready_event.set()
        self._server.serve_forever(poll_interval=0.05)


@contextmanager
def _silenced(logger: logging.Logger) -> Iterator[None]:
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _configured(key: str, value: Any) -> Iterator[None]:
    """Change one value of moto's configuration until the context closes."""
    settings: dict[str, Any] = default_user_config  # type: ignore[assignment]
    before = settings[key]
    settings[key] = value
    try:
        yield
    finally:
        settings[key] = before


def _send_to_destination(engine: Engine, destination: str, record: dict[str, Any]) -> None:
    """Store the record of a failed asynchronous invocation in S3 or SQS, under the names that AWS uses."""
    service, name = destination.split(":")[2], destination.rsplit(":", 1)[1]
    if service == "s3":
        function = record["requestContext"]["functionArn"].split(":")[6]
        stamp = time.strftime("%Y/%m/%d/%Y-%m-%dT%H.%M.%S", time.gmtime())
        key = f"aws/lambda/async/{function}/{stamp}-{uuid.uuid4()}"
        engine.client("s3").put_object(Bucket=name, Key=key, Body=json.dumps(record).encode())
    elif service == "sqs":
        url = engine.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        engine.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(record))
