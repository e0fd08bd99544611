"""Plans of an upload: a release does not change, and a configuration that git does not know is not overwritten."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine
from operations.stack.code_bucket import CONFIG, DeploymentError, Release
from operations.stack.upload import check_released, open_release, plan_code, plan_config

NUMBERS = count()
MANIFEST: dict[str, Any] = {"packages": {"router": {"content": "1"}}, "statemachines": {"m.asl.json": "2"}}
ZIPS = {"router": b"zip"}


@pytest.fixture
def release(engine: Engine, environment: None) -> Release:
    bucket, client = f"upload-{next(NUMBERS)}", engine.client("s3")
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": engine.region})
    return open_release(bucket, "1.1.0", engine.region)


def put(release: Release, *uploads: Any) -> None:
    for one in uploads:
        release.put(one)


@pytest.fixture
def committed(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that commits texts of a configuration one after the other, and returns its path."""

    def make(*texts: bytes) -> Path:
        path = tmp_path / "workflow_config.json"
        git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run([*git, "init", "-q"], check=True)
        for text in texts:
            path.write_bytes(text)
            subprocess.run([*git, "add", "."], check=True)
            subprocess.run([*git, "commit", "-qm", "c"], check=True)
        return path

    return make


def test_missing_bucket_has_advice(engine: Engine, environment: None) -> None:
    with pytest.raises(DeploymentError, match=r"bucket nowhere: does not exist. Correct --account=, --env=, --region="):
        open_release("nowhere", "1.0.0", engine.region)


def test_code_is_new_once_and_the_manifest_last(release: Release) -> None:
    plan = plan_code(release, MANIFEST, ZIPS)
    assert [(one.key, one.state) for one in plan] == [
        ("code/1.1.0/router.zip", "new"),
        ("code/1.1.0/manifest.json", "new"),
    ]
    assert {one.condition["IfNoneMatch"] for one in plan} == {"*"}
    put(release, *plan)
    assert [one.state for one in plan_code(release, MANIFEST, ZIPS)] == ["unchanged", "unchanged"]
    assert release.manifest() == MANIFEST


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"packages": {"router": {"content": "9"}}}, "router.zip"),
        ({"statemachines": {"m.asl.json": "9"}}, "m.asl.json"),
        ({"packages": {"router": {"content": "9"}}, "statemachines": {"n": "1"}}, "router.zip, n"),
        ({"packages": {"router": {"content": "1"}, "new": {"content": "1"}}}, "new.zip"),
    ],
)
def test_release_does_not_change(release: Release, changed: dict[str, Any], names: str) -> None:
    put(release, *plan_code(release, MANIFEST, ZIPS))
    with pytest.raises(DeploymentError, match=f"version 1.1.0 is already released, with other content in {names}. A"):
        plan_code(release, MANIFEST | changed, ZIPS)


def test_configuration_needs_released_code(release: Release) -> None:
    with pytest.raises(DeploymentError, match=r"version 1.1.0 was never deployed here"):
        check_released(release)
    put(release, *plan_code(release, MANIFEST, ZIPS))
    check_released(release)


def test_configuration_is_new_changed_or_unchanged(release: Release, committed: Callable[..., Path]) -> None:
    path = committed(b"{}", b'{"a": 1}')
    plan = plan_config(release, path)
    assert (plan.key, plan.state, plan.body) == (f"code/1.1.0/{CONFIG}", "new", b'{"a": 1}')
    assert plan.condition == {"IfNoneMatch": "*"}
    put(release, plan)
    assert plan_config(release, path).state == "unchanged"
    path.write_bytes(b'{"a": 2}')
    changed = plan_config(release, path)
    assert (changed.state, list(changed.condition)) == ("changed", ["IfMatch"])
    put(release, changed)


def test_configuration_outside_git_is_kept(release: Release, committed: Callable[..., Path]) -> None:
    path, theirs = committed(b"{}"), b'{"theirs": 1}'
    digest = hashlib.sha256(theirs).hexdigest()[:16]
    place = {"Bucket": release.bucket, "Key": release.key(CONFIG)}
    release.client.put_object(**place, Body=theirs)
    with pytest.raises(DeploymentError) as refused:
        plan_config(release, path)
    text = str(refused.value)
    assert text.startswith(
        f"s3://{release.bucket}/code/1.1.0/{CONFIG}: the remote configuration ({digest}) would be lost"
    )
    assert "someone edited it outside git" in text
    assert text.endswith(f"--overwrite-digest={digest}")
    assert plan_config(release, path, digest).state == "changed"
    with pytest.raises(DeploymentError):
        plan_config(release, path, "0" * 16)


def test_configuration_of_the_version_before_is_kept(release: Release, committed: Callable[..., Path]) -> None:
    path = committed(b"{}")
    release.client.put_object(Bucket=release.bucket, Key=f"code/1.0.0/{CONFIG}", Body=b'{"theirs": 1}')
    with pytest.raises(DeploymentError, match=f"code/1.0.0/{CONFIG}: the remote configuration"):
        plan_config(release, path)
    release.client.put_object(Bucket=release.bucket, Key=f"code/1.0.0/{CONFIG}", Body=b"{}")
    assert plan_config(release, path).state == "new"


def test_missing_file_and_missing_repository_are_one_line(release: Release, tmp_path: Path) -> None:
    path = tmp_path / "workflow_config.json"
    with pytest.raises(DeploymentError, match=r"No such file or directory. Name the workflow configuration"):
        plan_config(release, path)
    path.write_bytes(b"{}")
    release.client.put_object(Bucket=release.bucket, Key=release.key(CONFIG), Body=b'{"theirs": 1}')
    with pytest.raises(DeploymentError, match=r"cannot read the git history of .*not a git repository"):
        plan_config(release, path)


def test_shallow_checkout_names_the_command(release: Release, committed: Callable[..., Path], tmp_path: Path) -> None:
    path, shallow = committed(b"{}", b'{"a": 1}'), tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{tmp_path}", shallow], check=True)
    release.client.put_object(Bucket=release.bucket, Key=release.key(CONFIG), Body=b"{}")
    assert plan_config(release, path).state == "changed"
    with pytest.raises(DeploymentError, match=r"the checkout is shallow. Run: git fetch --unshallow"):
        plan_config(release, shallow / path.name)


def test_missing_git_is_one_line(
    release: Release, committed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = committed(b"{}")
    release.client.put_object(Bucket=release.bucket, Key=release.key(CONFIG), Body=b'{"theirs": 1}')
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DeploymentError, match=r"git: No such file or directory"):
        plan_config(release, path)
