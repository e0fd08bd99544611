"""Loads the workflow configuration on every invocation: S3, else SSM Parameter Store, else the empty default.

An upload takes effect with the next event. An unchanged object costs one conditional GET, which S3 answers with 304 and
no body, and no parse: docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (If-None-Match).
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orchestration import strictjson
from orchestration.errors import ConfigError, ConfigUnavailableError
from orchestration.settings import Settings
from orchestration.workflows import check_document

log = logging.getLogger(__name__)

LOG_CONFIG_FALLBACK = "Failed to load workflow config from %s (%s): %s"
"""Log line that the alarm config-fallback matches (terraform/alarms.tf)."""

_UNAVAILABLE = (BotoCoreError, ClientError, ConfigError, strictjson.StrictJSONError)


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration that the router can use.

    Attributes:
        document: the parsed JSON object; its ``workflows`` is an object.
        source: ``s3://bucket/key``, ``ssm:<parameter>`` or ``default``.
        version: digest of the text, or empty for the default. It does not depend on upload or encryption.
        warnings: problems that did not prevent the load.
    """

    document: dict[str, Any]
    source: str
    version: str
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class ConfigLoader:
    """Loads the configuration, and caches the last valid one for each URI.

    Attributes:
        s3: boto3 S3 client.
        ssm: boto3 SSM client.
    """

    s3: Any
    ssm: Any
    _cache: dict[str, tuple[str, LoadedConfig]] = field(default_factory=dict)

    def load(self, settings: Settings) -> LoadedConfig:
        """Load the configuration for this invocation, and log its source.

        Raises:
            ConfigUnavailableError: ``REQUIRE_CONFIG`` is set and neither S3 nor SSM has a usable configuration.
        """
        reasons: list[str] = []
        config = None
        if settings.config_s3_uri:
            config = self._attempt(self._from_s3, settings.config_s3_uri, "S3", reasons)
        if config is None and settings.config_ssm_parameter:
            config = self._attempt(self._from_ssm, settings.config_ssm_parameter, "SSM", reasons)
            if config is not None and settings.require_config and not config.document["workflows"]:
                reasons.append(f"SSM parameter {settings.config_ssm_parameter} has no workflows")
                config = None
        if config is None and settings.require_config:
            raise ConfigUnavailableError(
                "no workflow configuration is available, and REQUIRE_CONFIG is set: "
                + ("; ".join(reasons) or "neither WORKFLOW_CONFIG_S3_URI nor WORKFLOW_CONFIG_SSM_PARAMETER is set")
            )
        if config is None:
            config = LoadedConfig({"workflows": {}}, "default", "")
            reasons.append("the router uses the empty default configuration, so nothing will be triggered")
            log.warning("Loaded workflow config from default: it is empty, nothing will be triggered")
        return LoadedConfig(config.document, config.source, config.version, (*config.warnings, *reasons))

    def _attempt(self, load: Any, address: str, store: str, reasons: list[str]) -> LoadedConfig | None:
        try:
            config: LoadedConfig = load(address)
        except _UNAVAILABLE as error:
            reasons.append(f"cannot load the configuration from {store} ({address}): {error}")
            log.warning(LOG_CONFIG_FALLBACK, store, address, error)
            return None
        log.info("Loaded workflow config from %s: %s (version %s)", store, address, config.version)
        return config

    def _from_s3(self, uri: str) -> LoadedConfig:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        if not uri.startswith("s3://") or not bucket or not key:
            raise ConfigError(f"WORKFLOW_CONFIG_S3_URI: found {uri!r}, expected s3://bucket/key")
        etag, cached = self._cache.get(uri, ("", None))
        condition = {} if cached is None else {"IfNoneMatch": etag}
        try:
            answer = self.s3.get_object(Bucket=bucket, Key=key, **condition)
        except ClientError as error:
            if cached is not None and error.response["ResponseMetadata"]["HTTPStatusCode"] == 304:
                return cached
            if error.response["Error"]["Code"] in ("AccessDenied", "403"):
                raise ConfigError(
                    f"{error}. S3 also answers this if the object does not exist, because the router may not list the "
                    f"bucket. Check that {uri} exists (deploy.sh uploads it). Then check s3:GetObject of the router's role, "
                    "the bucket's policy and its key"
                ) from error
            raise
        config = _parse(answer["Body"].read(), uri)
        # Not before the parse: S3 would answer 304 for an invalid text, and the router would never report it again.
        self._cache[uri] = (answer["ETag"], config)
        return config

    def _from_ssm(self, name: str) -> LoadedConfig:
        parameter = self.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        return _parse(parameter["Value"].encode(), f"ssm:{name}")


def _parse(text: bytes, source: str) -> LoadedConfig:
    document = strictjson.loads(text)
    warnings = tuple(f"configuration {source}: {problem}" for problem in check_document(document))
    return LoadedConfig(document, source, hashlib.sha256(text).hexdigest()[:16], warnings)
