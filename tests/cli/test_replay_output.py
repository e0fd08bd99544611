"""Outcomes on a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from cli.replay_output import print_outcomes

REFUSED = (
    '{"Entries": [{"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}], "FailedEntryCount": 1}'
)


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        ({"result": {"status": "TRIGGERED", "id": "jr_1"}}, "TRIGGERED glue_job load: jr_1"),
        (
            {"result": {"status": "FAILED"}, "error": {"Error": "EventBridge.FailedEntry", "Cause": REFUSED}},
            "FAILED glue_job load: EventBridge.FailedEntry: MalformedDetail: Detail is malformed.",
        ),
        (
            {"result": {"status": "FAILED"}, "error": {"Error": "E", "Cause": {"n": 1}}},
            'FAILED glue_job load: E: {"n":1}',
        ),
    ],
)
def test_outcome_is_one_line(capsys: pytest.CaptureFixture[str], outcome: dict[str, Any], line: str) -> None:
    print_outcomes({"name": "e", "outcomes": [{"type": "glue_job", "name": "load", **outcome}]})
    assert " ".join(capsys.readouterr().out.split()) == f"e: no outcome yet {line}"
