"""Cases of ``sqs_mwaa``."""

from __future__ import annotations

from tests.invalid_case import trigger_case
from tests.trigger_types.base import (
    ANY_DEPTH,
    ROUTER_SETTINGS,
    RUN_ID,
    MachineCase,
    Payload,
    TypeCases,
)

_QUEUE = "https://sqs.us-west-1.amazonaws.com/123456789012/q"
_COMMON = {
    "message_id": RUN_ID,
    "conf.triggered_by_job": "upstream",
    "conf.triggered_by_run_id": "spark-application-0001",
}

CASES = TypeCases(
    on_success=Payload(
        trigger={
            "id": "queued-dag",
            "dag_id": "my_downstream_dag",
            "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789/my-queue",
            "conf": {"custom_param": "value"},
            "parameter_mapping": {"start_date": "start_date", "end_date": "end_date", "created_by": "created_by"},
            "description": "Optional description",
            "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
        },
        received={
            **_COMMON,
            "dag_id": "my_downstream_dag",
            "conf.start_date": "2025-11-24T01:00Z",
            "conf.end_date": "2025-11-24T01:15Z",
            "conf.created_by": "jclark",
            "conf.custom_param": "value",
        },
    ),
    on_approval=Payload(trigger={"dag_id": "approved_dag"}, received={**_COMMON, "dag_id": "approved_dag"}),
    envelope="conf",
    machine=MachineCase(
        trigger={"dag_id": "d"},
        request={
            "QueueUrl": "http://localhost/123456789012/local-mwaa-triggers",
            "MessageBody": {"dag_id": "d", "conf": {}},
        },
        missing={"QueueUrl": "http://localhost/123456789012/gone"},
        operation="sqs.SendMessage",
        throttled="RequestThrottled",
        server_error="InternalError",
        invalid_request="InvalidMessageContents",
        throttled_error="SQS.RequestThrottledException",
        error_prefix="SQS.",
        missing_error="SQS.QueueDoesNotExistException",
        # SQS models neither access denied nor internal errors, so both are AmazonSQSException.
        attempts=dict.fromkeys(("access denied", "throttled for ever", "server error"), 4),
        deduplicates=True,  # event_dispatcher, by the message's message_id
    ),
    iam_actions=("sqs:SendMessage",),
    iam_page="https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html",
    authorized_call="sqs.SendMessage",
    authorized_on=lambda given, here: [
        "arn:aws:sqs:{}:{}:{}".format(here.split(":")[0], *given["QueueUrl"].rsplit("/", 2)[1:])
    ],
    invalid=(
        trigger_case(
            "sqs_mwaa: fifo",
            {"dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q.fifo"},
            "queue_url: found 'https://sqs.us-west-1.amazonaws.com/123456789012/q.fifo', expected the URL of a standard SQS queue (not .fifo), without a template",
        ),
        trigger_case(
            "sqs_mwaa: dag id with a slash",
            {"dag_id": "a/b", "queue_url": _QUEUE},
            "dag_id: found 'a/b', expected an Airflow DAG id other than event_dispatcher: at most 250 letters, digits, '_', '.', '-', no template",
        ),
        trigger_case(
            "sqs_mwaa: the dispatcher",
            {"dag_id": "event_dispatcher", "queue_url": _QUEUE},
            "dag_id: found 'event_dispatcher', expected an Airflow DAG id other than event_dispatcher: at most 250 letters, digits, '_', '.', '-', no template",
        ),
        trigger_case(
            "sqs_mwaa: conf that Airflow does not accept",
            {
                "dag_id": "d",
                "queue_url": _QUEUE,
                "conf": {"a": {"__type": "x"}, "b": [2**63], "c": "x\0y", "d": "\uffff"},
                "parameter_mapping": {"__var": "status"},
            },
            "conf.a.__type: a key that Airflow's XCom reserves. Rename it",
            "conf.b[0]: found 9223372036854775808, expected a number from -9223372036854775808 to 9223372036854775807, which Airflow accepts. Send it as a string",
            "conf.c: found 'x\\x00y' with the character U+0000, which PostgreSQL does not store. Remove it",
            "conf.d: found '\\uffff' with the character U+FFFF, which SQS refuses. Remove it",
            "parameter_mapping.__var: a key that Airflow's XCom reserves. Rename it",
            beyond_schema=ANY_DEPTH,
        ),
        trigger_case(
            "sqs_mwaa: missing dag id",
            {},
            "dag_id: missing field",
        ),
        trigger_case(
            "sqs_mwaa: other region",
            {"dag_id": "d", "queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"},
            "queue_url: found region eu-west-1, expected us-west-1. Step Functions sends only to queues in its own region",
            beyond_schema=ROUTER_SETTINGS,
        ),
        trigger_case(
            "sqs_mwaa: reserved keys",
            {"dag_id": "d", "queue_url": _QUEUE, "conf": {"triggered_by_run_id": 1}},
            "conf.triggered_by_run_id: reserved field, which the orchestrator sets. Remove it",
        ),
        trigger_case(
            "sqs_mwaa: template in queue",
            {"dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/${q}"},
            "queue_url: found 'https://sqs.us-west-1.amazonaws.com/123456789012/${q}', expected the URL of a standard SQS queue (not .fifo), without a template",
        ),
        trigger_case(
            "sqs_mwaa: unclosed template",
            {"dag_id": "d", "queue_url": _QUEUE, "conf": {"a": ["${b"]}},
            "conf.a[0]: found '${b': the template is not closed. Expected ${path} or ${path:-default}. Write '$${' for a literal '${'",
            beyond_schema=ANY_DEPTH,
        ),
        trigger_case(
            "sqs_mwaa: unknown field",
            {"dag_id": "d", "queue_url": _QUEUE, "region": "us-west-1"},
            "region: unknown field, expected one of: accept, conf, dag_id, description, id, parameter_mapping, queue_url, when",
        ),
    ),
)
