"""The calls of a botocore Step Functions client that the router makes, with the shapes of their answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Protocol, TypedDict, overload

from orchestration.values.strictjson import JsonObject


class DescribedAnswer(TypedDict, total=False):
    """Answer of DescribeExecution, as far as it is read."""

    status: str
    startDate: datetime
    stopDate: datetime
    input: str
    output: str
    error: str
    cause: str


class HistoryPage(TypedDict):
    """One page of GetExecutionHistory."""

    events: list[JsonObject]


class HistoryPaginator(Protocol):
    """Paginator of GetExecutionHistory."""

    def paginate(self, *, executionArn: str, reverseOrder: bool) -> Iterable[HistoryPage]:  # noqa: N803 - boto3's names
        """Yield the pages."""


class ListedAnswer(TypedDict):
    """One execution of ListExecutions, as far as it is read."""

    name: str
    startDate: datetime


class ListPage(TypedDict):
    """One page of ListExecutions."""

    executions: list[ListedAnswer]


class ListPaginator(Protocol):
    """Paginator of ListExecutions, newest first."""

    def paginate(self, *, stateMachineArn: str, **filters: str) -> Iterable[ListPage]:  # noqa: N803 - boto3's name
        """Yield the pages."""


class StepFunctionsClient(Protocol):
    """The calls of a botocore Step Functions client that the router makes."""

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> object:  # noqa: A002, N803 - boto3's names
        """StartExecution."""

    def describe_execution(self, *, executionArn: str) -> DescribedAnswer:  # noqa: N803 - boto3's name
        """DescribeExecution."""

    @overload
    def get_paginator(self, operation_name: Literal["get_execution_history"], /) -> HistoryPaginator: ...

    @overload
    def get_paginator(self, operation_name: Literal["list_executions"], /) -> ListPaginator: ...
