"""A finding is plain data: ``orchestrator doctor --json`` prints its fields in this order."""

from __future__ import annotations

import dataclasses
import json

from operations.doctor import Finding, examine
from tests.operations.doctor.conftest import Examined


def test_finding_has_the_fields_of_the_json_output() -> None:
    finding = Finding(check="alarms", subject="a", status="ok", message="m")
    assert json.dumps(dataclasses.asdict(finding)) == (
        '{"check": "alarms", "subject": "a", "status": "ok", "message": "m", "advice": ""}'
    )


def test_findings_of_a_stack_are_one_line_each(examined: Examined) -> None:
    findings = list(examine(examined()))
    assert all("\n" not in f"{finding.subject}{finding.message}{finding.advice}" for finding in findings)
    assert not any(finding.advice.endswith(".") for finding in findings)  # the command adds the full stop
    assert len(set(findings)) > 10
