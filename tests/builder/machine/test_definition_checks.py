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
