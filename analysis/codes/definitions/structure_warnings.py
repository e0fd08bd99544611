"""Codes of warnings about names, lists, targets and joins."""

from __future__ import annotations

from analysis.codes.code import Code, warning

_LOAD = '{"workflows": {"load": {"on_success": [%s]}}}'
_GLUE = '{"type": "glue_job", "job_name": "x"}'
_PUBLISH = (
    '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "%s", "wait": true, "publish": true}]}, '
    '"clean_orders": {"on_success": [{"type": "glue_job", "job_name": "report"}]}}}'
)
_JOIN = '{"workflows": {}, "joins": {"daily": {"all_of": ["orders", "customers"], %s, "on_complete": [%s]}}}'

_PUBLISHED = (
    '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "clean", "wait": true, "publish": true}]}, '
    '"clean": {"on_success": [{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"n": %s}}]}}}'
)

STRUCTURE_WARNINGS: tuple[Code, ...] = (
    warning(
        "blank-in-name",
        "A job name has a blank at its start or end, so events of the job do not match.",
        "Remove the blank.",
        '{"workflows": {"load ": {"on_success": [{"type": "glue_job", "job_name": "x"}]}}}',
        _LOAD % _GLUE,
    ),
    warning(
        "wildcard-in-name",
        "A job name or target has `*`, and names have no wildcards.",
        "Write one workflow or trigger for each name.",
        '{"workflows": {"load_*": {"on_success": [{"type": "glue_job", "job_name": "x"}]}}}',
        _LOAD % _GLUE,
    ),
    warning(
        "address-as-name",
        "An ARN, a URL or a file stands where a name is expected.",
        "Write the name of the job or DAG.",
        '{"type": "glue_job", "job_name": "s3://scripts/load_orders.py"}',
        '{"type": "glue_job", "job_name": "load_orders"}',
    ),
    warning(
        "similar-names",
        "Two names differ only in case, `-` or `_`, or a published job and a workflow differ by one letter.",
        "Write the same name.",
        _PUBLISH % "clean_order",
        _PUBLISH % "clean_orders",
    ),
    warning(
        "publish-without-workflow",
        "A trigger publishes a job that has no workflow and is in no join, so the event starts nothing.",
        "Add a workflow, or remove `publish`. If another subscriber reads the topic, accept the code.",
        '{"type": "glue_job", "job_name": "clean_orders", "wait": true, "publish": true}',
        '{"type": "glue_job", "job_name": "clean_orders", "wait": true}',
    ),
    warning(
        "empty-workflow",
        "A workflow or join has no triggers, so its events start nothing.",
        "Add a trigger, or remove it.",
        '{"workflows": {"load": {"on_success": []}}}',
        _LOAD % _GLUE,
    ),
    warning(
        "repeated-trigger",
        "A list has the same trigger twice, so each event starts its target twice.",
        "Remove one of them.",
        _LOAD % f"{_GLUE}, {_GLUE}",
        _LOAD % _GLUE,
    ),
    warning(
        "repeated-dag",
        "A list starts the same DAG by both Airflow types.",
        "Keep one of the triggers.",
        _LOAD % '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"}, '
        '{"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q"}',
        _LOAD % '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"}',
    ),
    warning(
        "quota-headroom",
        "The triggers leave little room for the event in an execution's input (256 KiB).",
        "Pass the address of large values instead.",
        "",
        "",
    ),
    warning(
        "unknown-region",
        "The AWS SDK does not know the region.",
        "Correct the region. If it is new, update the tool.",
        '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "region": "us-wset-2"}',
        '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "region": "us-west-2"}',
    ),
    warning(
        "url-without-tls",
        "The URL of a queue begins with `http://`, so messages would travel without TLS.",
        "Write `https://`.",
        '{"type": "sqs_mwaa", "dag_id": "d", "queue_url": "http://sqs.us-west-1.amazonaws.com/123456789012/q"}',
        '{"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q"}',
    ),
    warning(
        "join-key",
        "The key of a join differs for each job or run, so the jobs never meet, or it is the same for every run.",
        "Use a field that the jobs of one round share, such as `${start_date}`.",
        _JOIN % ('"key": "${job_name}"', _GLUE),
        _JOIN % ('"key": "${start_date}"', _GLUE),
    ),
    warning(
        "join-deadline",
        "A join has triggers for its deadline, and no deadline.",
        "Add `deadline_hours`.",
        _JOIN % (f'"key": "${{start_date}}", "on_deadline": [{_GLUE}]', _GLUE),
        _JOIN % (f'"key": "${{start_date}}", "deadline_hours": 6, "on_deadline": [{_GLUE}]', _GLUE),
    ),
    warning(
        "unused-accept",
        "The list `accept` has a code that no longer applies.",
        "Remove the code.",
        '{"type": "glue_job", "job_name": "x", "accept": ["glue-hyphen"]}',
        _GLUE,
    ),
    warning(
        "event-path-missing",
        "Some known events lack the path, or all lack it and the trigger starts without its value.",
        "Correct the path, or publish the field. If events may lack it, accept the code.",
        _PUBLISHED % '"metrics.rows"',
        _PUBLISHED % '"job_run_id"',
    ),
)
