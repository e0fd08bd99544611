"""The configuration's sources, on moto's S3 and SSM, counting the calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from orchestration.configuration.loader import ConfigLoader, LoadedConfig
from orchestration.errors import ConfigUnavailableError
from orchestration.settings import Settings
from orchestration.values import strictjson

URI = "s3://bucket/config.json"
WORKFLOWS: dict[str, Any] = {"workflows": {"j": {}}}


class Aws:
    """S3 and SSM with one bucket, and what was asked of them."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.ssm = boto3.client("ssm", region_name="us-east-1")
        self.s3.create_bucket(Bucket="bucket")
        self.asked: list[tuple[int, bool]] = []
        self.s3.meta.events.register("after-call.s3.GetObject", self._note)
        self.loader = ConfigLoader(self.s3, lambda: self.ssm)

    def _note(self, http_response: Any, parsed: Any, **_: Any) -> None:
        self.asked.append((http_response.status_code, "Body" in parsed))

    def upload(self, document: Any) -> None:
        body = document if isinstance(document, str) else json.dumps(document)
        self.s3.put_object(Bucket="bucket", Key="config.json", Body=body.encode())

    def parameter(self, document: Any) -> None:
        value = document if isinstance(document, str) else json.dumps(document)
        self.ssm.put_parameter(Name="/config", Value=value, Type="String", Overwrite=True)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield Aws()


def has_workflows(config: LoadedConfig) -> bool:
    return bool(config.document["workflows"])


def settings(*, uri: str = URI, ssm: str = "", require: bool = False) -> Settings:
    return Settings(config_s3_uri=uri, config_ssm_parameter=ssm, require_config=require)


def test_s3(aws: Aws) -> None:
    aws.upload(WORKFLOWS)
    loaded = aws.loader.load(settings(), has_workflows)
    assert (loaded.document, loaded.source, loaded.warnings) == (WORKFLOWS, URI, ())
    assert loaded.version == hashlib.sha256(json.dumps(WORKFLOWS).encode()).hexdigest()[:16]


