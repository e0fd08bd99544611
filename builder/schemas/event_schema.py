"""Writes the JSON Schema of a job event, for publishers: their editors, tests and code generators."""

from __future__ import annotations

from orchestration.event.job_event import MAX_JOB_NAME, MAX_JOB_RUN_ID, MAX_WAIT_SECONDS
from orchestration.values.strictjson import JsonObject


def build() -> JsonObject:
    """The schema of an event as ``orchestration.event.job_event`` reads it. Fields that it does not name are free-form."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Job event of downstream-orchestrator",
        "description": "Body of an SNS message, or payload of a direct invocation. Other fields are free-form.",
        "type": "object",
        "required": ["job_name", "job_run_id"],
        "properties": {
            "job_name": _required_text("Upstream job: the workflow's name in the configuration.", MAX_JOB_NAME),
            "job_run_id": _required_text("Run of the job. The triggers of a run start once.", MAX_JOB_RUN_ID),
            "status": {
                "description": "`SUCCESS` on the topic `job_events` starts the triggers of `on_success`. Others start nothing.",
                "examples": ["SUCCESS"],
            },
            "decision": {
                "description": "`APPROVED` on the topic `job_approvals` starts the triggers of `on_approval`.",
                "examples": ["APPROVED"],
            },
            "artifacts": {
                "type": ["object", "null"],
                "description": "Outputs of the job. Templates read them as `${artifacts.name}`.",
            },
            "metrics": {
                "type": ["object", "null"],
                "description": "Measurements of the job, such as numbers of records.",
            },
            "start_date": {"description": "Start of the data interval."},
            "end_date": {"description": "End of the data interval."},
            "hops": {"description": "Set by the state machine: number of published events in the chain so far."},
            "created_by": {"description": "Person or system that started the job."},
            "$wait_seconds": {
                "anyOf": [{"type": "number", "minimum": 0, "maximum": MAX_WAIT_SECONDS}, {"type": "null"}],
                "description": "Direct invocation only: seconds that the router waits for the outcomes.",
            },
            "$replay": {
                "description": "Direct invocation only: starts failed triggers again. Use `orchestrator replay`."
            },
        },
        "anyOf": [{"required": ["status"]}, {"required": ["decision"]}],
        "examples": [
            {
                "job_name": "transform_images",
                "job_run_id": "spark-application-0001",
                "status": "SUCCESS",
                "artifacts": {"output_path": "s3://bucket/output/path"},
                "metrics": {"records_written": 999000},
                "start_date": "2025-11-24T01:00Z",
            },
            {"job_name": "transform_images", "job_run_id": "spark-application-0001", "decision": "APPROVED"},
        ],
    }


def _required_text(description: str, longest: int) -> JsonObject:
    return {
        "type": "string",
        "maxLength": longest,
        "pattern": r"\S",
        "patternErrorMessage": "Expected a text that is not empty.",
        "description": description,
    }
