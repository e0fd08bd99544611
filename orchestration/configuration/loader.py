"""Loads the workflow configuration on every invocation: S3, else SSM Parameter Store, else the empty default.

An upload takes effect with the next event. An unchanged object costs one conditional GET, which S3 answers with 304 and
no body, and no parse: docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (If-None-Match).

If ``REQUIRE_CONFIG`` is set, a fallback must have triggers for the event. First comes the last configuration from S3 that
this execution environment read, then SSM. Otherwise the router raises, so that Lambda retries and the event is not lost.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError, ResponseStreamingError
from urllib3.exceptions import HTTPError

from orchestration.configuration.workflows import ConfiguredTrigger, read_document, triggers_for, usable_document
from orchestration.errors import ConfigError, ConfigUnavailableError, DeadlineError
from orchestration.event.kinds import JOIN_KINDS, EventKind
from orchestration.settings import Settings
from orchestration.values import strictjson

if TYPE_CHECKING:
    from orchestration.aws import GetObjectAnswer, S3Client, SsmClient
    from orchestration.values.strictjson import JsonObject

log = logging.getLogger(__name__)

LOG_CONFIG_FALLBACK = "Failed to load workflow config from %s (%s): %s"
"""Log line that the alarm config-fallback matches (terraform/alarms.tf)."""

_UNAVAILABLE = (BotoCoreError, ClientError, ConfigError, DeadlineError, HTTPError, strictjson.StrictJSONError)
_BROKEN_BODY = (HTTPClientError, IncompleteReadError, ResponseStreamingError, HTTPError)


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration that the router can use.

    Attributes:
        document: the parsed JSON object; its ``workflows`` is an object.
        source: ``s3://bucket/key``, ``ssm:<parameter>`` or ``default``.
        version: digest of the text, or empty for the default. It does not depend on upload or encryption.
        version_id: S3 VersionId or SSM version, with which the same text can be read again; empty if it has none.
        warnings: problems that did not prevent the load.
    """

    document: JsonObject
    source: str
    version: str
    version_id: str = ""
    warnings: tuple[str, ...] = ()
    _read: dict[tuple[str, EventKind, Settings], list[ConfiguredTrigger] | None] = field(
        default_factory=dict, compare=False, repr=False
    )
    _under: dict[Settings, LoadedConfig] = field(default_factory=dict, compare=False, repr=False)

    def under(self, settings: Settings) -> LoadedConfig:
        """The configuration with the names of the settings' deployment. They are filled once."""
        if settings not in self._under:
            document, problems, _ = read_document(self.document, settings)
            warnings = tuple(f"configuration {self.source}: {problem}" for problem in problems)
            self._under[settings] = replace(self, document=document, warnings=warnings)
        return self._under[settings]

    def triggers(self, job_name: str, event_kind: EventKind, settings: Settings) -> list[ConfiguredTrigger] | None:
        """Triggers of one workflow, as ``workflows.triggers_for``. An unchanged workflow is validated once."""
        if job_name not in strictjson.object_at(self.document, "workflows") and event_kind not in JOIN_KINDS:
            return None  # not cached: events may name any number of jobs
        key = (job_name, event_kind, settings)
        if key not in self._read:
            self._read[key] = triggers_for(self.document, job_name, event_kind, settings)
        return self._read[key]


Usable = Callable[[LoadedConfig], bool]
"""True if a configuration has triggers for the event."""


