"""Each item type that the router writes has its service call, and each call its own state."""

from __future__ import annotations

import botocore.session
import pytest

from builder.machine.integrations import INTEGRATIONS
from builder.machine.mocks import sample_input
from orchestration.triggers import REGISTRY
from orchestration.triggers.base import ServiceIntegration

SERVICES = {"states": "stepfunctions"}
"""Service in a state's resource to botocore's name, where they differ."""

each_integration = pytest.mark.parametrize("integration", INTEGRATIONS.values(), ids=list(INTEGRATIONS))


def test_items_of_the_router_have_the_types_of_the_machine() -> None:
    assert [item.to_json()["type"] for item in sample_input().items] == list(INTEGRATIONS)
    assert list(INTEGRATIONS) == [*(trigger.TYPE for trigger in REGISTRY), "batch"]


def test_batch_starts_an_execution_of_the_orchestrator() -> None:
    batch = INTEGRATIONS["batch"]
    assert batch.resource == "states:startExecution"
    assert batch.state == "Start execution for a batch of triggers"


def test_each_type_has_a_state_of_its_own() -> None:
    assert len({integration.state for integration in INTEGRATIONS.values()}) == len(INTEGRATIONS)


@each_integration
def test_operation_of_the_resource_exists(integration: ServiceIntegration) -> None:
    service, operation = integration.resource.removeprefix("aws-sdk:").split(":")
    model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    # In a resource, the operation begins with a lower-case letter.
    assert f"{operation[0].upper()}{operation[1:]}" in model.operation_names
