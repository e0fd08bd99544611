"""Reads and writes a release in the code bucket without overwriting concurrent changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orchestration.errors import OrchestrationError

CONFIG = "orchestration/workflow_config.json"
"""Key of the configuration within a version."""


class DeploymentError(OrchestrationError):
    """The upload failed or is incomplete. The person who deploys acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One object to write.

    Attributes:
        state: ``new``, ``changed``, or ``unchanged``, which is not written.
        condition: S3's condition for the write, which fails if another upload came in between:
            docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
    """

    key: str
    body: bytes
    content_type: str
    state: str
    condition: dict[str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """A version in the code bucket.

    Attributes:
        client: boto3 S3 client.
    """

    client: Any
    bucket: str
    version: str

    @property
    def uri(self) -> str:
        """S3 URI of the release."""
        return f"s3://{self.bucket}/code/{self.version}"

    def key(self, name: str) -> str:
        """Key of an object in the release."""
        return f"code/{self.version}/{name}"

    def get(self, key: str) -> tuple[bytes | None, str]:
        """Body and ETag of an object, or None if it does not exist."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None, ""
            raise DeploymentError(
                f"s3://{self.bucket}/{key}: {error}. Deploying needs s3:GetObject and s3:ListBucket."
            ) from error
        return answer["Body"].read(), answer["ETag"]

    def manifest(self) -> dict[str, Any] | None:
        """Manifest of the release, or None: a release is complete when its manifest exists.

        Raises:
            DeploymentError: it cannot be read, or is not a manifest.
        """
        text, _ = self.get(self.key("manifest.json"))
        if text is None:
            return None
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if isinstance(found, dict) and all(isinstance(found.get(one), dict) for one in ("packages", "statemachines")):
            return found
        raise DeploymentError(
            f"s3://{self.bucket}/{self.key('manifest.json')}: is not a release's manifest. Raise the version in "
            "pyproject.toml, or pass another one with --version=."
        )

    def running_config(self) -> tuple[bytes | None, str]:
        """Newest configuration of the other versions, and its key."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix="code/")
        found = [
            one
            for page in pages
            for one in page.get("Contents", [])
            if one["Key"].endswith(f"/{CONFIG}") and one["Key"] != self.key(CONFIG)
        ]
        if not found:
            return None, ""
        newest: str = max(found, key=lambda one: one["LastModified"])["Key"]
        return self.get(newest)[0], newest

    def put(self, one: Upload) -> None:
        """Write an object.

        Raises:
            DeploymentError: another upload wrote the object in between, or access is denied.
        """
        try:
            self.client.put_object(
                Bucket=self.bucket, Key=one.key, Body=one.body, ContentType=one.content_type, **one.condition
            )
        except ClientError as error:
            where = f"s3://{self.bucket}/{one.key}"
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise DeploymentError(f"{where}: {error}. Deploying needs s3:PutObject.") from error
            if self.get(one.key)[0] == one.body:
                return  # resume an interrupted upload
            raise DeploymentError(
                f"{where}: a concurrent or interrupted upload wrote different content. Find its author. For code, delete "
                f"{self.uri}/ or raise the version, then deploy again."
            ) from error
