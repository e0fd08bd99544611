"""The stack of the console: a stack on this machine may be changed, one on AWS may not."""

from __future__ import annotations

import dataclasses

import pytest

from console.stack import ConsoleStack
from operations.stack.deployed_router import RouterNotFoundError
from tests.console.conftest import ROUTER


def test_local_stack_allows_everything() -> None:
    stack = ConsoleStack.open(ROUTER, allow_replay=False)
    assert (stack.local, stack.allow_replay) == (True, True)
    assert (stack.name, stack.account, stack.region) == (ROUTER, "123456789012", "us-west-1")
    assert [key for key, _, _ in stack.pages] == ["executions", "lineage", "configuration", "publish"]


def test_stack_on_aws_has_no_publish_page() -> None:
    stack = dataclasses.replace(ConsoleStack.open(ROUTER, allow_replay=False), local=False)
    assert [path for _, path, _ in stack.pages] == ["/executions", "/lineage", "/configuration"]


def test_unknown_router_is_refused() -> None:
    with pytest.raises(RouterNotFoundError):
        ConsoleStack.open("nobody", allow_replay=True)
