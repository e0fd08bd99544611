"""Every patch works, and moto still needs it.

All probes share one engine, which starts without patches. Each test resets moto's state and applies the patches that it
tests.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.sns.models import Subscription

from local.engine.engine import Engine, run_engine
from local.engine.patches import PATCHES, apply_patches
from tests.local.engine.patch_probes import performance, services, step_functions

PROBES = {
    probe.__name__: probe
    for probe in (
        step_functions.service_casing,
        step_functions.cached_clients,
        step_functions.json_path_results,
        performance.parsed_definitions,
        performance.message_counts,
        performance.parsed_result_paths,
        performance.parsed_event_paths,
        performance.service_modules,
        performance.ended_executions,
        step_functions.atomic_start,
        step_functions.executions_of_versions,
        step_functions.retry_counts,
        step_functions.any_account,
        step_functions.service_error_names,
        step_functions.synchronous_job_runs,
        step_functions.described_executions,
        step_functions.state_sizes,
        services.atomic_updates,
        services.parallel_deletions,
        step_functions.job_run_states,
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


def test_closing_the_engine_removes_the_patches() -> None:
    before = Subscription.publish
    with run_engine():
        assert Subscription.publish is not before
    assert Subscription.publish is before


@pytest.fixture(scope="module")
def unpatched_engine() -> Iterator[Engine]:
    with run_engine(patches=()) as engine:
        yield engine


@pytest.fixture
def empty_engine(unpatched_engine: Engine) -> Engine:
    moto_api_backend.reset()
    return unpatched_engine


@pytest.mark.parametrize("name", list(PROBES))
def test_probe_passes_with_the_patch(empty_engine: Engine, name: str) -> None:
    with apply_patches(empty_engine.patch_context):
        assert PROBES[name](empty_engine)


# Without functions_in_workers, moto looks for Docker and leaves the connection open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", list(PROBES))
def test_probe_fails_without_the_patch(empty_engine: Engine, name: str) -> None:
    others = [patch for patch in PATCHES if patch.name != name]
    with apply_patches(empty_engine.patch_context, others):
        assert not PROBES[name](empty_engine), f"{name}: moto no longer needs this patch. Remove it from local/patches."
    gc.collect()  # Otherwise the warning about the open connection would fail a later test.


def test_second_engine_in_one_process_is_refused(unpatched_engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="an engine is running"), run_engine():
        pass
