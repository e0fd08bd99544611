"""The committed definition passes every gate; every broken variant is caught, most of them without Node."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.definition_linters import TEXT, VARIANTS, gates
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


def test_every_variant_is_another_definition() -> None:
    assert len(VARIANTS) >= 25
    assert len({*VARIANTS.values(), TEXT}) == len(VARIANTS) + 1
