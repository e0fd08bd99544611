"""The embedded engine: moto as a server on 127.0.0.1, patched, with Lambda functions that really run.

One engine at a time in a process: moto's state is global. It ends with the process, or when it is closed.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.core.config import default_user_config
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from local.clients import client
from local.defaults import DEFAULT_REGION
from local.fake_mwaa import FakeMwaa
from local.lambda_runtime import LambdaRuntime
from local.patches import applied
from local.patches.context import PatchContext

_RUNNING = threading.Lock()


@dataclass(slots=True)
class Engine:
    """A running engine.

    Attributes:
        endpoint: URL of the AWS services.
        region: of every client.
        patch_context: the Lambda service, and what goes wrong on purpose.
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
        """A boto3 client of the engine, one for each service."""
        if service not in self._clients:
            endpoint = self.mwaa.endpoint if service == "mwaa" else self.endpoint
            self._clients[service] = client(service, self.region, endpoint)
        return self._clients[service]


@contextmanager
def run_engine(region: str = DEFAULT_REGION, port: int = 0, *, without_patch: str = "") -> Iterator[Engine]:
    """Run an empty engine for as long as the context lasts.

    Args:
        region: of its clients and functions.
        port: of the AWS services, or 0 for a free one.
        without_patch: name of a patch to leave out, to see what moto does without it.

    Raises:
        RuntimeError: an engine is running in this process.
        OSError: the port is taken.
    """
    if not _RUNNING.acquire(blocking=False):
        raise RuntimeError("an engine is running in this process already: moto's state is global, so there can be one")
    try:
        with ExitStack() as stack:
            yield _start(stack, region, port, without_patch)
    finally:
        _RUNNING.release()


def _start(stack: ExitStack, region: str, port: int, without_patch: str) -> Engine:
    for name in ("werkzeug", "moto"):  # a line a request, and errors that a state catches
        stack.enter_context(_silenced(logging.getLogger(name)))
    stack.enter_context(_configured("stepfunctions", {"execute_state_machine": True}))
    moto_api_backend.reset()
    mwaa = stack.enter_context(FakeMwaa.serve())
    socket.create_server(
        ("127.0.0.1", port)
    ).close()  # moto's thread would die of a taken one, and its start wait for ever
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
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
    stack.enter_context(applied(engine.patch_context, without=without_patch))
    stack.callback(runtime.close)
    return engine


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
    """Give moto's configuration ``key`` another value."""
    settings: dict[str, Any] = default_user_config  # type: ignore[assignment]
    before = settings[key]
    settings[key] = value
    try:
        yield
    finally:
        settings[key] = before


def _send_to_destination(engine: Engine, destination: str, record: dict[str, Any]) -> None:
    """Keep the record of a failed asynchronous invocation, in S3 or SQS, under the names that AWS uses."""
    service, name = destination.split(":")[2], destination.rsplit(":", 1)[1]
    if service == "s3":
        function = record["requestContext"]["functionArn"].split(":")[6]
        stamp = time.strftime("%Y/%m/%d/%Y-%m-%dT%H.%M.%S", time.gmtime())
        key = f"aws/lambda/async/{function}/{stamp}-{uuid.uuid4()}"
        engine.client("s3").put_object(Bucket=name, Key=key, Body=json.dumps(record).encode())
    elif service == "sqs":
        url = engine.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        engine.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(record))
