"""``orchestrator upload``: a release's code and the configuration into the code bucket. ``deploy.sh`` calls it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import ClientError

from builder import package
from cli.io import DEFAULT_CONFIG
from operations.code_bucket import CONFIG, DeploymentError, Release, Upload


def upload(  # noqa: PLR0913 - one parameter an option
    *,
    bucket: Annotated[str, typer.Option(help="The code bucket: {prefix}-{account}-{env}-code-{region}.")],
    version: Annotated[str, typer.Option(help="The release: objects go under code/{version}/.")],
    region: Annotated[str, typer.Option(help="The bucket's region.")],
    config: Annotated[Path, typer.Option(help="The workflow configuration.")] = DEFAULT_CONFIG,
    config_only: Annotated[bool, typer.Option("--config-only", help="Leave the code alone.")] = False,
    overwrite_digest: Annotated[
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
    release = Release(client, bucket, version)
    released = release.manifest()
    if config_only and released is None:
        raise DeploymentError(
            f"{release.uri}: version {version} was never deployed here, so nothing reads its configuration; name the "
            "version that runs with --version="
        )
    planned = [] if config_only else _code(release, released)
    planned.insert(len(planned) - 1, _config(release, config, overwrite_digest))
    for one in planned:
        if one.state != "unchanged" and not dry_run:
            release.put(one)
        verb = "unchanged" if one.state == "unchanged" else "would upload" if dry_run else "uploaded"
        typer.echo(f"{verb} s3://{bucket}/{one.key} ({len(one.body):,} bytes)")


def _code(release: Release, released: dict[str, Any] | None) -> list[Upload]:
    """The packages, and the manifest last."""
    packages = [package.build(name) for name in package.FUNCTIONS]
    manifest = package.manifest(release.version, packages)
    different = [] if released is None else _different(released, manifest)
    if different:
        raise DeploymentError(
            f"{release.uri}: version {release.version} is released already, with other content in {', '.join(different)}: "
            "a release does not change; raise the version in pyproject.toml, or name another with --version="
        )
    bodies = {f"{one.name}.zip": (one.body, "application/zip") for one in packages}
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


def _different(released: dict[str, Any], built: dict[str, Any]) -> list[str]:
    """Names of packages and generated files whose content is not the released one; the zips' bytes may be."""
    packages = [
        f"{name}.zip"
        for name, one in built["packages"].items()
        if released["packages"].get(name, {}).get("content") != one["content"]
    ]
    files = [name for name, digest in built["statemachines"].items() if released["statemachines"].get(name) != digest]
    return packages + files


def _config(release: Release, path: Path, overwrite_digest: str) -> Upload:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise DeploymentError(f"{path}: {error.strerror}; expected the workflow configuration") from error
    key = release.key(CONFIG)
    remote, etag = release.get(key)
    # A new version's configuration follows that of the version before: what was changed there by hand is not dropped either.
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


def _check_history(text: bytes, uri: str, path: Path, overwrite_digest: str) -> None:
    """Refuse to follow a configuration that ``path`` never was in this checkout's history: somebody else changed it."""
    digest = hashlib.sha256(text).hexdigest()[:16]
    # git names a text by its digest.
    blob = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
    if digest == overwrite_digest:
        return
    listed, problem = _git(path, "rev-list", "--objects", "HEAD", "--", path.name)
    if any(line.startswith(blob) for line in listed.splitlines()):
        return
    if not problem and _git(path, "rev-parse", "--is-shallow-repository")[0].strip() == "true":
        problem = "this checkout is shallow: git fetch --unshallow"
    found = (
        f"of {path}'s history nothing is known ({problem})"
        if problem
        else (f"{path} was never that in this checkout's history: somebody changed it")
    )
    raise DeploymentError(
        f"{uri}: the configuration there ({digest}) would be lost; {found}. Fetch it (aws s3 cp {uri} FILE), take over what it "
        f"has, then deploy with --overwrite-digest={digest}"
    )


def _git(path: Path, *arguments: str) -> tuple[str, str]:
    """What git says about the folder of ``path``, and in one line why it says nothing."""
    command = ["git", "-C", str(path.resolve().parent), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, no input of others
    except OSError as error:
        return "", f"git: {error.strerror}"
    return answer.stdout, "" if answer.returncode == 0 else answer.stderr.partition("\n")[0]


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
