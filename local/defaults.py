"""The account that the engine plays, and how a command keeps this machine's real ones out of it."""

from __future__ import annotations

import os
from pathlib import Path

ACCOUNT = "123456789012"
"""moto's default account."""

DEFAULT_REGION = "us-west-1"
"""Where a configuration names no region; the specification's examples are there."""

PREFIX = "local"
"""What the names of the local stack begin with."""


_ROOT = Path(__file__).resolve().parent.parent

EXAMPLE_CONFIG = _ROOT / "orchestration" / "workflow_config.json"
"""The configuration that a checkout and an installed tool carry."""

EXAMPLE_EVENTS = _ROOT / "local" / "events"
"""Folder of the example events."""

_AMBIENT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


def clear_aws_profile_env() -> None:
    """Take profiles and their files out of this process's environment.

    moto makes boto3 sessions of its own as it is imported, and a profile that is not there would end them. A command that
    runs the engine talks to nothing else.
    """
    for name in _AMBIENT:
        os.environ.pop(name, None)
