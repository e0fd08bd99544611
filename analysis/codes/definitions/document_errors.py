"""Codes of errors in a file as a whole, in its fields, and in its joins."""

from __future__ import annotations

from analysis.codes.code import Code, error

_TRIGGER = '{"type": "glue_job", "job_name": "load"}'
_JOIN = (
    '{"workflows": {}, "joins": {"daily": {"all_of": ["orders", "customers"], "key": "${start_date}", '
    '"on_complete": [{"type": "glue_job", "job_name": "report"}]}}}'
)

DOCUMENT_ERRORS: tuple[Code, ...] = (
    error(
        "syntax",
        "The file is not JSON in UTF-8.",
        "Correct the text at the line and column.",
        '{"workflows": {},}',
        '{"workflows": {}}',
    ),
    error(
        "document",
        "The file is not an object with `workflows`, so the router cannot use it.",
        "Begin the file with `workflows`.",
        '{"workflow": {}}',
        '{"workflows": {}}',
    ),
    error(
        "unknown-field",
        "No such field exists. Most such names have a typo.",
        "Correct the name, or remove the field.",
        '{"type": "glue_job", "job_name": "load", "argument": {}}',
        '{"type": "glue_job", "job_name": "load", "arguments": {}}',
    ),
    error(
        "missing-field",
        "A required field is missing.",
        "Add the field.",
        '{"type": "glue_job"}',
        _TRIGGER,
    ),
    error(
        "wrong-type",
        'The value has another JSON type. The reader converts nothing: `"true"` is a text.',
        "Write a value of the expected type.",
        '{"type": "glue_job", "job_name": "load", "wait": "true"}',
        '{"type": "glue_job", "job_name": "load", "wait": true}',
    ),
    error(
        "invalid-value",
        "The value has the right type, and the field does not accept it.",
        "Write one of the accepted values.",
        '{"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "daily report"}',
        '{"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "daily_report"}',
    ),
    error(
        "json-value",
        "The value is not strict JSON: a key appears twice, a number is `NaN` or too large, or the nesting is too deep.",
        "Write each key once, and finite numbers.",
        '{"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "report", "conf": {"x": NaN}}',
        '{"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "report", "conf": {"x": null}}',
    ),
    error(
        "repeated-id",
        "Two triggers of one list have the same id, so no replay could name one of them.",
        "Give each trigger of the list another id.",
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "id": "a", "job_name": "x"}, '
        '{"type": "glue_job", "id": "a", "job_name": "y"}]}}}',
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "id": "a", "job_name": "x"}, '
        '{"type": "glue_job", "id": "b", "job_name": "y"}]}}}',
    ),
    error(
        "repeated-name",
        "A workflow and a join have the same name, so their executions could not be told apart.",
        "Rename the join.",
        _JOIN.replace('"workflows": {}', f'"workflows": {{"daily": {{"on_success": [{_TRIGGER}]}}}}'),
        _JOIN,
    ),
    error(
        "join-jobs",
        "The list `all_of` of a join has fewer than two jobs, more than 50, a job twice, or another join.",
        "List each upstream job once.",
        _JOIN.replace('"orders", "customers"', '"orders", "orders"'),
        _JOIN,
    ),
    error(
        "cycle",
        "A workflow starts one of its upstream jobs, so one event could start jobs without end.",
        'Break the cycle. If each round ends by itself, write `"allow_cycles": true` at the top of the file.',
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "load"}]}}}',
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "load_again"}]}}}',
    ),
    error(
        "endless-cycle",
        "A cycle is closed by `publish` and has no condition, so it ends only at the limit of hops.",
        "Remove `publish` from one of the triggers, or give one a condition `when`.",
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "load", "wait": true, "publish": true}]}}}',
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "load_again", "wait": true}]}}}',
    ),
    error(
        "event-path",
        "No known event has the path: a published event, the event of a join, or the events of `--events` "
        "([Chains](chains.md)).",
        "Correct the path, publish the field, or give a default.",
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "clean", "wait": true, "publish": true}]}, '
        '"clean": {"on_success": [{"type": "glue_job", "job_name": "x", "arguments": {"--n": "${metrics.rows}"}}]}}}',
        '{"workflows": {"load": {"on_success": [{"type": "glue_job", "job_name": "clean", "wait": true, "publish": true}]}, '
        '"clean": {"on_success": [{"type": "glue_job", "job_name": "x", "arguments": {"--n": "${metrics.rows:-0}"}}]}}}',
    ),
    error(
        "unknown-code",
        "The list `accept` has a text that is not the code of a warning. Errors cannot be accepted.",
        "Write the code that `orchestrator validate` prints, or remove it.",
        '{"type": "glue_job", "job_name": "load", "arguments": {"path": "x"}, "accept": ["glue-arguments"]}',
        '{"type": "glue_job", "job_name": "load", "arguments": {"path": "x"}, "accept": ["glue-argument"]}',
    ),
)
