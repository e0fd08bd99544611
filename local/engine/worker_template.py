"""Forks Lambda workers: a process that imports boto3 once and then becomes each new worker in milliseconds.

A new Python process needs 0.4 s of CPU to import boto3 and to parse its service models, for every worker of every engine. This
process pays once. It imports third-party modules only: a worker imports its handler, and the handler's modules, after the fork,
from its own function's code. The process has one thread, so that a fork copies no lock that another thread has.

``local.engine.worker_processes`` starts it with a socket. Each message is the environment of one worker, as JSON, with three file
descriptors: standard input, output and error. The answer is the worker's process id, with a descriptor of the process. The
process ends when the socket closes.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys

from local.engine import lambda_worker
from local.engine.clients import client, session

SERVICES = ("s3", "ssm", "stepfunctions", "mwaa")
"""Services whose models the handlers in ``tasks/`` need."""

MESSAGE_SIZE = 128 * 1024
"""Bytes of one message; Lambda accepts 4 KB of environment variables."""


def main() -> None:
    """Fork a worker for each message until the socket closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The kernel then removes workers that end.
    for service in SERVICES:
        client(service, "us-east-1", "http://127.0.0.1")
    lambda_worker.LOADER = session()._session.get_component("data_loader")
    gc.collect()
    gc.freeze()  # A worker's garbage collector would otherwise touch, and so copy, every page that it shares.
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_SIZE, 3)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_worker(json.loads(message), descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)
        process = os.pidfd_open(pid)
        socket.send_fds(control, [str(pid).encode()], [process])
        os.close(process)


def _become_worker(environment: dict[str, str], descriptors: list[int]) -> None:
    os.setsid()  # Ctrl-C must reach the engine only.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    lambda_worker.main()


if __name__ == "__main__":
    main()
