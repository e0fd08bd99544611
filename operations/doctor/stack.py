"""The stack under examination, with clients and the deployed configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from operations.stack.deployed_router import DeployedRouter
from orchestration.configuration.workflows import CheckedEntry
from orchestration.settings import Settings
from orchestration.triggers import Trigger

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})


@dataclass(slots=True)
class ExaminedStack:
    """A deployed router and everything around it.

    Attributes:
        router: the router.
        airflow_role: Airflow role of the MWAA Lambda function.
        entries: entries of the configuration; the check of the configuration fills them, and the topics.
        topics: topic of each workflow that names one, by job.
    """

    router: DeployedRouter
    airflow_role: str = "*"
    entries: list[CheckedEntry] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The router's environment."""
        return self.router.settings

    @property
    def name(self) -> str:
        """Name of the router, state machine and alarms."""
        return self.router.name.rpartition(":function:")[2].partition(":")[0]

    @property
    def triggers(self) -> list[Trigger]:
        """The valid triggers of the configuration."""
        return [one.trigger for one in self.entries if one.trigger is not None]

    def client(self, service: str, region: str = "") -> Any:
        """Client of a service, in the stack's region unless another is given."""
        key = service, region or self.settings.region
        if key not in self._clients:
            # The hosts of MWAA's API begin with "env."; a local endpoint has one host only.
            custom = any(name in os.environ for name in ("AWS_ENDPOINT_URL_MWAA", "AWS_ENDPOINT_URL"))
            config = _CONFIG.merge(Config(inject_host_prefix=False)) if service == "mwaa" and custom else _CONFIG
            self._clients[key] = boto3.client(service, region_name=key[1], config=config)
        return self._clients[key]
