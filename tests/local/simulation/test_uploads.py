"""An uploaded configuration gets its new targets, once, and its problems are printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from local.simulation.uploads import UploadedConfiguration
from local.stack import object_address, upload_config

JOB = {"type": "glue_job", "job_name": "a"}


@pytest.fixture
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        yield started


@pytest.fixture
def uploaded(engine: Engine) -> UploadedConfiguration:
    return UploadedConfiguration(Simulator.deploy(engine, {"workflows": {"job": {"on_success": [JOB]}}}))


def upload(uploaded: UploadedConfiguration, document: Any) -> list[str]:
    simulator = uploaded.simulator
    text = document if isinstance(document, str) else json.dumps(document)
    upload_config(simulator.engine, simulator.stack.config_uri, text)
    return list(uploaded.lines())


def test_new_targets_are_created_once(uploaded: UploadedConfiguration) -> None:
    assert list(uploaded.lines()) == []
    document = {"workflows": {"job": {"on_success": [JOB, {"type": "glue_job", "job_name": "b"}]}}}
    assert upload(uploaded, document) == ["UPLOADED  configuration with 1 workflows, 1 new targets"]
    assert list(uploaded.lines()) == []
    uploaded.simulator.engine.client("glue").get_job(JobName="b")


def test_problems_are_printed_and_the_other_targets_created(uploaded: UploadedConfiguration) -> None:
    first, *problems = upload(
        uploaded, {"workflows": {"job": {"on_success": [{"type": "glue"}, {**JOB, "job_name": "c"}]}}}
    )
    assert first == "UPLOADED  configuration with 1 workflows, 1 new targets, 1 problems; run: orchestrator validate"
    assert len(problems) == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"workflows": []}'])
def test_unusable_configuration_keeps_the_last_one(uploaded: UploadedConfiguration, text: str) -> None:
    before = uploaded.simulator.document
    (line,) = upload(uploaded, text)
    assert line.startswith("UPLOADED  configuration: the router cannot use it: ")
    assert uploaded.simulator.document is before


def test_deleted_configuration_is_noticed_when_it_returns(uploaded: UploadedConfiguration) -> None:
    simulator = uploaded.simulator
    simulator.engine.client("s3").delete_object(**object_address(simulator.stack.config_uri))
    with pytest.raises(simulator.engine.client("s3").exceptions.NoSuchKey):
        list(uploaded.lines())
