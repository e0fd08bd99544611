"""``orchestrator graph``: formats, parts and errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import Orchestrator
from tests.pasting import pasted

CONFIG = "docs/examples/warehouse.json"


@pytest.mark.parametrize(
    ("suffix", "start"), [("svg", "<svg"), ("html", "<!doctype"), ("mmd", "flowchart"), ("json", "{")]
)
def test_suffix_decides_the_format(orchestrator: Orchestrator, tmp_path: Path, suffix: str, start: str) -> None:
    path = tmp_path / f"lineage.{suffix}"
    result = orchestrator("graph", CONFIG, "-o", str(path))
    assert (result.exit_code, result.stdout) == (0, f"wrote {path}: 69 jobs and targets, 73 triggers\n")
    assert path.read_text().startswith(start)


def test_part_downstream_of_a_job_is_its_blast_radius(orchestrator: Orchestrator) -> None:
    result = orchestrator("graph", CONFIG, "--job", "mart_quality", "--downstream", "--format", "json")
    found = {node["name"] for node in json.loads(result.stdout)["nodes"]}
    assert found == {"mart_quality", "score_products", "export_ratings", "default/QualityReady"}


def test_invalid_entries_are_left_out_with_a_warning(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"workflows": {"a": {"on_success": [{"type": "glue"}, {"type": "glue_job", "job_name": "x"}]}}}')
    result = orchestrator("graph", str(path))
    assert (result.exit_code, result.stdout.count("-->")) == (0, 1)
    assert "1 invalid entries are left out" in result.stderr
    assert result.stderr.endswith(f"Run: orchestrator validate {path}\n")


def test_warning_of_a_hostile_path_has_a_command_to_paste(orchestrator: Orchestrator, tmp_path: Path) -> None:
    path = tmp_path / "a; touch hacked; $(touch hacked)\n.json"
    path.write_text('{"workflows": {"a": {"on_success": [{"type": "glue"}]}}}')
    result = orchestrator("graph", str(path))
    assert pasted(result.stderr.partition("Run: ")[2], tmp_path) == [["validate", str(path)]]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--downstream"], "need --job"),
        (["--format", "png"], "png: expected the format svg, html, mermaid or json"),
        (["-o", "lineage.pdf"], "lineage.pdf: expected the format"),
        (["--job", "mart_salse"], "Did you mean 'mart_sales'?"),
    ],
)
def test_unusable_options_exit_2_with_one_line(orchestrator: Orchestrator, options: list[str], words: str) -> None:
    result = orchestrator("graph", CONFIG, *options)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words in result.stderr
