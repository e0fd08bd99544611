"""``docs/triggers.md`` describes each type by its fields, reserved fields, example, retries and permissions."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from builder.pages import trigger_types
from orchestration.triggers import REGISTRY, Trigger, WaitingTrigger
from orchestration.triggers.base import Retry
from orchestration.values.validation import field_annotations

PAGE = trigger_types.build()
SECTIONS = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))

each_type = pytest.mark.parametrize("trigger", REGISTRY, ids=[trigger.TYPE for trigger in REGISTRY])


def table(section: str, head: str) -> list[list[str]]:
    """Cells of the rows below a table's head."""
    rows = section.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def test_sections_are_in_the_order_of_the_registry() -> None:
    assert list(SECTIONS) == [trigger.TYPE for trigger in REGISTRY]


@each_type
def test_table_has_each_field_with_its_default(trigger: type[Trigger]) -> None:
    rows = table(SECTIONS[trigger.TYPE], "Field | Type | Default | Meaning")
    assert {len(row) for row in rows} == {4}
    fields = {field.name: field for field in dataclasses.fields(trigger)}
    assert {row[0] for row in rows} == {f"`{name}`" for name in fields}
    for name, kind, default, meaning in rows:
        field = fields[name.strip("`")]
        if field.default is field.default_factory is dataclasses.MISSING:
            assert default == "required"
        else:
            value = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
            assert default == "`not sent`" if value is None else json.loads(default.strip("`")) == value
        if field_annotations(trigger)[field.name] in (bool, bool | None):
            assert kind == "boolean"
        assert meaning.endswith(".")


@each_type
def test_reserved_fields_have_their_meaning(trigger: type[Trigger]) -> None:
    rows = table(SECTIONS[trigger.TYPE], "Automatic field | Value")
    assert {name.strip("`"): text for name, text in rows} == dict(trigger.RESERVED_FIELDS)


@each_type
def test_example_is_the_one_that_the_tests_load(trigger: type[Trigger]) -> None:
    (text,) = re.findall(r"```json\n(.*?)```", SECTIONS[trigger.TYPE], re.DOTALL)
    assert json.loads(text) == trigger.EXAMPLE


@each_type
def test_each_retried_error_and_permission_is_named(trigger: type[Trigger]) -> None:
    section = SECTIONS[trigger.TYPE]
    for retry in trigger.INTEGRATION.retries:
        (line,) = (line for line in section.splitlines() if line.startswith(f"- `{retry.errors[0]}`"))
        assert all(f"`{error}`" in line for error in retry.errors)
        assert f": {retry.max_attempts} times, " in line
        assert line.endswith(f"Reason: {retry.reason}.")
    for allow in trigger.INTEGRATION.iam:
        assert f"`{allow.action}` on `{allow.resource}` ([AWS]({allow.doc_url}))" in section


@each_type
def test_wait_is_described_for_types_that_have_it(trigger: type[Trigger]) -> None:
    assert ("With `wait`: state **" in SECTIONS[trigger.TYPE]) == issubclass(trigger, WaitingTrigger)


def test_section_of_glue_has_the_words_of_the_service() -> None:
    section = SECTIONS["glue_job"]
    assert section.startswith("\nStart an AWS Glue job. Starts the job run and does not wait for its end.\n")
    assert (
        "State in the console: **Start Glue job run**. Service integration: `aws-sdk:glue:startJobRun`. Timeout of an attempt: "
        "60 s."
    ) in section
    assert (
        "With `wait`: state **Run Glue job to its end**, service integration `glue:startJobRun.sync`, at most 48 hours. The "
        "role also needs `glue:GetJobRun`, `glue:GetJobRuns`, `glue:BatchStopJobRun` ([Chains](chains.md))."
    ) in section
    rows = {row[0]: row[1:3] for row in table(section, "Field | Type | Default | Meaning")}
    assert rows["`job_name`"] == ["string", "required"]
    assert rows["`arguments`"] == ["object of strings", "`{}`"]
    assert rows["`when`"] == ["[condition](conditions.md)", "`{}`"]


def test_constant_and_growing_intervals_read_differently() -> None:
    section = SECTIONS["glue_job"]
    assert (
        "`Glue.ResourceNumberLimitExceededException`: 20 times, first after 60 s, then 1.5 times longer each, at most 240 s "
        "apart, each wait a random part of this. Reason: "
    ) in section
    assert (
        "`Glue.ThrottlingException`: 10 times, first after 2 s, then 2 times longer each, at most 60 s apart, each wait "
        "a random part of this. Reason: "
    ) in section
    constant = Retry(("A",), "r", 60, 30, backoff=1.0, jitter="NONE")
    assert trigger_types._retry(constant) == "- `A`: 30 times, every 60 s. Reason: r."


def test_other_errors_are_looked_up_or_final() -> None:
    assert (
        "`Glue.AccessDeniedException`, `Glue.EntityNotFoundException`, `Glue.InvalidInputException`: the trigger fails "
        "immediately. After any other error the run may have started, so a function looks for it (15 s later for the first time)."
    ) in SECTIONS["glue_job"]
    assert "Any other error fails the trigger immediately." in SECTIONS["eventbridge"]
