"""Serves the console on 127.0.0.1 in a background thread, which ends with the process that started it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import BaseWSGIServer, make_server

from console.app import create_app
from console.stack import ConsoleStack


@contextmanager
def serve(stack: ConsoleStack, port: int = 0) -> Iterator[str]:
    """Serve the console until the context closes; yields its address.

    Args:
        stack: the stack to show.
        port: port on 127.0.0.1; 0 for a free one.

    Raises:
        OSError: another program uses the port.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs a line for each request
    server: BaseWSGIServer = make_server("127.0.0.1", port, _not_ready, threaded=True)
    server.app = create_app(stack, server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="console", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def _not_ready(environ: object, start_response: object) -> list[bytes]:
    """Stands in until the application knows its port; the server does not answer before that."""
    raise RuntimeError("the console is not ready")
