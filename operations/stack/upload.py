"""Plans the upload of a release; refuses to lose a configuration change that git does not have."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from operations.stack.code_bucket import CONFIG, DeploymentError, Release, Upload


def open_release(bucket: str, version: str, region: str) -> Release:
    """Check that the code bucket can be used, and return the release in it.

    Raises:
        DeploymentError: the bucket does not exist, is in another region, or access is denied.
    """
    client = boto3.client("s3", region_name=region, config=Config(retries={"mode": "standard"}))
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        advice = {
            301: "is in another region. Correct --region=.",
            403: "access denied. Check the credentials and the account.",
            404: "does not exist. Correct --account=, --env=, --region= or --prefix=, or create it: "
            f"aws s3 mb s3://{bucket} --region {region}",
        }
        raise DeploymentError(f"bucket {bucket}: {advice.get(status, str(error))}") from error
    return Release(client, bucket, version)


def plan_code(release: Release, manifest: Mapping[str, Any], zips: Mapping[str, bytes]) -> list[Upload]:
    """Plan the upload of the function packages, and of the manifest last.

    Args:
        release: the version in the code bucket.
        manifest: description of the packages and the generated files.
        zips: function name to zip file.

    Raises:
        DeploymentError: the version is released with other content.
    """
    released = release.manifest()
    changed = [] if released is None else _changed(released, manifest)
    if changed:
        raise DeploymentError(
            f"{release.uri}: version {release.version} is already released, with other content in {', '.join(changed)}. "
            "A release does not change. Raise the version in pyproject.toml, or pass another one with --version=."
        )
    bodies = {f"{name}.zip": (body, "application/zip") for name, body in zips.items()}
    bodies["manifest.json"] = ((json.dumps(manifest, indent=2) + "\n").encode(), "application/json")
    return [
        Upload(
            key=release.key(name),
            body=body,
            content_type=content_type,
            state="new" if released is None else "unchanged",
            condition={"IfNoneMatch": "*"},
        )
        for name, (body, content_type) in bodies.items()
    ]


def plan_config(release: Release, path: Path, overwrite_digest: str = "") -> Upload:
    """Plan the upload of the configuration.

    Args:
        release: the version in the code bucket.
        path: the configuration, in a git repository.
        overwrite_digest: digest of a remote configuration that may be overwritten although git does not know it.

    Raises:
        DeploymentError: the remote configuration is not in the git history of ``path``.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise DeploymentError(f"{path}: {error.strerror}. Name the workflow configuration.") from error
    key = release.key(CONFIG)
    remote, etag = release.get(key)
    # A new version starts from the configuration of the version before it: a change made there must not be lost either.
    known, where = (remote, key) if remote is not None else release.running_config()
    if known not in (None, body):
        _check_history(known or b"", f"s3://{release.bucket}/{where}", path, overwrite_digest)
    return Upload(
        key=key,
        body=body,
        content_type="application/json",
        state="new" if remote is None else "unchanged" if remote == body else "changed",
        condition={"IfMatch": etag} if remote is not None else {"IfNoneMatch": "*"},
    )


def check_released(release: Release) -> None:
    """Refuse to upload a configuration for a version without code.

    Raises:
        DeploymentError: the version was never deployed.
    """
    if release.manifest() is None:
        raise DeploymentError(
            f"{release.uri}: version {release.version} was never deployed here, so no router reads its configuration. Pass the "
            "deployed version with --version=."
        )


def _changed(released: Mapping[str, Any], built: Mapping[str, Any]) -> list[str]:
    """Names of packages and generated files whose content differs; the bytes of the zips may differ."""
    packages = [
        f"{name}.zip"
        for name, one in built["packages"].items()
        if released["packages"].get(name, {}).get("content") != one["content"]
    ]
    files = [name for name, digest in built["statemachines"].items() if released["statemachines"].get(name) != digest]
    return packages + files


def _check_history(text: bytes, uri: str, path: Path, overwrite_digest: str) -> None:
    """Refuse to overwrite a configuration that is not in the git history of ``path``: someone else edited it."""
    digest = hashlib.sha256(text).hexdigest()[:16]
    if digest == overwrite_digest:
        return
    # git names a text by the SHA-1 of its header and content.
    blob = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
    # An environment may have changed from workflow_config.json to workflow_config.ENV.json.
    listed, problem = _git(path, "rev-list", "--objects", "HEAD", "--", path.name, "workflow_config*.json")
    if any(line.startswith(blob) for line in listed.splitlines()):
        return
    if not problem and _git(path, "rev-parse", "--is-shallow-repository")[0].strip() == "true":
        problem = "the checkout is shallow. Run: git fetch --unshallow"
    found = (
        f"cannot read the git history of {path} ({problem})"
        if problem
        else f"this content is not in the git history of {path}: someone edited it outside git"
    )
    raise DeploymentError(
        f"{uri}: the remote configuration ({digest}) would be lost; {found}. Fetch it (aws s3 cp {uri} FILE), merge its "
        f"changes, then deploy with --overwrite-digest={digest}"
    )


def _git(path: Path, *arguments: str) -> tuple[str, str]:
    """Output of git in the folder of ``path``, and its error in one line."""
    command = ["git", "-C", str(path.resolve().parent), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, no input of others
    except OSError as error:
        return "", f"git: {error.strerror}"
    return answer.stdout, "" if answer.returncode == 0 else answer.stderr.partition("\n")[0]
