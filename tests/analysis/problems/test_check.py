"""``validate`` of wrong files: every problem with line, column, message and suggestion; of right files: nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codes.registry import CODES
from analysis.problems.check import check_file
from orchestration.settings import Settings
from orchestration.values.strictjson import StrictJSONError, loads
from tests.analysis.problems.legitimate import LEGITIMATE
from tests.analysis.problems.wrong_conditions import WRONG_CONDITIONS
from tests.analysis.problems.wrong_configurations import SETTINGS, WRONG, Wrong
from tests.analysis.problems.wrong_joins import WRONG_JOINS
from tests.analysis.problems.wrong_values import WRONG_VALUES

EVERY_WRONG = (*WRONG, *WRONG_CONDITIONS, *WRONG_JOINS, *WRONG_VALUES)
CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("valid-*.json"))


def lines_of(text: str | bytes, settings: Settings = SETTINGS) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [str(problem).removeprefix("f:") for problem in check_file("f", data, settings).problems]


@pytest.mark.parametrize("wrong", EVERY_WRONG, ids=[one.name.replace(" ", "-") for one in EVERY_WRONG])
def test_wrong_file_gives_exact_lines(wrong: Wrong) -> None:
    assert lines_of(wrong.text) == list(wrong.lines)


def test_table_has_every_check() -> None:
    data = [one.text if isinstance(one.text, bytes) else one.text.encode() for one in EVERY_WRONG]
    found = {problem.code for one in data for problem in check_file("f", one, SETTINGS).problems}
    assert found == set(CODES) - {"wait-not-deployed"}, "validate cannot see the Terraform variable wait_for_runs"
    assert len(EVERY_WRONG) >= 120


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_valid_file_has_no_errors(path: Path) -> None:
    assert check_file("f", path.read_bytes(), Settings()).errors == []


@pytest.mark.parametrize("name", LEGITIMATE)
def test_legitimate_configuration_has_no_problem(name: str) -> None:
    assert lines_of(json.dumps(LEGITIMATE[name]), Settings()) == []


def test_list_of_legitimate_configurations_is_long() -> None:
    assert len(LEGITIMATE) >= 50


MISTAKES = Path(__file__).parent / "mistakes"
CAUGHT = {
    "conf-key-duplicated-in-mapping": {"12:7 unused-mapping"},
    "curly-template-start-date": {"9:14 looks-like-template"},
    "dag-file-as-dag-id": {"7:16 address-as-name"},
    "default-without": {"9:14 unknown-root"},
    "env-var-home": {"9:14 looks-like-template"},
    "glue-arn-as-job-name": {"7:18 address-as-name"},
    "glue-internal-arguments": {
        "2:61 reserved-argument",
        "2:79 reserved-argument",
        "2:93 glue-conf",
        "2:114 reserved-argument",
        "2:134 reserved-argument",
        "2:151 reserved-argument",
        "2:173 glue-abbreviation",
        "2:190 glue-hyphen",
        "2:220 glue-argument",
        "2:235 glue-abbreviation",
        "2:256 glue-argument",
    },
    "glue-name-256-chars": {"7:18 invalid-value"},
    "http-queue": {"8:19 url-without-tls"},
    "join-key-job-name": {"9:11 join-key"},
    "join-on-deadline-without-deadline-hours": {"16:4 join-deadline"},
    "misspelt-event-root-artefacts-x": {"9:14 unknown-root"},
    "path-jsonpath-template": {"9:14 looks-like-template"},
    "publish-without-workflow-for-it": {"9:17 publish-without-workflow"},
    "reserved-glue-arg-conf-without-value-job-language-": {
        "9:7 glue-conf",
        "10:7 reserved-argument",
        "11:7 reserved-argument",
    },
    "source-event-artifacts-x": {"9:14 unknown-root"},
    "template-metrics-of-chained-job": {"19:14 event-path"},
    "trigger-glue-name-close-to-a-workflow-typo-breaks-": {"5:5 similar-names"},
    "when-bool-vs-text": {"10:8 condition-text"},
    "when-wildcard-in-plain-text": {"11:9 condition-wildcard"},
}
LEGITIMATE_ONES = {
    "join-member-misspelt-no-workflow-with-that-name": "a job of a join needs no workflow, and no other name is near",
    "on-approval-only-no-on-success": "some jobs are followed only after an approval",
    "same-id-twice-different-lists": "an id is unique within its list",
}


@pytest.mark.parametrize("path", sorted(MISTAKES.glob("*.json")), ids=lambda path: path.stem)
def test_mistake_of_a_first_user_is_caught(path: Path) -> None:
    problems = check_file("f", path.read_bytes(), Settings()).problems
    found = {f"{problem.line}:{problem.column} {problem.code}" for problem in problems}
    assert found == (set() if path.stem in LEGITIMATE_ONES else CAUGHT[path.stem])


def test_every_mistake_has_its_file() -> None:
    assert {path.stem for path in MISTAKES.glob("*.json")} == set(CAUGHT) | set(LEGITIMATE_ONES)


def test_allowed_cycle_is_no_error() -> None:
    job = {"on_success": [{"type": "glue_job", "job_name": "a"}]}
    assert len(lines_of(json.dumps({"workflows": {"a": job}}))) == 1
    assert lines_of(json.dumps({"allow_cycles": True, "workflows": {"a": job}})) == []


def test_published_cycle_is_an_error_even_if_cycles_are_allowed() -> None:
    trigger = {"type": "glue_job", "job_name": "a", "wait": True, "publish": True}
    (line,) = lines_of(json.dumps({"allow_cycles": True, "workflows": {"a": {"on_success": [trigger]}}}))
    assert "the workflows form a cycle that never ends, because 'publish' closes it: a -> a. Remove 'publish'" in line
    renamed = trigger | {"publish_as": "b"}
    (line,) = lines_of(json.dumps({"workflows": {"a": {"on_success": [renamed]}}}))
    assert line.endswith("[publish-without-workflow]")
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
    assert line == "2:16 workflows.a.b[0].c.on_success[0].job_name: missing field [missing-field]"


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
        assert found.problems[0].code == "syntax"
