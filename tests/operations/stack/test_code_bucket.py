"""A release in the code bucket: its manifest, its configuration, and writes that never overwrite another upload."""

from __future__ import annotations

import json
from itertools import count

import pytest

from local.engine.engine import Engine
from operations.stack.code_bucket import CONFIG, DeploymentError, Release, Upload

MANIFEST: dict[str, dict[str, str]] = {"packages": {}, "statemachines": {}}
NUMBERS = count()


@pytest.fixture
def release(engine: Engine) -> Release:
    bucket, client = f"code-{next(NUMBERS)}", engine.client("s3")
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": engine.region})
    return Release(client, bucket, "1.1.0")


def upload(release: Release, body: bytes, **condition: str) -> None:
    key = release.key("a.zip")
    release.put(Upload(key=key, body=body, content_type="application/zip", state="new", condition=condition))


def stored(release: Release, name: str, body: object) -> None:
    release.client.put_object(Bucket=release.bucket, Key=f"code/{name}", Body=json.dumps(body).encode())


def test_release_has_keys_and_uri(release: Release) -> None:
    assert release.key("a.zip") == "code/1.1.0/a.zip"
    assert release.uri == f"s3://{release.bucket}/code/1.1.0"


def test_missing_object_is_none(release: Release) -> None:
    assert release.get("code/none") == (None, "")
    assert release.manifest() is None


def test_unreadable_bucket_names_the_permissions(release: Release) -> None:
    elsewhere = Release(release.client, "nowhere", "1.1.0")
    with pytest.raises(DeploymentError, match=r"s3://nowhere/k: .*Deploying needs s3:GetObject and s3:ListBucket"):
        elsewhere.get("k")


def test_manifest_is_read(release: Release) -> None:
    stored(release, "1.1.0/manifest.json", MANIFEST)
    assert release.manifest() == MANIFEST


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"packages": {}}', b'{"packages": {}, "statemachines": []}'])
def test_other_text_is_no_manifest(release: Release, text: bytes) -> None:
    release.client.put_object(Bucket=release.bucket, Key=release.key("manifest.json"), Body=text)
    with pytest.raises(DeploymentError, match=r"is not a release's manifest. Raise the version"):
        release.manifest()


def test_write_is_conditional(release: Release) -> None:
    upload(release, b"ours", IfNoneMatch="*")
    body, etag = release.get(release.key("a.zip"))
    assert (body, bool(etag)) == (b"ours", True)
    upload(release, b"ours", IfNoneMatch="*")  # resumes an interrupted upload
    with pytest.raises(DeploymentError, match=r"a concurrent or interrupted upload wrote different content"):
        upload(release, b"theirs", IfNoneMatch="*")
    assert release.get(release.key("a.zip"))[0] == b"ours"
    upload(release, b"new", IfMatch=etag)
    with pytest.raises(DeploymentError, match=r"Find its author"):
        upload(release, b"late", IfMatch=etag)
    assert release.get(release.key("a.zip"))[0] == b"new"


def test_refused_write_names_the_permission(release: Release) -> None:
    with pytest.raises(DeploymentError, match=r"s3://nowhere/code/1.1.0/a.zip: .*Deploying needs s3:PutObject"):
        upload(Release(release.client, "nowhere", "1.1.0"), b"x")


def test_newest_configuration_of_other_versions_runs(release: Release) -> None:
    assert release.running_config() == (None, "")
    stored(release, f"1.1.0/{CONFIG}", "own")
    stored(release, "1.0.0/other.json", "no configuration")
    assert release.running_config() == (None, "")
    stored(release, f"1.0.0/{CONFIG}", "old")
    stored(release, f"0.9.0/{CONFIG}", "hotfix")
    dates = {
        one["Key"]: one["LastModified"] for one in release.client.list_objects_v2(Bucket=release.bucket)["Contents"]
    }
    newest = max((f"code/1.0.0/{CONFIG}", f"code/0.9.0/{CONFIG}"), key=lambda key: dates[key])
    body, key = release.running_config()
    assert (body, key) in ((b'"hotfix"', f"code/0.9.0/{CONFIG}"), (b'"old"', f"code/1.0.0/{CONFIG}"))
    assert dates[key] == dates[newest]
