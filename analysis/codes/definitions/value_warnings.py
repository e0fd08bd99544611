"""Codes of warnings about arguments, conf, paths and conditions."""

from __future__ import annotations

from analysis.codes.code import Code, warning

_ARGUMENT = '{"type": "glue_job", "job_name": "x", "arguments": {%s}}'
_WHEN = '{"type": "glue_job", "job_name": "x", "when": {%s}}'
_DAG = '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", %s}'

VALUE_WARNINGS: tuple[Code, ...] = (
    warning(
        "looks-like-template",
        "A text looks like a template of another system (`{{ }}`, `$name`, `$.path`, `{name}`, `$HOME`), and is sent as it is.",
        "Write `${path}`, or accept the code if the target reads the text.",
        _ARGUMENT % '"--day": "{{ ds }}"',
        _ARGUMENT % '"--day": "${start_date}"',
    ),
    warning(
        "unknown-root",
        "The first part of a path is almost a field of the event, or no field of a join's event.",
        "Correct the path. If the job publishes a field of this name, accept the code.",
        _ARGUMENT % '"--path": "${artefacts.output_path}"',
        _ARGUMENT % '"--path": "${artifacts.output_path}"',
    ),
    warning(
        "default-type",
        "A default in `conf` looks like JSON, and is text: `false` is true in a DAG ([Values](values.md)).",
        "Use `parameter_mapping` with `path` and `default`, which keeps the type.",
        _DAG % '"conf": {"flag": "${metrics.flag:-false}"}',
        _DAG % '"parameter_mapping": {"flag": {"path": "metrics.flag", "default": false}}',
    ),
    warning(
        "path-in-name",
        "A field of a condition is written like a path of another language, or the dotted name of a job stands without quotes.",
        "Write the names of the fields, or quote the job's name in the path.",
        _WHEN % '"$.metrics.rows": [1]',
        _WHEN % '"metrics": {"rows": [1]}',
    ),
    warning(
        "glue-argument",
        "Glue reads only arguments that begin with `--`.",
        "Write the argument with `--`.",
        _ARGUMENT % '"path": "x"',
        _ARGUMENT % '"--path": "x"',
    ),
    warning(
        "glue-abbreviation",
        "An argument begins like an automatic one. argparse accepts abbreviations, so a job can read one for the other.",
        "Rename the argument.",
        _ARGUMENT % '"--source": "x"',
        _ARGUMENT % '"--input": "x"',
    ),
    warning(
        "glue-hyphen",
        "`getResolvedOptions` returns an argument with a hyphen under a name with underscores, so `--my-date` and `--my_date` "
        "are one.",
        "Write underscores.",
        _ARGUMENT % '"--my-date": "x"',
        _ARGUMENT % '"--my_date": "x"',
    ),
    warning(
        "glue-conf",
        "A run's `--conf` replaces that of the job. Older editions of AWS's page call it internal, and its Iceberg page "
        "needs it.",
        "Set `--conf` in the job's default arguments. If the run needs it, accept the code.",
        _ARGUMENT % '"--conf": "spark.executor.memory=4g"',
        _ARGUMENT % '"--executor_memory": "4g"',
    ),
    warning(
        "swapped-mapping",
        "A mapping has the path as key and the conf key as value.",
        "Write the conf key first: `parameter_mapping` is conf key to path.",
        _DAG % '"parameter_mapping": {"artifacts.output_path": "input"}',
        _DAG % '"parameter_mapping": {"input": "artifacts.output_path"}',
    ),
    warning(
        "unused-mapping",
        "`conf` and `parameter_mapping` have the same key. `conf` has priority, so the mapping has no effect.",
        "Remove one of them.",
        _DAG % '"conf": {"day": "2026-01-01"}, "parameter_mapping": {"day": "start_date"}',
        _DAG % '"parameter_mapping": {"day": "start_date"}',
    ),
    warning(
        "condition-constant",
        "The condition names a field that has the same value in every event of its list.",
        "Remove the condition, or move the trigger to another list.",
        _WHEN % '"status": ["FAILED"]',
        _WHEN % '"region": ["eu"]',
    ),
    warning(
        "condition-wildcard",
        "A plain text in a condition has `*`, which matches only that character.",
        "Write the operator `wildcard`.",
        _WHEN % '"artifacts": {"path": ["s3://prod-*"]}',
        _WHEN % '"artifacts": {"path": [{"wildcard": "s3://prod-*"}]}',
    ),
    warning(
        "condition-text",
        "A condition compares with the text of a boolean, or with a number in quotes for a metric.",
        "Remove the quotes. If the job publishes a text, accept the code.",
        _WHEN % '"approved": ["True"]',
        _WHEN % '"approved": [true]',
    ),
    warning(
        "plain-text-secret",
        "A value looks like a password or key. Everybody who reads the configuration or the execution sees it.",
        "Store it in AWS Secrets Manager, and pass the name of the secret.",
        _ARGUMENT % '"--db_password": "hunter2"',
        _ARGUMENT % '"--db_secret_name": "prod/db"',
    ),
)
