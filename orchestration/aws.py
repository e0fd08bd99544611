"""The methods and attributes of boto3's clients that several rooms use, as types. boto3 itself has none.

The clients come in as arguments, so a fake needs only these methods. mypy reads this module; no run-time module imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, TypedDict, overload

from orchestration.values.strictjson import Json, JsonObject


class LambdaContext(Protocol):
    """The part of an invocation's context that the handlers read: docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""


class ClientConfig(Protocol):
    """Timeouts of a client, in seconds."""

    connect_timeout: float
    read_timeout: float


class ClientEvents(Protocol):
    """The events of a client: botocore.amazonaws.com/v1/documentation/api/latest/topics/events.html."""

    def register(self, event_name: str, handler: Callable[..., object]) -> None:
        """Call ``handler`` with the event's keyword arguments."""


class ClientMeta(Protocol):
    """Facts about a client."""

    config: ClientConfig
    events: ClientEvents
    region_name: str


class Client(Protocol):
    """Any client."""

    meta: ClientMeta


class Body(Protocol):
    """The body of an object, which arrives while it is read."""

    def read(self) -> bytes:
        """Return the rest of the body."""


class _Object(TypedDict):
    Body: Body
    ETag: str


class GetObjectAnswer(_Object, total=False):
    """The fields of GetObject's answer: docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html."""

    VersionId: str


class S3Client(Protocol):
    """An S3 client that reads objects."""

    def get_object(self, **request: str) -> GetObjectAnswer:
        """Read one object; raises botocore's ClientError."""


class _Parameter(TypedDict):
    Value: str


class Parameter(_Parameter, total=False):
    """A parameter: docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html."""

    Version: int


class GetParameterAnswer(TypedDict):
    """The field of GetParameter's answer."""

    Parameter: Parameter


class SsmClient(Protocol):
    """An SSM client that reads parameters."""

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> GetParameterAnswer:  # noqa: N803 - names of the API
        """Read one parameter; raises botocore's ClientError."""


class AirflowClient(Client, Protocol):
    """An MWAA client that calls Airflow's REST API: docs.aws.amazon.com/mwaa/latest/API/API_InvokeRestApi.html."""

    def invoke_rest_api(self, *, Name: str, Path: str, Method: str, **arguments: JsonObject) -> Json:  # noqa: N803
        """Call Airflow, or a proxy before it; raises botocore's ClientError if one of them refuses."""


class _JobRun(TypedDict):
    Id: str


class JobRun(_JobRun, total=False):
    """A run of a Glue job, as far as it is read: docs.aws.amazon.com/glue/latest/webapi/API_JobRun.html."""

    Arguments: dict[str, str]
    Attempt: int
    StartedOn: datetime


class _JobRuns(TypedDict):
    JobRuns: list[JobRun]


class JobRunsAnswer(_JobRuns, total=False):
    """Answer of GetJobRuns."""

    NextToken: str


class GlueClient(Protocol):
    """The call of a Glue client that only looks."""

    def get_job_runs(self, *, JobName: str, MaxResults: int, **following: str) -> JobRunsAnswer:  # noqa: N803 - boto3's names
        """GetJobRuns; raises botocore's ClientError."""


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

    def describe_execution(
        self,
        *,
        executionArn: str,  # noqa: N803 - boto3's names
        includedData: Literal["ALL_DATA", "METADATA_ONLY"] = "ALL_DATA",  # noqa: N803
    ) -> DescribedAnswer:
        """DescribeExecution."""

    @overload
    def get_paginator(self, operation_name: Literal["get_execution_history"], /) -> HistoryPaginator: ...

    @overload
    def get_paginator(self, operation_name: Literal["list_executions"], /) -> ListPaginator: ...


class AttributeValue(TypedDict, total=False):
    """A value of DynamoDB."""

    S: str
    N: str
    BOOL: bool


AttributeValues: TypeAlias = dict[str, AttributeValue]


class ItemAnswer(TypedDict, total=False):
    """Answer of GetItem or UpdateItem, as far as it is read."""

    Item: AttributeValues
    Attributes: AttributeValues


class DynamoDBClient(Protocol):
    """The calls of a botocore DynamoDB client that joins make."""

    def get_item(self, *, TableName: str, Key: AttributeValues, ConsistentRead: bool) -> ItemAnswer:  # noqa: N803 - boto3's names
        """GetItem."""

    def update_item(  # noqa: PLR0913
        self,
        *,
        TableName: str,  # noqa: N803 - boto3's names
        Key: AttributeValues,  # noqa: N803
        UpdateExpression: str,  # noqa: N803
        ExpressionAttributeNames: dict[str, str],  # noqa: N803
        ExpressionAttributeValues: AttributeValues,  # noqa: N803
        ReturnValues: str,  # noqa: N803
        **condition: str,
    ) -> ItemAnswer:
        """UpdateItem."""
