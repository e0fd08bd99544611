"""Codes of errors in a trigger."""

from __future__ import annotations

from analysis.codes.code import Code, error

TRIGGER_ERRORS: tuple[Code, ...] = (
    error(
        "unknown-type",
        "No such trigger type exists.",
        "Write one of the types of [Trigger types](triggers.md).",
        '{"type": "glue", "job_name": "load"}',
        '{"type": "glue_job", "job_name": "load"}',
    ),
    error(
        "path-syntax",
        "A template or a path into the event cannot be read.",
        "Write `${path}`, `${path:-default}`, or a path such as `artifacts.output_path`.",
        '{"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts..output_path}"}}',
        '{"type": "glue_job", "job_name": "load", "arguments": {"--path": "${artifacts.output_path}"}}',
    ),
    error(
        "unknown-placeholder",
        "The roots `aws` and `deploy` are reserved for the deployment, and no such placeholder exists there.",
        "Write one of the placeholders that the message lists.",
        '{"type": "glue_job", "job_name": "load-${deploy.environment}"}',
        '{"type": "glue_job", "job_name": "load-${deploy.env}"}',
    ),
    error(
        "condition-syntax",
        "The condition `when` is not an EventBridge event pattern.",
        "Write a list of values and operators for each field ([Conditions](conditions.md)).",
        '{"type": "glue_job", "job_name": "load", "when": {"metrics": {"rows": 5}}}',
        '{"type": "glue_job", "job_name": "load", "when": {"metrics": {"rows": [5]}}}',
    ),
    error(
        "automatic-field",
        "The orchestrator sets the field itself.",
        "Rename the field.",
        '{"type": "glue_job", "job_name": "load", "arguments": {"--source_artifacts": "x"}}',
        '{"type": "glue_job", "job_name": "load", "arguments": {"--input": "x"}}',
    ),
    error(
        "reserved-argument",
        "Glue reserves the argument for itself. AWS's page on "
        "[job parameters](https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html) lists "
        "`--debug`, `--mode`, `--JOB_NAME` and `--endpoint`. The library of Glue "
        "([aws-glue-libs](https://github.com/awslabs/aws-glue-libs)) refuses `--JOB_ID`, `--JOB_RUN_ID` and "
        "`--SECURITY_CONFIGURATION`.",
        "Rename the argument, here and in the job's script.",
        '{"type": "glue_job", "job_name": "load", "arguments": {"--mode": "append"}}',
        '{"type": "glue_job", "job_name": "load", "arguments": {"--load_mode": "append"}}',
    ),
    error(
        "conf-value",
        "Airflow, its database, or the path to it does not accept the value or key ([Airflow](airflow.md)).",
        "Send the value as a text, or rename the key.",
        '{"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "report", "conf": {"n": 99999999999999999999}}',
        '{"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "report", "conf": {"n": "99999999999999999999"}}',
    ),
    error(
        "dag-id-length",
        "MWAA limits the path of a REST call to 64 characters, so a DAG id of `mwaa_dag` has at most 50.",
        "Use `sqs_mwaa`, or a shorter id.",
        '{"type": "mwaa_dag", "environment_name": "airflow", '
        '"dag_id": "load_product_images_into_the_warehouse_of_the_north_west"}',
        '{"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "load_product_images"}',
    ),
    error(
        "needs-field",
        "A field has no effect without another one.",
        "Add the other field, or remove this one.",
        '{"type": "glue_job", "job_name": "load", "publish": true}',
        '{"type": "glue_job", "job_name": "load", "wait": true, "publish": true}',
    ),
    error(
        "wait-not-deployed",
        "The deployment does not wait for runs.",
        "Set the Terraform variable `wait_for_runs = true`, or remove `wait`. `validate` cannot see the variable: the router "
        "reports this error.",
        "",
        "",
    ),
    error(
        "other-region",
        "The target is in another region. The state machine starts targets in its own region only.",
        "Name a target in the region of the stack, or write `${aws.region}`.",
        '{"type": "step_function", "arn": "arn:aws:states:us-east-1:123456789012:stateMachine:load"}',
        '{"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:load"}',
    ),
    error(
        "other-account",
        "The target is in another account than `--account`.",
        "Name a target in the account of the stack, or write `${aws.account}`.",
        '{"type": "step_function", "arn": "arn:aws:states:us-west-1:210987654321:stateMachine:load"}',
        '{"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:load"}',
    ),
    error(
        "own-state-machine",
        "The trigger starts the orchestrator's own state machine, which would start itself in a loop.",
        "Name another state machine.",
        '{"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:orchestrator"}',
        '{"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:load"}',
    ),
)
