"""Warnings about targets: an address in a field for a name, an unknown region, a URL without TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from orchestration.aws_partitions import PARTITIONS
from orchestration.triggers import BY_TYPE
from orchestration.triggers._addresses import queue_region
from orchestration.values.strictjson import JsonObject
from orchestration.values.validation import ValidationProblem

_ARN_REGION = re.compile(r"^arn:[a-z-]+:[a-z]+:(?P<region>[a-z0-9-]+):")
_WITHOUT_TLS = re.compile(r"^http://[^/]*\.amazonaws\.com(?:\.cn)?/")
_ADDRESS = re.compile(r"^(?:arn:|s3[an]?://|https?://)")
_FILE = re.compile(r"\.(?:py|scala|jar|sql|ipynb|json|sh)$")

_NAMES = {
    "job_name": "a Glue job's name",
    "dag_id": "a DAG's id",
    "publish_as": "a job name",
}
"""Field to the name that it expects."""
_ADDRESSES = {name for trigger in BY_TYPE.values() for name in trigger.ADDRESSES}


def warnings(entry: JsonObject, path: str) -> Iterator[ValidationProblem]:
    """Warnings about the fields of one trigger that name its target."""
    for name, value in entry.items():
        if not isinstance(value, str):
            continue
        if name in _NAMES:
            place = f"{path}.{name}"
            yield from address_problem(value, _NAMES[name], place)
            if "*" in value:
                message = f"found {value!r:.80}. The field has no wildcards, so the target has exactly this name"
                yield ValidationProblem(place, f"{message}. Write one trigger for each target", code="wildcard-in-name")
        elif name in _ADDRESSES:
            arn = _ARN_REGION.match(value)
            region = arn["region"] if arn else queue_region(value)
            if region:
                yield from _region(region, f"{path}.{name}")
            if _WITHOUT_TLS.match(value):
                message = f"found {value!r:.80}, which sends messages without TLS. Write https://"
                yield ValidationProblem(f"{path}.{name}", message, code="url-without-tls")
        elif name == "region" and value:
            yield from _region(value, f"{path}.region")


def address_problem(
    text: str, expected: str, path: str, *, at: Literal["key", "value"] = "value"
) -> Iterator[ValidationProblem]:
    """The warning of an ARN, URL or file where a name is expected."""
    address, file = _ADDRESS.match(text), _FILE.search(text)
    if not address and not file:
        return
    name = re.split(r"[:/]", text.rstrip("/"))[-1]
    name = _FILE.sub("", name)
    kind = "an address" if address else "a file"
    message = (
        f"found {text!r:.80}, which looks like {kind}, expected {expected}. Write {name!r:.80} if that is the name"
    )
    yield ValidationProblem(path, message, at=at, code="address-as-name")


def _region(region: str, path: str) -> Iterator[ValidationProblem]:
    if region not in REGIONS and "${" not in region:
        message = f"found region {region!r:.80}, which the AWS SDK does not know"
        yield ValidationProblem(path, message, found=region, options=REGIONS, code="unknown-region")


REGIONS = tuple(region for partition in PARTITIONS.values() for region in partition.regions)
"""Regions of every partition."""
