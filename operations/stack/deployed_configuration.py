"""Reads and writes the text of a deployed router's configuration."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import usable_document
from orchestration.errors import ConfigError, ConfigUnavailableError
from orchestration.settings import Settings
from orchestration.values import strictjson


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedConfiguration:
    """The configuration that the router would load now.

    Attributes:
        data: its bytes.
        source: ``s3://bucket/key`` or ``ssm:<parameter>``.
        version: digest of the text, as the router reports it.
    """

    data: bytes
    source: str
    version: str


def read_configuration(settings: Settings) -> DeployedConfiguration:
    """Read the configuration from S3, or from SSM if the router has no S3 object.

    Raises:
        ConfigUnavailableError: it cannot be read. The text names the source and the reason.
    """
    uri, parameter = settings.config_s3_uri, settings.config_ssm_parameter
    if not uri and not parameter:
        raise ConfigUnavailableError(
            "the router has no configuration: WORKFLOW_CONFIG_S3_URI is empty. Run terraform apply"
        )
    source = uri or f"ssm:{parameter}"
    try:
        if uri:
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            data = boto3.client("s3", region_name=settings.region).get_object(Bucket=bucket, Key=key)["Body"].read()
        else:
            ssm = boto3.client("ssm", region_name=settings.region)
            data = ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"].encode()
    except (ClientError, BotoCoreError) as error:
        raise ConfigUnavailableError(f"configuration {source}: {error}") from error
    return DeployedConfiguration(data=data, source=source, version=hashlib.sha256(data).hexdigest()[:16])


def loaded_configuration(settings: Settings) -> LoadedConfig:
    """The configuration as the router reads it.

    Raises:
        ConfigUnavailableError: it cannot be read.
        ConfigError: it is not JSON, or has no workflows.
    """
    deployed = read_configuration(settings)
    try:
        document, _ = usable_document(strictjson.loads(deployed.data))
        return LoadedConfig(document, deployed.source, deployed.version).under(settings)
    except (ConfigError, strictjson.StrictJSONError) as error:
        raise ConfigError(f"configuration {deployed.source}: {error}") from error


def write_configuration(settings: Settings, data: bytes) -> None:
    """Upload a configuration to the router's S3 object.

    Raises:
        ConfigUnavailableError: it cannot be written.
    """
    bucket, _, key = settings.config_s3_uri.removeprefix("s3://").partition("/")
    try:
        boto3.client("s3", region_name=settings.region).put_object(Bucket=bucket, Key=key, Body=data)
    except (ClientError, BotoCoreError) as error:
        raise ConfigUnavailableError(f"configuration {settings.config_s3_uri}: {error}") from error
