"""Cases of ``mwaa_dag``."""

from __future__ import annotations

from tests.invalid_case import trigger_case
from tests.trigger_types.base import (
    ANY_DEPTH,
    ARTIFACTS,
    METRICS,
    MachineCase,
    Payload,
    TypeCases,
)

_COMMON = {
    "triggered_by_job": "upstream",
    "triggered_by_run_id": "spark-application-0001",
    "source_artifacts": ARTIFACTS,
    "source_metrics": METRICS,
}

CASES = TypeCases(
    on_success=Payload(
        trigger={
            "id": "dag",
            "environment_name": "my-mwaa-environment",
            "region": "us-west-2",
            "dag_id": "my_downstream_dag",
            "conf": {
                "custom_param": "value",
                "typed": "${metrics.records_read}",
                "nested": {"list": ["${created_by}", 1]},
            },
            "parameter_mapping": {
                "start_date": "start_date",
                "end_date": "end_date",
                "created_by": "created_by",
                "output_path": "artifacts.output_path",
                "record_count": "metrics.records_written",
                "absent": "metrics.nowhere",
                "first": "artifacts.files.0",
                "flag": {"path": "metrics.flag", "default": False},
                "read": {"path": "metrics.records_read", "default": 0},
            },
            "description": "Optional description",
            "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
        },
        received={
            **_COMMON,
            "start_date": "2025-11-24T01:00Z",
            "end_date": "2025-11-24T01:15Z",
            "created_by": "jclark",
            "output_path": "s3://bucket/output/path",
            "record_count": 999000,
            "first": "a.parquet",
            "flag": False,
            "read": 1000000,
            "custom_param": "value",
            "typed": 1000000,
            "nested": {"list": ["jclark", 1]},
        },
    ),
    on_approval=Payload(
        trigger={"environment_name": "my-mwaa-environment", "dag_id": "approved_dag"}, received=_COMMON
    ),
    machine=MachineCase(
        trigger={"environment_name": "e", "region": "us-west-2", "dag_id": "d"},
        request={"environment_name": "e", "region": "us-west-2", "dag_id": "d", "dag_run_id": "run", "conf": {}},
        missing={"dag_id": "gone"},
        run_id_key="dag_run_id",
        operation="lambda.Invoke",
        throttled="TooManyRequestsException",
        server_error="ServiceException",
        invalid_request="InvalidRequestContentException",
        throttled_status=429,
        throttled_error="Lambda.TooManyRequestsException",
        error_prefix="Lambda.",
        missing_error="DagRunRejectedError",
        # A denied call is AWSLambdaException, as an unknown failure.
        attempts=dict.fromkeys(("access denied", "throttled for ever", "server error"), 6),
        triggered={"malformed response": "the state machine takes a Lambda function's payload whole"},
        takes_any_result=True,
        deduplicates=True,  # Airflow, by the DAG run id
    ),
    iam_actions=("lambda:InvokeFunction",),
    iam_page="https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html",
    authorized_call="lambda.Invoke",
    authorized_on=lambda given, here: [given["FunctionName"]],
    invalid=(
        trigger_case(
            "mwaa_dag: long dag id",
            {"environment_name": "e", "dag_id": "d" * 51},
            "dag_id: found 51 URL-encoded characters, expected at most 50 (MWAA's InvokeRestApi limits the path to 64). Use sqs_mwaa, which has no such limit",
            beyond_schema="the limit counts URL-encoded characters",
        ),
        trigger_case(
            "mwaa_dag: conf that Airflow does not accept",
            {"environment_name": "e", "dag_id": "d", "conf": {"a": {"x\0y": -(2**63) - 1}, "b": 1e20}},
            "conf.a: found the key 'x\\x00y' with the character U+0000, which PostgreSQL does not store. Remove it",
            "conf.a.x\0y: found -9223372036854775809, expected a number from -9223372036854775808 to 18446744073709551615, which Airflow accepts. Send it as a string",
            "conf.b: found 1e+20, expected a number from -9223372036854775808 to 18446744073709551615, which Airflow accepts. Send it as a string",
            beyond_schema=ANY_DEPTH,
        ),
        trigger_case(
            "mwaa_dag: missing fields",
            {},
            "dag_id: missing field",
            "environment_name: missing field",
        ),
        trigger_case(
            "mwaa_dag: reserved keys",
            {
                "environment_name": "e",
                "dag_id": "d",
                "conf": {"source_artifacts": 1},
                "parameter_mapping": {"triggered_by_job": "x"},
            },
            "conf.source_artifacts: reserved field, which the orchestrator sets. Remove it",
            "parameter_mapping.triggered_by_job: reserved field, which the orchestrator sets. Remove it",
        ),
        trigger_case(
            "mwaa_dag: template in dag id",
            {"environment_name": "e", "dag_id": "${dag}"},
            "dag_id: found '${dag}', expected an Airflow DAG id: at most 250 letters, digits, '_', '.', '-', no template",
        ),
        trigger_case(
            "mwaa_dag: template in environment",
            {"environment_name": "${e}", "dag_id": "d"},
            "environment_name: found '${e}', expected an MWAA environment's name, without a template",
        ),
        trigger_case(
            "mwaa_dag: template in mapping",
            {"environment_name": "e", "dag_id": "d", "parameter_mapping": {"a": "${b}", "c": ""}},
            "parameter_mapping.a: found '${b}': a path is written without '${' and '}'. Write b",
            "parameter_mapping.c: found '': the path is empty. Expected a path such as artifacts.output_path",
        ),
        trigger_case(
            "mwaa_dag: unknown field",
            {"environment_name": "e", "dag_id": "d", "env": "x"},
            "env: unknown field, expected one of: accept, conf, dag_id, description, environment_name, id, parameter_mapping, region, when",
        ),
        trigger_case(
            "mwaa_dag: wrong region",
            {"environment_name": "e", "dag_id": "d", "region": "oregon"},
            "region: found 'oregon', expected an AWS region such as us-west-2",
        ),
        trigger_case(
            "mwaa_dag: wrong type",
            {"environment_name": "e", "dag_id": "d", "conf": [], "parameter_mapping": {"a": 1}},
            "conf: found a list, expected an object",
            'parameter_mapping.a: found 1, expected a path such as artifacts.output_path, or {"path": PATH, "default": VALUE}',
        ),
        trigger_case(
            "mwaa_dag: wrong mapping with a default",
            {
                "environment_name": "e",
                "dag_id": "d",
                "parameter_mapping": {
                    "a": {"path": "$.a", "default": 1},
                    "b": {"path": 7},
                    "c": {"path": "deploy.env", "default": None, "defaults": 1},
                },
            },
            "parameter_mapping.a.path: found '$.a': a path does not begin with '$' or '@'. Write a",
            "parameter_mapping.b.default: missing field",
            "parameter_mapping.b.path: found 7, expected a string",
            "parameter_mapping.c.defaults: unknown field, expected one of: default, path",
            "parameter_mapping.c.path: found 'deploy.env', but the roots aws and deploy are reserved for the deployment. Write the placeholder in conf",
        ),
        trigger_case(
            "mwaa_dag: default that Airflow does not accept, and one with a template",
            {
                "environment_name": "e",
                "dag_id": "d",
                "parameter_mapping": {
                    "a": {"path": "a", "default": 2**64},
                    "b": {"path": "b", "default": [{"x": "${c}"}]},
                },
            },
            "parameter_mapping.b.default[0].x: found '${c}', expected a fixed value: a default has no template",
            "parameter_mapping.a.default: found 18446744073709551616, expected a number from -9223372036854775808 to 18446744073709551615, which Airflow accepts. Send it as a string",
            beyond_schema=ANY_DEPTH,
        ),
    ),
)
