"""The server answers on 127.0.0.1 while its context is open."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from console.server import serve
from console.stack import ConsoleStack
from tests.console.conftest import ROUTER


def test_server_answers_until_its_context_closes() -> None:
    with serve(ConsoleStack.open(ROUTER, allow_replay=True)) as address:
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}configuration") as answer:
            assert (answer.status, b"Configuration" in answer.read()) == (200, True)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address)


def test_named_port_is_used_or_refused() -> None:
    stack = ConsoleStack.open(ROUTER, allow_replay=True)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises((OSError, SystemExit)), serve(stack, port):
            pass
    with serve(stack, port) as address:
        assert urlsplit(address).port == port
