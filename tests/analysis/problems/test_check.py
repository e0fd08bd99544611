"""``validate`` of wrong files: every problem with line, column, message and suggestion; of right files: nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.problems.check import check_file
from analysis.problems.sarif import RULES
from orchestration.settings import Settings
from orchestration.values.strictjson import StrictJSONError, loads
from tests.analysis.problems.wrong_conditions import WRONG_CONDITIONS
from tests.analysis.problems.wrong_configurations import SETTINGS, WRONG, Wrong
from tests.analysis.problems.wrong_joins import WRONG_JOINS

EVERY_WRONG = (*WRONG, *WRONG_CONDITIONS, *WRONG_JOINS)
CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("valid-*.json"))


def lines_of(text: str | bytes, settings: Settings = SETTINGS) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [str(problem).removeprefix("f:") for problem in check_file("f", data, settings).problems]


@pytest.mark.parametrize("wrong", EVERY_WRONG, ids=[one.name.replace(" ", "-") for one in EVERY_WRONG])
def test_wrong_file_gives_exact_lines(wrong: Wrong) -> None:
    assert lines_of(wrong.text) == list(wrong.lines)


def test_table_has_every_check() -> None:
    data = [one.text if isinstance(one.text, bytes) else one.text.encode() for one in WRONG]
    assert {problem.rule for one in data for problem in check_file("f", one, SETTINGS).problems} == set(RULES)
    assert len(WRONG) >= 60


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_valid_file_has_no_errors(path: Path) -> None:
    assert check_file("f", path.read_bytes(), Settings()).errors == []


def test_allowed_cycle_is_no_error() -> None:
    job = {"on_success": [{"type": "glue_job", "job_name": "a"}]}
    assert len(lines_of(json.dumps({"workflows": {"a": job}}))) == 1
    assert lines_of(json.dumps({"allow_cycles": True, "workflows": {"a": job}})) == []


def test_published_cycle_is_an_error_even_if_cycles_are_allowed() -> None:
    trigger = {"type": "glue_job", "job_name": "a", "wait": True, "publish": True}
    (line,) = lines_of(json.dumps({"allow_cycles": True, "workflows": {"a": {"on_success": [trigger]}}}))
    assert "the workflows form a cycle that never ends, because 'publish' closes it: a -> a. Remove 'publish'" in line
    renamed = trigger | {"publish_as": "b"}
    assert lines_of(json.dumps({"workflows": {"a": {"on_success": [renamed]}}})) == []
    ends = trigger | {"when": {"metrics": {"rows": [{"numeric": [">", 0]}]}}}
    assert lines_of(json.dumps({"allow_cycles": True, "workflows": {"a": {"on_success": [ends]}}})) == []


def test_separate_cycles_are_separate_errors() -> None:
    jobs = {name: {"on_success": [{"type": "glue_job", "job_name": name}]} for name in ("a", "b", "c")}
    assert len(lines_of(json.dumps({"workflows": jobs}))) == 3


def test_column_counts_characters() -> None:
    (line,) = lines_of('{"workflows": {"caf\u00e9 \U0001f600": 7}}')
    assert line.startswith("1:26 ")


def test_key_with_dots_and_brackets_is_found() -> None:
    text = '{"workflows": {"a": {}, "a.b[0].c": {\n"on_success": [{"type": "glue_job"}]}}}'
    (_, line) = lines_of(text)
    assert line == "2:16 workflows.a.b[0].c.on_success[0].job_name: missing field"


VALID = json.dumps(json.loads(CONFIGS[-1].read_text()), indent=1)


@given(st.integers(0, len(VALID)), st.integers(0, 4), st.text(max_size=3) | st.sampled_from(list("{}[],:\"'\\/#")))
def test_any_edit_is_explained_without_an_error(start: int, length: int, inserted: str) -> None:
    """Every text gets its problems, and every problem a place within the file."""
    text = VALID[:start] + inserted + VALID[start + length :]
    data = text.encode("utf-8", "surrogatepass")
    found = check_file("f", data, SETTINGS)
    rows = text.count("\n") + 1
    assert all(1 <= problem.line <= rows and problem.column >= 1 and problem.message for problem in found.problems)
    try:
        loads(data)
    except StrictJSONError:
        assert len(found.problems) == 1
        assert found.problems[0].rule == "syntax"
