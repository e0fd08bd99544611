"""Each patch is needed: without it moto does what the patch says that it does. Fails once moto no longer needs it."""

from __future__ import annotations

import pytest

from local.engine import run_engine
from local.patches import PATCHES
from tests.local.patch_probes import services, step_functions

PROBES = {
    probe.__name__: probe
    for probe in (
        step_functions.service_casing,
        step_functions.cached_clients,
        step_functions.json_path_results,
        step_functions.atomic_start,
        step_functions.executions_of_versions,
        step_functions.retry_counts,
        step_functions.any_account,
        step_functions.service_error_names,
        step_functions.mock_config_file,
        step_functions.validated_definitions,
        step_functions.listed_versions,
        services.queue_attributes,
        services.transport_conditions,
        services.logging_config,
        services.functions_in_workers,
        services.sns_to_lambda,
        services.missing_event_bus,
    )
}


def test_every_patch_has_a_probe() -> None:
    assert [patch.name for patch in PATCHES] == list(PROBES)


@pytest.mark.parametrize("name", list(PROBES))
def test_with_the_patch(name: str) -> None:
    with run_engine() as engine:
        assert PROBES[name](engine)


# Without its patch, moto looks for Docker and leaves the connection open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", list(PROBES))
def test_moto_still_needs_the_patch(name: str) -> None:
    with run_engine(without_patch=name) as engine:
        assert not PROBES[name](engine), f"moto no longer needs {name}: remove it from local/patches"


def test_patches_are_taken_back() -> None:
    from moto.sns.models import Subscription  # noqa: PLC0415

    before = Subscription.publish
    with run_engine():
        assert Subscription.publish is not before
    assert Subscription.publish is before


def test_one_engine_at_a_time() -> None:
    with run_engine(), pytest.raises(RuntimeError, match="an engine is running"), run_engine():
        pass