@dataclass(slots=True, eq=False, repr=False)
class ConfigLoader:
    """Loads the configuration, and caches the last valid one for each URI.

    Attributes:
        s3: boto3 S3 client.
        ssm: returns a boto3 SSM client. Few invocations need one, and its creation slows the cold start.
    """

    s3: S3Client
    ssm: Callable[[], SsmClient]
    _cache: dict[str, tuple[str, LoadedConfig]] = field(default_factory=dict)

    def load(self, settings: Settings, usable: Usable) -> LoadedConfig:
        """Load the configuration for this invocation, and log its source.

        Args:
            settings: the router's environment.
            usable: with ``REQUIRE_CONFIG``, a fallback without triggers for the event is passed over.

        Raises:
            ConfigUnavailableError: ``REQUIRE_CONFIG`` is set, S3 has no usable configuration, and no fallback has triggers
                for the event.
        """

        def fits(config: LoadedConfig) -> bool:
            return usable(config.under(settings))

        reasons: list[str] = []
        uri, parameter = settings.config_s3_uri, settings.config_ssm_parameter
        config = self._attempt(self._from_s3, uri, "S3", reasons) if uri else None
        if config is None and settings.require_config:
            config = self._last_good(uri, fits, reasons)
        if config is None and parameter:
            config = self._attempt(self._from_ssm, parameter, "SSM", reasons)
            if config is not None and settings.require_config and not fits(config):
                reasons.append(f"SSM parameter {parameter} has no triggers for the event")
                config = None
        if config is None and settings.require_config:
            raise ConfigUnavailableError(
                "no workflow configuration is available for the event, and REQUIRE_CONFIG is set: "
                + ("; ".join(reasons) or "neither WORKFLOW_CONFIG_S3_URI nor WORKFLOW_CONFIG_SSM_PARAMETER is set")
            )
        if config is None:
            config = LoadedConfig({"workflows": {}}, "default", "")
            reasons.append("the router uses the empty default configuration, so nothing will be triggered")
            log.warning("Loaded workflow config from default: it is empty, nothing will be triggered")
        config = config.under(settings)
        return replace(config, warnings=(*config.warnings, *reasons))

    def load_version(self, source: str, version: str, version_id: str, settings: Settings) -> LoadedConfig:
        """Load exactly the configuration that an earlier delivery recorded.

        Args:
            source: ``s3://bucket/key`` or ``ssm:<parameter>``.
            version: digest of the text.
            version_id: S3 VersionId or SSM version; may be empty if the bucket keeps no versions.
            settings: the router's environment, for the names of the deployment.

        Raises:
            ConfigUnavailableError: that version cannot be read.
        """
        _, cached = self._cache.get(source, ("", None))
        if cached is not None and cached.version == version:
            return cached.under(settings)
        try:
            if source.startswith("s3://"):
                bucket, key = _address(source)
                version_of = {"VersionId": version_id} if version_id else {}
                _, body = self._get_object(Bucket=bucket, Key=key, **version_of)
                config = _parse(body, source, version_id)
            else:
                name = source.removeprefix("ssm:")
                config = self._from_ssm(f"{name}:{version_id}" if version_id else name, source)
        except _UNAVAILABLE as error:
            raise ConfigUnavailableError(
                f"configuration {source}, version {version_id or version}, which started a part of the event: {error}. Restore "
                "that version, then send the event again"
            ) from error
        if config.version != version:
            raise ConfigUnavailableError(
                f"configuration {source}: found digest {config.version}, expected {version}, which started a part of the "
                "event. The bucket keeps no versions. Upload that configuration again, then send the event again"
            )
        return config.under(settings)

    def _attempt(
        self, load: Callable[[str], LoadedConfig], address: str, store: str, reasons: list[str]
    ) -> LoadedConfig | None:
        try:
            config = load(address)
        except _UNAVAILABLE as error:
            reasons.append(f"cannot load the configuration from {store} ({address}): {error}")
            log.warning(LOG_CONFIG_FALLBACK, store, address, error)
            return None
        log.info("Loaded workflow config from %s: %s (version %s)", store, address, config.version)
        return config

    def _last_good(self, uri: str, usable: Usable, reasons: list[str]) -> LoadedConfig | None:
        """The last configuration from S3 that this execution environment read, if it has triggers for the event."""
        _, config = self._cache.get(uri, ("", None))
        if config is None:
            return None
        if not usable(config):
            reasons.append(f"the last configuration from S3 (version {config.version}) has no triggers for the event")
            return None
        reasons.append(f"the router uses the last configuration that it read from S3 (version {config.version})")
        log.warning("Loaded workflow config from memory: %s (version %s)", uri, config.version)
        return config

    def _from_s3(self, uri: str) -> LoadedConfig:
        bucket, key = _address(uri)
        etag, cached = self._cache.get(uri, ("", None))
        condition = {} if cached is None else {"IfNoneMatch": etag}
        try:
            answer, body = self._get_object(Bucket=bucket, Key=key, **condition)
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
        version_id = answer.get("VersionId", "")
        config = _parse(body, uri, "" if version_id == "null" else version_id)
        # Not before the parse: S3 would answer 304 for an invalid text, and the router would never report it again.
        self._cache[uri] = (answer["ETag"], config)
        return config

    def _get_object(self, **request: str) -> tuple[GetObjectAnswer, bytes]:
        """Answer and body of GetObject. The SDK does not retry a body that breaks off, so this method does, once."""
        answer = self.s3.get_object(**request)
        try:
            return answer, answer["Body"].read()
        except _BROKEN_BODY as error:
            bucket, key = request["Bucket"], request["Key"]
            log.warning("The body of s3://%s/%s broke off (%s); reading it again", bucket, key, error)
        answer = self.s3.get_object(**request)
        return answer, answer["Body"].read()

    def _from_ssm(self, name: str, source: str = "") -> LoadedConfig:
        parameter = self.ssm().get_parameter(Name=name, WithDecryption=True)["Parameter"]
        return _parse(parameter["Value"].encode(), source or f"ssm:{name}", str(parameter.get("Version", "")))


def _address(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise ConfigError(f"WORKFLOW_CONFIG_S3_URI: found {uri!r}, expected s3://bucket/key")
    return bucket, key


def _parse(text: bytes, source: str, version_id: str) -> LoadedConfig:
    document, _ = usable_document(strictjson.loads(text))
    return LoadedConfig(document, source, hashlib.sha256(text).hexdigest()[:16], version_id)
