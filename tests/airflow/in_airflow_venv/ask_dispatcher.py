"""Runs inside Airflow's own environment: calls functions of event_dispatcher, as a JSON list on standard input says.

Each call is ``[name, arguments]``; what takes an SQS client gets a real one, against ``AWS_ENDPOINT_URL``.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any


def answer(dispatcher: Any, name: str, arguments: list[Any]) -> Any:
    """The function's result, as JSON values."""
    if name == "region":
        return dispatcher.sqs_client(*arguments).meta.region_name
    if name == "receive_late":
        return receive_late(dispatcher, *arguments)
    if name == "attempts":
        return attempts(dispatcher.sqs_client(*arguments), *arguments)
    if name in ("receive", "delete"):
        return getattr(dispatcher, name)(dispatcher.sqs_client(arguments[0]), *arguments)
    return getattr(dispatcher, name)(*arguments)


def receive_late(dispatcher: Any, url: str, patience: float, body: str, seconds: float) -> Any:
    """Receive while a message comes after ``seconds``; returns it with the time that this took."""
    client = dispatcher.sqs_client(url)
    threading.Timer(seconds, lambda: client.send_message(QueueUrl=url, MessageBody=body)).start()
    began = time.monotonic()
    return dispatcher.receive(client, url, patience), time.monotonic() - began


def attempts(client: Any, url: str) -> int:
    """Count the requests of a client whose server does not answer; it waits a second instead of its read timeout."""
    from botocore.exceptions import ReadTimeoutError

    sent: list[object] = []
    client.meta.events.register("before-send.sqs", lambda **_: sent.append(1))
    client._endpoint.http_session._timeout = 1
    client._endpoint.http_session._manager.connection_pool_kw["timeout"] = 1
    try:
        client.receive_message(QueueUrl=url)
    except ReadTimeoutError:
        return len(sent)
    raise AssertionError("nobody answered")


def main() -> None:
    """Answer with a JSON list, in the same order."""
    sys.path.insert(0, sys.argv[1])
    import event_dispatcher

    calls = json.load(sys.stdin)
    sys.stdout.write("\n" + json.dumps([answer(event_dispatcher, *call) for call in calls]))


if __name__ == "__main__":
    main()
