"""The committed definition passes every gate; every broken variant is caught, most of them without Node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.machine import definition_checks
from tests.builder.machine.definition_linters import DISAGREEING, TEXT, VARIANTS, gates
from tests.node_programs import NodeProgram, running


@pytest.fixture(scope="module")
def validator() -> Iterator[NodeProgram]:
    with running("validate.mjs") as program:
        yield program


@pytest.mark.parametrize("gate", ["own", "statelint", "moto"])
def test_the_definition_passes(gate: str) -> None:
    assert gates(None)[gate](TEXT) == []


def test_the_definition_passes_asl_validator(validator: NodeProgram) -> None:
    assert gates(validator)["asl-validator"](TEXT) == []


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_a_broken_variant_is_caught_without_node(variant: str) -> None:
    verdicts = {name: gate(VARIANTS[variant]) for name, gate in gates(None).items()}
    assert any(verdicts.values()), variant


@pytest.mark.parametrize("variant", list(DISAGREEING))
def test_own_checks_refuse_each_disagreeing_form(variant: str) -> None:
    definition = json.loads(DISAGREEING[variant])
    assert list(definition_checks.forms("", definition))


@pytest.mark.parametrize("name", ["downstream_orchestrator", "downstream_orchestrator_waiting", "join_deadline"])
def test_committed_definitions_have_only_agreed_forms(name: str) -> None:
    text = (Path(__file__).parents[3] / "statemachines" / f"{name}.asl.json").read_text()
    assert list(definition_checks.forms(text, json.loads(text))) == []


def test_every_variant_is_another_definition() -> None:
    assert len(VARIANTS) >= 25
    assert len({*VARIANTS.values(), TEXT}) == len(VARIANTS) + 1


@pytest.mark.parametrize(
    ("variant", "problem"),
    [
        ("not JSON", "the definition: "),
        ("over one megabyte", "the definition has 1,0"),
        ("duplicate key", "the definition contains "),
        ("name of 81 characters", f"state '{'R' * 81}' has 81 characters, expected at most 80"),
        ("unknown Next", "state 'Start every trigger' leads to 'Nowhere', which is not in the definition"),
        (
            "unknown Catch target",
            "state 'Start Glue job run' leads to 'Nowhere', which is not in the item processor of",
        ),
        ("Next out of the item processor", "state 'Note unknown trigger type' leads to 'All triggers started'"),
        ("unknown StartAt", "the definition starts at 'Nowhere', which does not exist"),
        ("unreachable state", "state 'Orphan' is never reached"),
        ("missing End", "state 'Start Glue job run' has neither Next nor End, expected one of them"),
        ("Next and End", "state 'Start Glue job run' has Next and End, expected one of them"),
        ("States.ALL not last in Catch", "state 'Start nested execution': States.ALL in Catch[0] is not alone, or not"),
        ("States.ALL not alone", "state 'Start Glue job run': States.ALL in Catch[1] is not alone, or not last"),
        ("States.ALL not last in Retry", "state 'Start Glue job run': States.ALL in Retry[0] is not alone, or not"),
        (
            "path under a plain key",
            "state 'Start Glue job run': Parameters.JobName is '$.request.JobName', a path under",
        ),
        ("text under a key with .$", "state 'Start Glue job run': Parameters.JobName.$ is 'job', expected a path or"),
        ("no catch-all", "task 'Send message to MWAA trigger queue' does not catch every error"),
        ("no timeout", "task 'Send message to MWAA trigger queue' has no TimeoutSeconds"),
    ],
)
def test_own_checks_name_the_place(variant: str, problem: str) -> None:
    assert [line for line in definition_checks.problems(VARIANTS[variant]) if line.startswith(problem)]


def test_name_may_be_used_once_on_all_levels() -> None:
    inner = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    definition = {"StartAt": "A", "States": {"A": {"Type": "Map", "ItemProcessor": inner, "End": True}}}
    (problem,) = definition_checks.problems(json.dumps(definition))
    assert problem.startswith("state 'A' appears twice")


def test_name_beyond_ascii_is_refused() -> None:
    definition = {"StartAt": "\u00e4", "States": {"\u00e4": {"Type": "Pass", "End": True}}}
    (problem,) = definition_checks.problems(json.dumps(definition))
    assert problem.endswith("has characters beyond printable ASCII")
