"""Regions and accounts in the ARNs and URLs of targets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestration.aws_partitions import PARTITIONS
from orchestration.settings import Settings
from orchestration.values.validation import ValidationProblem


def other_region(region: str, settings: Settings) -> bool:
    """True if ``region`` is not the state machine's. A service integration stays in the state machine's region."""
    return bool(settings.region and region and region != settings.region)


def other_account(path: str, target: str, settings: Settings) -> Iterator[ValidationProblem]:
    """Refuse a target in an account that ``settings.only_account`` excludes."""
    queue = _QUEUE_ACCOUNT.match(target)
    account = target.split(":")[4] if target.startswith("arn:") else queue[1] if queue else ""
    if settings.only_account and account not in ("", settings.only_account):
        yield ValidationProblem(
            path,
            f"found account {account}, expected {settings.only_account}. Write ${{aws.account}}, or name a target in it",
            code="other-account",
        )


_QUEUE_ACCOUNT = re.compile(r"https?://[^/]+/([0-9]+)/")
_SUFFIX = "|".join(re.escape(partition.dns_suffix) for partition in PARTITIONS.values())
_QUEUE_HOST = re.compile(rf"https?://(?:sqs\.(?P<new>[a-z0-9-]+)|(?P<old>[a-z0-9-]+)\.queue)\.(?:{_SUFFIX})(?=[:/]|$)")


def queue_region(url: str) -> str:
    """Region in an SQS queue's URL; empty if the URL has none, as on a local engine."""
    match = _QUEUE_HOST.match(url)
    return "" if match is None else match["new"] or match["old"]
