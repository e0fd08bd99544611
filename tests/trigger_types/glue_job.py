"""Cases of ``glue_job``."""

from __future__ import annotations

import json

from tests.invalid_case import trigger_case
from tests.trigger_types.base import (
    ANY_DEPTH,
    ARTIFACTS,
    DEPENDS_ON_A_FIELD,
    RUN_ID,
    MachineCase,
    Payload,
    TypeCases,
)

_COMMON = {
    "--triggered_by_execution": RUN_ID,
    "--triggered_by_job": "upstream",
    "--triggered_by_run_id": "spark-application-0001",
    "--source_artifacts": json.dumps(ARTIFACTS, separators=(",", ":")),
}

CASES = TypeCases(
    on_success=Payload(
        trigger={
            "id": "load",
            "job_name": "my-downstream-job",
            "description": "Optional description",
            "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
            "arguments": {
                "--custom_arg": "value",
                "--source_path": "${artifacts.output_path}",
                "--files": "${artifacts.files}",
                "--count": "${metrics.records_written}",
                "--text": "n=${metrics.records_written}/${nothing:-none}",
                "--literal": "$${kept}",
                "--number": 5,
                "--flag": True,
                "--options": {"day": "${start_date}", "columns": ["a", None]},
            },
            "job_run_queuing_enabled": True,
        },
        received={
            **_COMMON,
            "--custom_arg": "value",
            "--source_path": "s3://bucket/output/path",
            "--files": '["a.parquet","b.parquet"]',
            "--count": "999000",
            "--text": "n=999000/none",
            "--literal": "${kept}",
            "--number": "5",
            "--flag": "true",
            "--options": '{"day":"2025-11-24T01:00Z","columns":["a",null]}',
        },
    ),
    on_approval=Payload(
        trigger={"job_name": "my-downstream-job", "arguments": {"--approval_required": "true"}},
        received={**_COMMON, "--approval_required": "true"},
    ),
    machine=MachineCase(
        trigger={"job_name": "job"},
        request={"JobName": "job", "Arguments": {"--x": "1", "--triggered_by_execution": "run-0"}},
        missing={"JobName": "gone"},
        run_id_argument="--triggered_by_execution",
        operation="glue.StartJobRun",
        throttled="ThrottlingException",
        server_error="InternalServiceException",
        invalid_request="InvalidInputException",
        throttled_error="Glue.ThrottlingException",
        error_prefix="Glue.",
        unknown_error="GlueRunUnknown",
        attempts={"throttled for ever": 11},
        triggered={"timeout": "the late call starts the run, and the look finds it"},
        deduplicates=False,
    ),
    run_result="glue:getJobRun.JobRun",
    iam_actions=("glue:StartJobRun",),
    iam_page="https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html",
    authorized_call="glue.StartJobRun",
    authorized_on=lambda given, here: [f"arn:aws:glue:{here}:job/{given['JobName']}"],
    invalid=(
        trigger_case(
            "glue_job: publish without wait",
            {"job_name": "j", "publish": True},
            'publish: found true without "wait": true, which it needs',
            beyond_schema=DEPENDS_ON_A_FIELD,
        ),
        trigger_case(
            "glue_job: publish_as without publish",
            {"job_name": "j", "wait": True, "publish_as": "x"},
            'publish_as: found a name without "publish": true, which it needs',
            beyond_schema=DEPENDS_ON_A_FIELD,
        ),
        trigger_case(
            "glue_job: template in publish_as",
            {"job_name": "j", "publish_as": "${job_name}"},
            "publish_as: found '${job_name}', expected a job name of at most 256 characters, no template",
        ),
        trigger_case(
            "glue_job: empty name",
            {"job_name": ""},
            "job_name: found '', expected a Glue job's name of 1 to 255 characters without a ${...} template (only the configuration names targets)",
        ),
        trigger_case(
            "glue_job: long name",
            {"job_name": "x" * 256},
            f"job_name: found '{'x' * 79}, expected a Glue job's name of 1 to 255 characters without a ${{...}} template (only the configuration names targets)",
        ),
        trigger_case(
            "glue_job: argument of Glue",
            {"job_name": "x", "arguments": {"--mode": "append"}},
            "arguments.--mode: reserved field, which the service sets itself "
            "(docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html). Rename it",
        ),
        trigger_case(
            "glue_job: argument of Glue's library",
            {"job_name": "x", "arguments": {"--JOB_RUN_ID": "jr_1"}},
            "arguments.--JOB_RUN_ID: reserved field, which the service sets itself "
            "(awsglue.utils.getResolvedOptions refuses it: github.com/awslabs/aws-glue-libs). Rename it",
        ),
        trigger_case(
            "glue_job: accept is a text",
            {"job_name": "x", "accept": "glue-conf"},
            "accept: found 'glue-conf', expected a list",
        ),
        trigger_case(
            "glue_job: accept has a number",
            {"job_name": "x", "accept": [7]},
            "accept[0]: found 7, expected a string",
        ),
        trigger_case(
            "glue_job: empty template",
            {"job_name": "j", "arguments": {"--x": "${}", "--y": "${a..b}"}},
            "arguments.--x: found '${}': the path is empty. Expected a path such as ${artifacts.output_path}. Write '$${' for a literal '${'",
            "arguments.--y: found '${a..b}': the path has an empty segment. Write ${a.b}",
        ),
        trigger_case(
            "glue_job: missing field",
            {},
            "job_name: missing field",
        ),
        trigger_case(
            "glue_job: reserved argument",
            {"job_name": "j", "arguments": {"--triggered_by_job": "x"}},
            "arguments.--triggered_by_job: reserved field, which the orchestrator sets. Remove it",
        ),
        trigger_case(
            "glue_job: reserved argument with the execution",
            {"job_name": "j", "arguments": {"--triggered_by_execution": "x"}},
            "arguments.--triggered_by_execution: reserved field, which the orchestrator sets. Remove it",
        ),
        trigger_case(
            "glue_job: null as a boolean",
            {"job_name": "j", "job_run_queuing_enabled": None},
            "job_run_queuing_enabled: found null, expected true or false",
        ),
        trigger_case(
            "glue_job: template in target",
            {"job_name": "${artifacts.job}"},
            "job_name: found '${artifacts.job}', expected a Glue job's name of 1 to 255 characters without a ${...} template (only the configuration names targets)",
        ),
        trigger_case(
            "glue_job: unclosed template",
            {"job_name": "j", "arguments": {"--x": "${artifacts.output_path"}},
            "arguments.--x: found '${artifacts.output_path': the template is not closed. Expected ${path} or ${path:-default}. Write '$${' for a literal '${'",
        ),
        trigger_case(
            "glue_job: unknown field",
            {"job_name": "j", "argument": {}},
            "argument: unknown field, expected one of: accept, arguments, description, id, job_name, job_run_queuing_enabled, publish, publish_as, wait, when",
        ),
        trigger_case(
            "glue_job: wrong boolean",
            {"job_name": "j", "job_run_queuing_enabled": 1},
            "job_run_queuing_enabled: found 1, expected true or false",
        ),
        trigger_case(
            "glue_job: wrong type",
            {"job_name": 7, "arguments": [], "description": None},
            "description: found null, expected a string",
            "job_name: found 7, expected a string",
            "arguments: found a list, expected an object",
        ),
        trigger_case(
            "glue_job: null as an argument",
            {"job_name": "j", "arguments": {"--x": None}},
            "arguments.--x: found null, which is not a text. Remove the argument, or write a value",
        ),
        trigger_case(
            "glue_job: broken template within a list",
            {"job_name": "j", "arguments": {"--x": ["${a[0]}"]}},
            "arguments.--x[0]: found '${a[0]}': a path has no brackets. An index is a segment, such as files.0. Write ${a.0}",
            beyond_schema=ANY_DEPTH,
        ),
    ),
)
