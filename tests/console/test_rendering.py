"""The HTML report of an execution is one file that loads nothing."""

from __future__ import annotations

import re
from pathlib import Path

import boto3

from orchestration.event.identity import execution_name
from tests.cli.helpers import Orchestrator
from tests.console.conftest import ROUTER

FAILED = execution_name("on_success", "clean_orders", "1")


def test_html_report_is_self_contained(orchestrator: Orchestrator, tmp_path: Path) -> None:
    boto3.DEFAULT_SESSION = None
    file = tmp_path / "report.html"
    result = orchestrator("inspect", FAILED, "--function", ROUTER, "--html", str(file))
    assert (result.exit_code, result.stderr) == (1, f"wrote {file}\n")
    page = file.read_text()
    assert "Glue.EntityNotFoundException" in page
    assert "data-state" in page
    assert not re.search(r'(src|href)="(?!https://us-west-1\.console\.aws\.amazon\.com/|#)', page)
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "<script" not in page
    refused = orchestrator("inspect", FAILED, "--function", ROUTER, "--html", str(tmp_path / "no" / "folder.html"))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
