"""Addresses where names are expected, and regions that do not exist."""

from __future__ import annotations

import pytest

from analysis.warnings.targets import REGIONS
from tests.analysis.warnings.configurations import GLUE, QUEUE, codes

QUEUE_URL = "sqs.us-west-1.amazonaws.com/123456789012/q"


def test_regions_come_from_the_sdk() -> None:
    assert {"us-east-1", "cn-north-1", "us-gov-west-1"} <= set(REGIONS)


@pytest.mark.parametrize(
    "name",
    ["arn:aws:glue:us-west-1:123456789012:job/x", "s3://bucket/x.py", "x.py", "x.scala", "https://example.com/x"],
)
def test_address_or_file_is_no_name(name: str) -> None:
    assert codes({**GLUE, "job_name": name}) == ["address-as-name"]
    assert codes(QUEUE, **{name: {"on_success": [QUEUE]}}) == ["address-as-name"]


@pytest.mark.parametrize("name", ["load.orders", "python", "s3_load", "arn", "load orders", "py.load"])
def test_dots_and_words_are_names(name: str) -> None:
    assert codes({**GLUE, "job_name": name}) == []


def test_wildcard_in_a_target_is_a_warning() -> None:
    assert codes({**GLUE, "job_name": "load_*"}) == ["wildcard-in-name"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"https://{QUEUE_URL}", []),
        (f"http://{QUEUE_URL}", ["url-without-tls"]),
        ("http://localhost:4566/123456789012/q", []),
        (f"https://{QUEUE_URL}".replace("west-1", "wset-1"), ["unknown-region"]),
    ],
)
def test_url_of_a_queue_has_tls_and_a_known_region(url: str, code: list[str]) -> None:
    assert codes({**QUEUE, "queue_url": url}) == code
