"""Defaults of the local stack, and the isolation from the machine's AWS profiles."""

from __future__ import annotations

import os
from pathlib import Path

ACCOUNT = "123456789012"
"""Account of the engine: moto's default."""

DEFAULT_REGION = "us-west-1"
"""Region for a configuration that names none: the region of the specification's examples."""

PREFIX = "local"
"""Prefix of the resource names of the local stack."""


_ROOT = Path(__file__).resolve().parent.parent

EXAMPLE_CONFIG = _ROOT / "orchestration" / "workflow_config.json"
"""The configuration that a checkout and an installed tool carry."""

EXAMPLE_EVENTS = _ROOT / "local" / "events"
"""Folder of the example events."""

_PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


def clear_aws_profile_env() -> None:
    """Remove the variables of AWS profiles from the environment of this process.

    moto creates boto3 sessions when it is imported, and a profile that does not exist would make them fail. A command that
    runs the engine calls nothing but the engine, so it needs no profile.
    """
    for name in _PROFILE_VARIABLES:
        os.environ.pop(name, None)
