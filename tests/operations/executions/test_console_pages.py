"""Addresses of pages in the AWS console, in each partition and for each trigger type."""

from __future__ import annotations

from typing import Any

import pytest

from operations.executions.console_pages import execution_url, run_url

EXECUTION = "arn:aws:states:us-west-1:123456789012:execution:m:e"
HOST = "https://us-west-1.console.aws.amazon.com"
NESTED = "arn:aws:states:eu-west-1:123456789012:stateMachine:child"
QUEUE = "https://sqs.us-west-1.amazonaws.com/123456789012/q"

PAGES: list[tuple[str, dict[str, Any], str, str]] = [
    ("glue_job", {"JobName": "a b"}, "jr_1", "gluestudio/home?region=us-west-1#/job/a%20b/run/jr_1"),
    (
        "step_function",
        {"StateMachineArn": NESTED},
        f"{NESTED.replace('stateMachine', 'execution')}:run",
        "states/home?region=us-west-1#/v2/executions/details/arn:aws:states:eu-west-1:123456789012:execution:child:run",
    ),
    (
        "step_function",
        {"StateMachineArn": f"{NESTED}:live"},
        "run",
        "states/home?region=us-west-1#/v2/executions/details/arn:aws:states:eu-west-1:123456789012:execution:child:run",
    ),
    (
        "mwaa_dag",
        {"environment_name": "e", "dag_id": "d", "region": "eu-west-1"},
        "r",
        "mwaa/home?region=eu-west-1#environments/e",
    ),
    ("sqs_mwaa", {"QueueUrl": QUEUE}, "m-1", f"sqs/v3/home?region=us-west-1#/queues/{QUEUE.replace('/', '%2F')}"),
    ("eventbridge", {"Source": "s"}, "id", ""),
]


@pytest.mark.parametrize(
    ("partition", "host"),
    [
        ("aws", HOST),
        ("aws-cn", "https://console.amazonaws.cn"),
        ("aws-us-gov", "https://console.amazonaws-us-gov.com"),
        ("aws-eusc", "https://us-west-1.console.amazonaws-eusc.eu"),
    ],
)
def test_execution_has_a_page_in_each_partition(partition: str, host: str) -> None:
    arn = EXECUTION.replace("arn:aws:", f"arn:{partition}:")
    assert execution_url(arn) == f"{host}/states/home?region=us-west-1#/v2/executions/details/{arn}"


@pytest.mark.parametrize(("kind", "request_", "run_id", "page"), PAGES)
def test_run_has_the_page_of_its_type(kind: str, request_: dict[str, Any], run_id: str, page: str) -> None:
    url = run_url(kind, request_, run_id, EXECUTION)
    if not page:
        assert url == ""
    else:
        host = HOST.replace("us-west-1", request_.get("region", "us-west-1"))
        assert url == f"{host}/{page}"


def test_table_has_every_type_with_a_page() -> None:
    """A type that someone adds may have no page yet."""
    assert {kind for kind, *_ in PAGES} >= {"glue_job", "step_function", "eventbridge", "mwaa_dag", "sqs_mwaa"}


@pytest.mark.parametrize(("kind", "run_id"), [("glue_job", ""), ("rejected", "r"), ("batch", "r")])
def test_item_without_run_has_no_page(kind: str, run_id: str) -> None:
    assert run_url(kind, {"JobName": "j"}, run_id, EXECUTION) == ""
