"""LocalStack's ValidateStateMachineDefinition accepts the committed definitions and refuses broken ones."""

from __future__ import annotations

import json

import pytest

from tests.builder.machine.definition_linters import VARIANTS
from tests.localstack.cases import read
from tests.localstack.server import LocalStack

DEFINITIONS = ("downstream_orchestrator", "downstream_orchestrator_waiting", "join_deadline")


@pytest.mark.parametrize("name", DEFINITIONS)
def test_committed_definition_is_valid(server: LocalStack, name: str) -> None:
    answer = server.client().validate_state_machine_definition(definition=json.dumps(read(name)))
    assert (answer["result"], answer["diagnostics"]) == ("OK", [])


@pytest.mark.parametrize(
    "variant", ["duplicate key", "unknown Type", "missing States", "unknown States error", "not JSON"]
)
def test_broken_definition_is_refused(server: LocalStack, variant: str) -> None:
    answer = server.client().validate_state_machine_definition(definition=VARIANTS[variant])
    assert answer["result"] == "FAIL"