def test_unchanged_object_costs_one_304_and_no_parse(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.upload(WORKFLOWS)
    first = aws.loader.load(settings(), has_workflows)

    def refuse(_: Any) -> Any:
        raise AssertionError("parsed again")

    monkeypatch.setattr(strictjson, "loads", refuse)
    second = aws.loader.load(settings(), has_workflows)
    assert second.document is first.document
    assert aws.asked == [(200, True), (304, False)]


def test_an_upload_takes_effect_at_once(aws: Aws) -> None:
    aws.upload(WORKFLOWS)
    first = aws.loader.load(settings(), has_workflows)
    aws.upload({"workflows": {"k": {}}})
    second = aws.loader.load(settings(), has_workflows)
    assert second.document == {"workflows": {"k": {}}}
    assert second.version != first.version
    aws.upload(WORKFLOWS)
    assert aws.loader.load(settings(), has_workflows).version == first.version


def test_invalid_text_is_not_cached(aws: Aws) -> None:
    aws.upload("{")
    for _ in range(2):
        loaded = aws.loader.load(settings(), has_workflows)
        assert loaded.source == "default"
        assert any("it is not JSON" in warning for warning in loaded.warnings)
    assert [status for status, _ in aws.asked] == [200, 200]
    aws.upload(WORKFLOWS)
    assert aws.loader.load(settings(), has_workflows).source == URI


def test_the_cache_is_keyed_by_uri(aws: Aws) -> None:
    aws.upload(WORKFLOWS)
    aws.loader.load(settings(), has_workflows)
    aws.s3.put_object(Bucket="bucket", Key="other.json", Body=b'{"workflows": {"o": {}}}')
    assert aws.loader.load(settings(uri="s3://bucket/other.json"), has_workflows).document == {"workflows": {"o": {}}}
    assert aws.loader.load(settings(), has_workflows).document == WORKFLOWS


def test_ssm_follows_s3(aws: Aws) -> None:
    aws.parameter(WORKFLOWS)
    loaded = aws.loader.load(settings(ssm="/config"), has_workflows)
    assert (loaded.document, loaded.source) == (WORKFLOWS, "ssm:/config")
    assert "cannot load the configuration from S3" in loaded.warnings[0]
    assert aws.loader.load(settings(uri="", ssm="/config"), has_workflows).warnings == ()


def test_the_empty_default_follows_ssm(aws: Aws) -> None:
    loaded = aws.loader.load(settings(ssm="/nowhere"), has_workflows)
    assert (loaded.document, loaded.source) == ({"workflows": {}}, "default")
    assert len(loaded.warnings) == 3


@pytest.mark.parametrize("document", ["[]", "{}", '{"workflows": []}', "x", '{"workflows": NaN}'])
def test_invalid_document_is_a_load_failure(aws: Aws, document: str) -> None:
    aws.upload(document)
    assert aws.loader.load(settings(), has_workflows).source == "default"
    with pytest.raises(ConfigUnavailableError, match="REQUIRE_CONFIG is set"):
        aws.loader.load(settings(require=True), has_workflows)


def test_required_config_accepts_s3_or_nonempty_ssm(aws: Aws) -> None:
    with pytest.raises(ConfigUnavailableError, match="NoSuchKey"):
        aws.loader.load(settings(require=True), has_workflows)
    aws.parameter({"workflows": {}})
    with pytest.raises(ConfigUnavailableError, match="SSM parameter /config has no triggers for the event"):
        aws.loader.load(settings(ssm="/config", require=True), has_workflows)
    aws.parameter(WORKFLOWS)
    assert aws.loader.load(settings(ssm="/config", require=True), has_workflows).source == "ssm:/config"
    aws.upload({"workflows": {}})
    assert aws.loader.load(settings(ssm="/config", require=True), has_workflows).source == URI
    assert aws.loader.load(settings(ssm="/config"), has_workflows).warnings == ()
    with pytest.raises(ConfigUnavailableError, match="neither WORKFLOW_CONFIG_S3_URI nor"):
        aws.loader.load(settings(uri="", require=True), has_workflows)


def test_invalid_uri_is_a_load_failure(aws: Aws) -> None:
    loaded = aws.loader.load(settings(uri="https://bucket/key"), has_workflows)
    assert any("found 'https://bucket/key', expected s3://bucket/key" in warning for warning in loaded.warnings)


def test_unknown_top_level_field_is_a_warning(aws: Aws) -> None:
    aws.upload({**WORKFLOWS, "workflow": {}})
    loaded = aws.loader.load(settings(), has_workflows)
    assert loaded.source == URI
    assert "workflow: unknown field" in loaded.warnings[0]


def test_last_good_configuration_outlives_a_bad_upload(aws: Aws) -> None:
    aws.upload(WORKFLOWS)
    aws.loader.load(settings(require=True), has_workflows)
    aws.upload("{")
    aws.parameter({"workflows": {"other": {}}})
    loaded = aws.loader.load(settings(ssm="/config", require=True), has_workflows)
    assert (loaded.document, loaded.source) == (WORKFLOWS, URI)
    assert "the router uses the last configuration that it read from S3" in loaded.warnings[1]


def test_last_good_configuration_without_the_job_is_passed_over(aws: Aws) -> None:
    aws.upload({"workflows": {}})
    aws.loader.load(settings(require=True), has_workflows)
    aws.s3.delete_object(Bucket="bucket", Key="config.json")
    with pytest.raises(
        ConfigUnavailableError, match=r"the last configuration from S3 .* has no triggers for the event"
    ):
        aws.loader.load(settings(require=True), has_workflows)
    aws.parameter(WORKFLOWS)
    assert aws.loader.load(settings(ssm="/config", require=True), has_workflows).source == "ssm:/config"


def test_ssm_client_is_created_for_a_fallback_only(aws: Aws) -> None:
    aws.upload(WORKFLOWS)
    created: list[str] = []

    def client() -> Any:
        created.append("ssm")
        return aws.ssm

    loader = ConfigLoader(aws.s3, client)
    loader.load(settings(ssm="/config"), has_workflows)
    assert created == []
    aws.s3.delete_object(Bucket="bucket", Key="config.json")
    loader.load(settings(ssm="/config"), has_workflows)
    assert created == ["ssm"]


def test_recorded_s3_version_can_be_loaded_again(aws: Aws) -> None:
    aws.s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    aws.upload(WORKFLOWS)
    first = aws.loader.load(settings(), has_workflows)
    aws.upload({"workflows": {}})
    aws.loader.load(settings(), has_workflows)
    assert first.version_id
    assert aws.loader.load_version(URI, first.version, first.version_id, settings()).document == WORKFLOWS


def test_recorded_ssm_version_can_be_loaded_again(aws: Aws) -> None:
    aws.parameter(WORKFLOWS)
    first = aws.loader.load(settings(uri="", ssm="/config"), has_workflows)
    aws.parameter({"workflows": {}})
    assert first.version_id == "1"
    assert aws.loader.load_version("ssm:/config", first.version, "1", settings()).document == WORKFLOWS


def test_lost_version_raises_with_both_digests(aws: Aws) -> None:
    aws.upload(WORKFLOWS)
    first = aws.loader.load(settings(), has_workflows)
    aws.upload({"workflows": {}})
    second = aws.loader.load(settings(), has_workflows)
    with pytest.raises(ConfigUnavailableError, match=f"found digest {second.version}, expected {first.version}"):
        aws.loader.load_version(URI, first.version, "", settings())
    with pytest.raises(ConfigUnavailableError, match="version 9, which started a part of the event"):
        aws.loader.load_version(URI, first.version, "9", settings())
