"""``orchestrator upload``: uploads a release's code and the configuration. ``deploy.sh`` calls it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.io import DEFAULT_CONFIG


def upload(  # noqa: PLR0913 - one parameter an option
    *,
    bucket: Annotated[str, typer.Option(help="Code bucket: {prefix}-{account}-{env}-code-{region}.")],
    version: Annotated[str, typer.Option(help="Version of the release; objects go under code/{version}/.")],
    region: Annotated[str, typer.Option(help="Region of the bucket.")],
    config: Annotated[Path, typer.Option(help="Workflow configuration.")] = DEFAULT_CONFIG,
    config_only: Annotated[bool, typer.Option("--config-only", help="Upload the configuration only.")] = False,
    overwrite_digest: Annotated[
        str, typer.Option(help="Overwrite the remote configuration that has this digest.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the uploads and change nothing.")] = False,
) -> None:
    """Upload a release and its configuration.

    The command never overwrites released code with other code. It never overwrites a configuration that is not in the git
    history of the file.

    \b
    Exit codes:
      0  uploaded, or already up to date
      2  refused, or bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from builder import package  # noqa: PLC0415 - boto3, which --help does not need
    from operations.stack.upload import check_released, open_release, plan_code, plan_config  # noqa: PLC0415

    release = open_release(bucket, version, region)
    if config_only:
        check_released(release)
        uploads = [plan_config(release, config, overwrite_digest)]
    else:
        packages = [package.build(name) for name in package.FUNCTIONS]
        manifest = package.manifest(version, packages)
        *code, last = plan_code(release, manifest, {one.name: one.body for one in packages})
        # The manifest is last: a release is complete when it exists.
        uploads = [*code, plan_config(release, config, overwrite_digest), last]
    for one in uploads:
        if one.state != "unchanged" and not dry_run:
            release.put(one)
        verb = "unchanged" if one.state == "unchanged" else "would upload" if dry_run else "uploaded"
        typer.echo(f"{verb} s3://{bucket}/{one.key} ({len(one.body):,} bytes)")
