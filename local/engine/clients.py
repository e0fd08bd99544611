"""Creates boto3 clients of the engine, which ignore the machine's AWS configuration."""

from __future__ import annotations

import functools
import os
import threading
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

_LOCK = threading.Lock()


@functools.cache
def session() -> boto3.session.Session:
    """Return the session of this process; it reads no profile, no configuration file and no credentials file.

    All clients share it: a new session parses botocore's endpoints again, 80 ms of CPU for each client.
    """
    nowhere: tuple[Any, ...] = (None, [], os.devnull, None)
    variables = {"profile": (None, [], None, None), "config_file": nowhere, "credentials_file": nowhere}
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=variables))


def client(service: str, region: str, endpoint: str, **settings: Any) -> Any:
    """Create a client of ``service`` at ``endpoint``; ``settings`` go to botocore's Config."""
    defaults: dict[str, Any] = {
        "retries": {"total_max_attempts": 1},
        "max_pool_connections": 50,
        "read_timeout": 120,
        "inject_host_prefix": False,
        "s3": {"addressing_style": "path"},
        "proxies": {},
    }
    with _LOCK:  # a session makes one client at a time
        return session().client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106 - the engine accepts any key
            config=Config(**(defaults | settings)),
        )
