"""The reader of one trigger: every problem of it, each value once."""

from __future__ import annotations

import pytest

from orchestration.configuration.trigger_reader import read_trigger
from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE
from orchestration.triggers.glue_job import GlueJob
from orchestration.values.strictjson import Json, JsonObject

SETTINGS = Settings(region="us-west-1")
ARN = "arn:aws:states:us-west-1:123456789012:stateMachine:m"


def problems(entry: Json, settings: Settings = SETTINGS) -> list[str]:
    trigger, found = read_trigger(entry, "t", settings)
    assert (trigger is None) == bool(found)
    return [str(problem) for problem in found]


def test_valid_entry_is_a_trigger_of_its_type() -> None:
    trigger, found = read_trigger({"type": "glue_job", "job_name": "g"}, "t", SETTINGS)
    assert found == []
    assert trigger == GlueJob(job_name="g")


@pytest.mark.parametrize(("entry", "shown"), [([], "a list"), ("x", "'x'"), (None, "null")])
def test_entry_that_is_no_object_is_one_problem(entry: Json, shown: str) -> None:
    assert problems(entry) == [f"t: found {shown}, expected a trigger object with a 'type'"]


@pytest.mark.parametrize(
    ("entry", "shown", "written"),
    [
        ({}, "nothing", ""),
        ({"type": None}, "null", ""),
        ({"type": ["glue_job"]}, "a list", ""),
        ({"type": "glue"}, "'glue'", "glue"),
    ],
)
def test_unknown_type_offers_the_types(entry: JsonObject, shown: str, written: str) -> None:
    trigger, (problem,) = read_trigger(entry, "t", SETTINGS)
    assert trigger is None
    assert str(problem) == f"t.type: found {shown}, expected one of: {', '.join(BY_TYPE)}"
    assert (problem.found, problem.options) == (written, tuple(BY_TYPE))


def test_wrong_placeholder_of_an_unknown_type_is_reported_first() -> None:
    first, second = problems({"type": "glue", "job_name": "${aws.vpc}"})
    assert first.startswith("t.job_name: found '${aws.vpc}', expected one of: ${aws.account}")
    assert second.startswith("t.type: found 'glue'")


def test_missing_field_does_not_hide_other_problems() -> None:
    first, second = problems({"type": "glue_job", "arguments": {"--x": "${"}})
    assert first == "t.job_name: missing field"
    assert second.startswith("t.arguments.--x: found '${': the template is not closed")


def test_stand_ins_of_missing_fields_have_no_problems() -> None:
    assert problems({"type": "step_function"}, Settings(region="eu-central-1", only_account="1")) == [
        "t.arn: missing field"
    ]


def test_wrong_placeholder_is_the_only_problem_of_its_value() -> None:
    (problem,) = problems({"type": "step_function", "arn": ARN.replace("123456789012", "${aws.accnt}")})
    assert problem.startswith("t.arn: found '${aws.accnt}', expected one of: ${aws.account}")


def test_rules_of_the_type_are_checked_with_the_settings() -> None:
    assert problems({"type": "step_function", "arn": ARN}) == []
    (problem,) = problems({"type": "step_function", "arn": ARN}, Settings(region="us-west-1", only_account="1"))
    assert problem.startswith("t.arn: found account 123456789012, expected 1.")
