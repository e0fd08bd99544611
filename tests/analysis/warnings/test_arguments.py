"""Keys of job arguments that Glue ignores, or that a job reads as another one."""

from __future__ import annotations

import argparse

import pytest

from analysis.warnings.arguments import warnings
from tests.analysis.warnings.configurations import GLUE, codes


def of(*keys: str) -> list[str]:
    return codes({**GLUE, "arguments": dict.fromkeys(keys, "x")})


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("path", "glue-argument"),
        ("-path", "glue-argument"),
        ("--source", "glue-abbreviation"),
        ("--triggered_by", "glue-abbreviation"),
        ("--source_artifacts_path", "glue-abbreviation"),
        ("--my-date", "glue-hyphen"),
        ("--conf", "glue-conf"),
    ],
)
def test_key_has_one_warning(key: str, code: str) -> None:
    assert of(key) == [code]


@pytest.mark.parametrize(
    "key",
    [
        "--load_mode",
        "--sources",
        "--TempDir",
        "--enable-metrics",
        "--job-bookmark-option",
        "--extra-py-files",
        "--additional-python-modules",
        "--continuous-log-logGroup",
        "--customer-driver-env-vars",
        "--scriptLocation",
    ],
)
def test_own_keys_and_those_of_glue_have_no_warning(key: str) -> None:
    assert of(key) == []


def test_keys_that_differ_by_a_hyphen_are_one_warning() -> None:
    assert of("--my-date", "--my_date") == ["glue-hyphen"]


def test_reasons_hold_for_argparse_on_which_glue_builds() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--source_artifacts")
    assert parser.parse_known_args(["--source", "x"])[0].source_artifacts == "x"
    parser.add_argument("--my-date")
    parser.add_argument("--my_date")
    assert vars(parser.parse_known_args(["--my-date", "a", "--my_date", "b"])[0])["my_date"] == "b"


@pytest.mark.parametrize("key", ["--source-artifacts", "--triggered-by-job", "--JOB-NAME"])
def test_hyphen_that_meets_an_automatic_argument_is_renamed(key: str) -> None:
    """The name with underscores is refused, so nobody should write it."""
    problems = [
        problem for problem in warnings({**GLUE, "arguments": {key: "x"}}, "t") if problem.code == "glue-hyphen"
    ]
    (message,) = [problem.message for problem in problems]
    assert "returns both as" in message
    assert message.endswith("Rename the argument")
