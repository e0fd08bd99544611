"""Reads the router's configuration from S3 or SSM, and writes it; each failure is one line."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from local.engine.engine import Engine
from operations.stack.deployed_configuration import read_configuration, write_configuration
from orchestration.errors import ConfigUnavailableError
from orchestration.settings import Settings

DATA = '{"workflows": {"é": {}}}'.encode()
SETTINGS = Settings(
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m",
    region="us-west-1",
    config_s3_uri="s3://configurations/a/b.json",
)
SSM = replace(SETTINGS, config_s3_uri="", config_ssm_parameter="/a/b")


@pytest.fixture(autouse=True)
def bucket(engine: Engine, environment: None) -> None:
    location = {"LocationConstraint": engine.region}
    if not engine.client("s3").list_buckets()["Buckets"]:
        engine.client("s3").create_bucket(Bucket="configurations", CreateBucketConfiguration=location)


def test_written_configuration_is_read() -> None:
    write_configuration(SETTINGS, DATA)
    found = read_configuration(SETTINGS)
    assert (found.data, found.source) == (DATA, SETTINGS.config_s3_uri)
    assert found.version == hashlib.sha256(DATA).hexdigest()[:16]


def test_parameter_is_read_without_an_object(engine: Engine) -> None:
    engine.client("ssm").put_parameter(Name="/a/b", Value=DATA.decode(), Type="SecureString")
    found = read_configuration(SSM)
    assert (found.data, found.source, len(found.version)) == (DATA, "ssm:/a/b", 16)


def test_object_wins_over_the_parameter() -> None:
    write_configuration(SETTINGS, b"{}")
    assert read_configuration(replace(SETTINGS, config_ssm_parameter="/a/b")).data == b"{}"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (replace(SETTINGS, config_s3_uri="s3://configurations/none"), "configuration s3://configurations/none: "),
        (replace(SETTINGS, config_s3_uri="s3://nowhere/none"), "configuration s3://nowhere/none: "),
        (replace(SSM, config_ssm_parameter="/none"), "configuration ssm:/none: "),
        (replace(SSM, config_ssm_parameter=""), "the router has no configuration: WORKFLOW_CONFIG_S3_URI is empty"),
    ],
)
def test_missing_configuration_names_its_source(settings: Settings, words: str) -> None:
    with pytest.raises(ConfigUnavailableError) as failed:
        read_configuration(settings)
    assert str(failed.value).startswith(words)


@pytest.mark.parametrize("settings", [SETTINGS, SSM], ids=["s3", "ssm"])
def test_unreachable_service_names_the_source(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    source = settings.config_s3_uri or "ssm:/a/b"
    with pytest.raises(ConfigUnavailableError, match=f"configuration {source}: Could not connect"):
        read_configuration(settings)
    with pytest.raises(ConfigUnavailableError, match=r"configuration s3://configurations/a/b.json: Could not connect"):
        write_configuration(SETTINGS, DATA)


def test_refused_write_names_the_object() -> None:
    settings = replace(SETTINGS, config_s3_uri="s3://nowhere/a/b.json")
    with pytest.raises(ConfigUnavailableError, match=r"configuration s3://nowhere/a/b.json: .*NoSuchBucket"):
        write_configuration(settings, DATA)
