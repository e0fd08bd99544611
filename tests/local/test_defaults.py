"""A command that runs the engine does not need the profile of the machine."""

from __future__ import annotations

import json
import os

import pytest

from local.defaults import EXAMPLE_CONFIG, EXAMPLE_EVENTS, clear_aws_profile_env


def test_profile_variables_are_removed_and_others_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION"):
        monkeypatch.setenv(name, "x")
    clear_aws_profile_env()
    assert [name for name in os.environ if name.startswith("AWS_") and os.environ[name] == "x"] == ["AWS_REGION"]
    clear_aws_profile_env()


def test_example_files_are_a_configuration_and_its_events() -> None:
    workflows = json.loads(EXAMPLE_CONFIG.read_text())["workflows"]
    events = [json.loads(path.read_text()) for path in sorted(EXAMPLE_EVENTS.glob("*.json"))]
    assert len(events) == 3
    assert {event["job_name"] for event in events} <= set(workflows)
