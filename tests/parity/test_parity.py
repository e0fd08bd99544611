"""The comparison finds no difference between equal trees, and finds changes of a name, a log record and an error."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.parity import allowed, comparison
from tests.parity.comparison import PACKAGES, ROOT, Result, compare, tree_of
from tests.parity.scenarios import KINDS, scenario

MUTATIONS = (
    ('f"{name}-b{number}"', 'f"{name}-c{number}"'),
    ("log.warning(LOG_CONFIG_FALLBACK, store, address, error)", "pass"),
    ("records failed: ", "records failed  "),
)
"""Code of the router, and the code in its place in the mutated tree."""


def of_kind(kind: str, count: int) -> Iterator[str]:
    """The first scenarios of a kind."""
    every = (scenario(1, number) for number in range(10_000))
    return islice((text for text in every if json.loads(text)["kind"] == kind), count)


def last(results: Iterator[Result]) -> Result:
    *_, result = results
    return result


@pytest.fixture(scope="module")
def mutated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("mutated")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    for code, other in MUTATIONS:
        (path,) = [path for path in tree.rglob("*.py") if code in path.read_text(encoding="utf-8")]
        path.write_text(path.read_text(encoding="utf-8").replace(code, other), encoding="utf-8")
    return tree


@pytest.fixture(scope="module")
def differences(mutated: Path) -> list[str]:
    pairs = [*of_kind("many triggers", 2), *of_kind("fallbacks", 5), *of_kind("envelopes", 5)]
    return last(compare(ROOT, mutated, pairs)).differences


@pytest.mark.slow
def test_every_kind_plays_the_same_in_equal_trees() -> None:
    result = last(compare(ROOT, ROOT, [text for kind in KINDS for text in of_kind(kind, 1)]))
    assert result.pairs == len(KINDS)
    assert result.calls["StartExecution"] > 5
    assert not result.differences
    assert not result.allowed


def test_changed_execution_name_is_a_difference(differences: list[str]) -> None:
    assert any('"call", "StartExecution"' in text and "-c1" in text.partition("new:")[2] for text in differences)


def test_missing_warning_is_a_difference(differences: list[str]) -> None:
    assert any("Failed to load workflow config" in text.partition("new:")[0] for text in differences)


def test_changed_error_is_a_difference(differences: list[str]) -> None:
    assert any('old: ["raised", "RoutingError"' in text for text in differences)


def test_repeated_source_is_an_allowed_difference() -> None:
    was = '["raised", "RoutingError", "1 of 1 failed: SNS message m-1: EventError: SNS message m-1: expected a job event"]'
    result = Result()
    comparison._compare(result, "pair", [was], [was.replace("EventError: SNS message m-1: ", "EventError: event: ")])
    assert not result.differences
    assert result.allowed == {allowed.REPEATED_SOURCE: 1}


def test_other_text_next_to_a_repeated_source_is_a_difference() -> None:
    was = '["log", "ERROR", "Failed: SNS message m-1: EventError: SNS message m-1: expected a job event"]'
    result = Result()
    comparison._compare(result, "pair", [was], ['["log", "ERROR", "Failed: SNS message m-1: EventError: expected"]'])
    assert len(result.differences) == 1


def test_deadline_from_sns_must_be_refused_by_name() -> None:
    was = ['["delivery", ["join deadline from SNS"]]', '["response", "{}"]']
    for error, allowed_count in (("EventError: event field '$join_deadline': found", 1), ("EventError: other", 0)):
        result = Result()
        comparison._compare(result, "pair", was, [was[0], json.dumps(["raised", "RoutingError", error])])
        assert result.allowed.total() == allowed_count
        assert len(result.differences) == 1 - allowed_count


def test_unknown_revision_is_named_with_advice() -> None:
    with pytest.raises(LookupError, match=r"no-such-revision.*git fetch --unshallow"), tree_of("no-such-revision"):
        pass


def test_driver_that_ends_reports_its_error(tmp_path: Path) -> None:
    with pytest.raises(comparison.DriverError, match="expected the package of"):
        last(compare(tmp_path, tmp_path, of_kind("plain", 1)))
