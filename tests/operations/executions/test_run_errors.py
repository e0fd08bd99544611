"""Readable causes of failed runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations.executions.run_errors import readable

ARN = "arn:aws:states:us-west-1:123456789012:execution:m:e"


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ({"Id": "jr_1", "JobRunState": "FAILED", "ErrorMessage": "no memory"}, "run jr_1 FAILED: no memory"),
        ({"Id": "jr_1", "JobRunState": "TIMEOUT"}, "run jr_1 TIMEOUT: no message"),
        (
            {"ExecutionArn": ARN, "Status": "FAILED", "Error": "E", "Cause": "because"},
            f"execution {ARN} FAILED: E: because",
        ),
        ({"ExecutionArn": ARN, "Status": "FAILED", "Cause": "because"}, f"execution {ARN} FAILED: because"),
        (
            {
                "Entries": [{"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}],
                "FailedEntryCount": 1,
            },
            "MalformedDetail: Detail is malformed.",
        ),
        (
            {"Entries": [{"EventId": "1"}, {"ErrorCode": "A"}, {"ErrorCode": "B", "ErrorMessage": "b"}]},
            "A: no message; B: b",
        ),
        ({"ExecutionArn": ARN, "Status": "ABORTED"}, f"execution {ARN} ABORTED: no error"),
    ],
)
def test_run_as_json_becomes_one_line(run: Any, text: str) -> None:
    assert readable(json.dumps(run)) == text


@pytest.mark.parametrize(
    "cause",
    [
        "",
        "no job",
        "[1]",
        '"text"',
        '{"x": 1}',
        '{"JobRunState": 7}',
        '{"ExecutionArn":',
        '{"Entries": [{"EventId": "1"}, 7]}',
        '{"Entries": 7}',
    ],
)
def test_other_causes_stay_unchanged(cause: str) -> None:
    assert readable(cause) == cause
