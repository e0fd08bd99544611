"""``orchestrator upload``: a release's code and the configuration into the code bucket. ``deploy.sh`` calls it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import ClientError

from builder import package
from cli.validate import DEFAULT_CONFIG
from orchestration.errors import OrchestrationError


class DeploymentError(OrchestrationError):
    """Nothing, or not all, was uploaded. Who deploys acts."""


_CONFIG_KEY = "orchestration/workflow_config.json"


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


def upload(  # noqa: PLR0913 - one parameter an option
    *,
    bucket: Annotated[str, typer.Option(help="The code bucket: {prefix}-{account}-{env}-code-{region}.")],
    version: Annotated[str, typer.Option(help="The release: objects go under code/{version}/.")],
    region: Annotated[str, typer.Option(help="The bucket's region.")],
    config: Annotated[Path, typer.Option(help="The workflow configuration.")] = DEFAULT_CONFIG,
    config_only: Annotated[bool, typer.Option("--config-only", help="Leave the code alone.")] = False,
    replacing: Annotated[
        str,
        typer.Option(
            help="Digest of a configuration in the bucket that this checkout does not know and may overwrite."
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be uploaded.")] = False,
) -> None:
    """Upload a release's code and the configuration.

    A released version's code is never overwritten with other code, nor a configuration that this checkout's history does not
    have: somebody else uploaded it.

    Exit 0: uploaded, or already there; 2: refused, or bad input.
    """
    client = boto3.client("s3", region_name=region, config=Config(retries={"mode": "standard"}))
    _check_bucket(client, bucket, region)
    prefix = f"code/{version}"
    planned = [] if config_only else _code(client, bucket, prefix, version)
    planned.insert(len(planned) - 1, _config(client, bucket, f"{prefix}/{_CONFIG_KEY}", config, replacing))
    for one in planned:
        if one.state != "unchanged" and not dry_run:
            _put(client, bucket, one)
        verb = "unchanged" if one.state == "unchanged" else "would upload" if dry_run else "uploaded"
        typer.echo(f"{verb} s3://{bucket}/{one.key} ({len(one.body):,} bytes)")


def _code(client: Any, bucket: str, prefix: str, version: str) -> list[Upload]:
    """The packages, and the manifest last: a release is whole once its manifest is there."""
    packages = [package.build(name) for name in package.FUNCTIONS]
    manifest = package.manifest(version, packages)
    released, _ = _get(client, bucket, f"{prefix}/manifest.json")
    if released is not None:
        different = _different(json.loads(released), manifest)
        if different:
            raise DeploymentError(
                f"s3://{bucket}/{prefix}: version {version} is released already, with other content in {', '.join(different)}: "
                "a release does not change; raise the version in pyproject.toml, or name another with --version="
            )
    state = "new" if released is None else "unchanged"
    bodies = {f"{one.name}.zip": (one.body, "application/zip") for one in packages}
    bodies["manifest.json"] = (released or (json.dumps(manifest, indent=2) + "\n").encode(), "application/json")
    return [
        Upload(
            key=f"{prefix}/{name}",
            body=body,
            content_type=content_type,
            state=state,
            condition={"IfNoneMatch": "*"} if name == "manifest.json" else {},
        )
        for name, (body, content_type) in bodies.items()
    ]


def _different(released: dict[str, Any], built: dict[str, Any]) -> list[str]:
    """Names of packages and generated files whose content is not the released one; the zips' bytes may be."""
    packages = [
        f"{name}.zip"
        for name, one in built["packages"].items()
        if released["packages"].get(name, {}).get("content") != one["content"]
    ]
    files = [name for name, digest in built["statemachines"].items() if released["statemachines"].get(name) != digest]
    return packages + files


def _config(client: Any, bucket: str, key: str, path: Path, replacing: str) -> Upload:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise DeploymentError(f"{path}: {error.strerror}; expected the workflow configuration") from error
    remote, etag = _get(client, bucket, key)
    digest = "" if remote is None else hashlib.sha256(remote).hexdigest()[:16]
    if remote not in (None, body) and digest != replacing and not _in_history(remote or b"", path):
        raise DeploymentError(
            f"s3://{bucket}/{key}: the configuration there ({digest}) is none that {path} ever was in this checkout's history: "
            f"somebody changed it. Fetch it (aws s3 cp s3://{bucket}/{key} FILE), take over what it has, then deploy with "
            f"--replacing={digest}"
        )
    return Upload(
        key=key,
        body=body,
        content_type="application/json",
        state="new" if remote is None else "unchanged" if remote == body else "changed",
        condition={"IfMatch": etag} if remote is not None else {"IfNoneMatch": "*"},
    )


def _in_history(text: bytes, path: Path) -> bool:
    """Whether ``path`` had this very text in a commit of the checkout; git names texts by their digest."""
    blob = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
    command = ["git", "-C", str(path.resolve().parent), "rev-list", "--objects", "HEAD", "--", path.name]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, no input of others
    except OSError:
        return False  # no git: nothing is known of the history
    return any(line.startswith(blob) for line in listed.stdout.splitlines())


def _get(client: Any, bucket: str, key: str) -> tuple[bytes | None, str]:
    """The object's body and ETag, or None where there is no such object."""
    try:
        answer = client.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return None, ""
        raise DeploymentError(
            f"s3://{bucket}/{key}: {error}; deploying needs s3:GetObject and s3:ListBucket"
        ) from error
    return answer["Body"].read(), answer["ETag"]


def _put(client: Any, bucket: str, one: Upload) -> None:
    try:
        client.put_object(Bucket=bucket, Key=one.key, Body=one.body, ContentType=one.content_type, **one.condition)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
            raise DeploymentError(
                f"s3://{bucket}/{one.key}: somebody wrote it at the same moment; look who, and deploy again"
            ) from error
        raise DeploymentError(f"s3://{bucket}/{one.key}: {error}; deploying needs s3:PutObject") from error


def _check_bucket(client: Any, bucket: str, region: str) -> None:
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        advice = {
            301: "it is in another region: correct --region=",
            403: "these credentials may not use it, or it belongs to another account",
            404: f"it is not there: correct --account=, --env=, --region= or --prefix=, or make it (aws s3 mb s3://{bucket} "
            f"--region {region})",
        }
        raise DeploymentError(f"bucket {bucket}: {advice.get(status, str(error))}") from error
