"""Every patch has a probe, and the engine removes its patches when it closes."""

from __future__ import annotations

import importlib

import pytest
from moto.sns.models import Subscription

from local.engine.engine import run_engine
from local.engine.patches import PATCHES, PERFORMANCE, Patch


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_patch_has_a_probe_next_to_those_of_its_module(patch: Patch) -> None:
    package, _, module = patch.apply.__module__.rpartition(".")
    tests = importlib.import_module(f"tests.{package}.test_{module}")
    assert patch.name in [probe.__name__ for probe in tests.PROBES]


def test_names_are_unique_and_performance_patches_exist() -> None:
    names = [patch.name for patch in PATCHES]
    assert len(set(names)) == len(names)
    assert set(PERFORMANCE) == {name for name in names if name in PERFORMANCE}


def test_closing_the_engine_removes_the_patches() -> None:
    before = Subscription.publish
    with run_engine():
        assert Subscription.publish is not before
    assert Subscription.publish is before
