"""A version in the code bucket: what is there, and writing to it without overwriting what came in between."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orchestration.errors import OrchestrationError

CONFIG = "orchestration/workflow_config.json"
"""Where a version has its configuration."""


class DeploymentError(OrchestrationError):
    """Nothing, or not all, was uploaded. Who deploys acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One object to be written.

    Attributes:
        state: what it is compared with what is there: ``new``, ``changed`` or ``unchanged``, which is not written.
        condition: S3's condition for the write, so that what came in between is not overwritten:
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
        """Where it is."""
        return f"s3://{self.bucket}/code/{self.version}"

    def key(self, name: str) -> str:
        """Key of one of its objects."""
        return f"code/{self.version}/{name}"

    def get(self, key: str) -> tuple[bytes | None, str]:
        """An object's body and ETag, or None where there is no such object."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None, ""
            raise DeploymentError(
                f"s3://{self.bucket}/{key}: {error}; deploying needs s3:GetObject and s3:ListBucket"
            ) from error
        return answer["Body"].read(), answer["ETag"]

    def manifest(self) -> dict[str, Any] | None:
        """What was released, or None: a release is whole once its manifest is there."""
        text, _ = self.get(self.key("manifest.json"))
        return None if text is None else dict(json.loads(text))

    def running_config(self) -> tuple[bytes | None, str]:
        """The newest configuration of any other version, which this one would follow, and its key."""
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
            DeploymentError: it was written by somebody else in between, or may not be written.
        """
        try:
            self.client.put_object(
                Bucket=self.bucket, Key=one.key, Body=one.body, ContentType=one.content_type, **one.condition
            )
        except ClientError as error:
            where = f"s3://{self.bucket}/{one.key}"
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise DeploymentError(f"{where}: {error}; deploying needs s3:PutObject") from error
            if self.get(one.key)[0] == one.body:
                return  # an upload that was interrupted is taken up again
            raise DeploymentError(
                f"{where}: somebody wrote another one, at this moment or in an upload that was never finished; find out who, "
                f"and for code delete {self.uri}/ or raise the version, then deploy again"
            ) from error
