"""The stack that the console shows, and the rights of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from operations.executions.listing import client
from operations.stack.deployed_router import DeployedRouter
from orchestration.starting.executions import ExecutionClient

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleStack:
    """A deployed router as the pages see it.

    Attributes:
        router: the router.
        executions: client of its state machine.
        local: the AWS endpoint is on this machine, so publishing and editing can do no harm.
        allow_replay: pages may start failed triggers again.
        token: token of every change.
    """

    router: DeployedRouter
    executions: ExecutionClient
    local: bool
    allow_replay: bool
    token: str = ""

    @classmethod
    def open(cls, function: str, *, allow_replay: bool) -> ConsoleStack:
        """Find the router.

        Args:
            function: name of the router Lambda.
            allow_replay: also on AWS; the local stack always allows it.

        Raises:
            RouterNotFoundError: the function does not exist.
            SettingsError: it is not a router.
        """
        router = DeployedRouter.find(function)
        local = urlsplit(router.client.meta.endpoint_url).hostname in _LOOPBACK
        return cls(router=router, executions=client(router), local=local, allow_replay=allow_replay or local)

    @property
    def name(self) -> str:
        """Name of the router."""
        return self.router.name

    @property
    def account(self) -> str:
        """Account of the stack."""
        return self.router.settings.account

    @property
    def region(self) -> str:
        """Region of the stack."""
        return self.router.settings.region

    @property
    def pages(self) -> list[tuple[str, str, str]]:
        """Key, path and name of each page in the navigation."""
        found = [
            ("executions", "/executions", "Executions"),
            ("lineage", "/lineage", "Lineage"),
            ("configuration", "/configuration", "Configuration"),
        ]
        return found + ([("publish", "/publish", "Publish")] if self.local else [])
