"""Routes events in one process and prints the processor time of each: a program of ``bench.routing``.

Runs with the router's zip and Python of the Lambda runtime, so it imports nothing else of the project. Standard input is a JSON
list of cases ``{name, configurations, events, job_names, event, clients}``; ``configurations`` are paths of which each is one
upload, and each uploaded file serves ``events`` events. The output is ``{name: [milliseconds of each event]}``.
"""

from __future__ import annotations

import gc
import io
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from orchestration.configuration.loader import ConfigLoader
from orchestration.router import Router
from orchestration.settings import Settings

WARM_UP = 5
SETTINGS = Settings(
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m",
    region="us-west-1",
    config_s3_uri="s3://bucket/key",
    require_config=True,
    mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/queue",
)
_STARTED = b'{"executionArn": "arn:aws:states:us-west-1:123456789012:execution:m:name", "startDate": 1767225600}'


class Store:
    """The object of the configuration; the ETag changes with each upload."""

    def __init__(self) -> None:
        self.text, self.etag = b"", ""

    def upload(self, path: str) -> None:
        """Use the file as the object."""
        self.text, self.etag = Path(path).read_bytes(), f'"{path}-{len(self.etag)}"'


def _no_ssm() -> Any:
    raise AssertionError("the configuration is in S3")


class ObjectClient:
    """Answers as the S3 and Step Functions clients do, without botocore."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def get_object(self, IfNoneMatch: str = "", **_: str) -> Any:  # noqa: N803 - boto3's parameter
        """The object, or a 304."""
        if IfNoneMatch == self.store.etag:
            raise ClientError({"Error": {"Code": "304"}, "ResponseMetadata": {"HTTPStatusCode": 304}}, "GetObject")
        return {"Body": io.BytesIO(self.store.text), "ETag": self.store.etag, "VersionId": "v"}

    def start_execution(self, **_: str) -> dict[str, Any]:
        """The answer of a new execution."""
        return {}


def botocore_client(service: str, store: Store) -> Any:
    """A client of botocore that signs and serializes as always; only the network is replaced."""
    client = _SESSION.create_client(service, region_name="us-west-1")

    def answer(request: Any, **_: Any) -> AWSResponse:
        headers = {"etag": store.etag, "x-amz-version-id": "v", "content-type": "application/x-amz-json-1.0"}
        if service == "stepfunctions":
            return AWSResponse(request.url, 200, headers, _Raw(_STARTED))
        if request.headers.get("If-None-Match", b"") in (store.etag, store.etag.encode()):
            return AWSResponse(request.url, 304, headers, _Raw(b""))
        return AWSResponse(request.url, 200, headers | {"content-length": str(len(store.text))}, _Raw(store.text))

    client.meta.events.register("before-send", answer)
    return client


_SESSION = botocore.session.get_session()


class _Raw(io.BytesIO):
    """A response body with the part of urllib3's interface that botocore uses."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.read()


def measure(case: dict[str, Any]) -> list[float]:
    """Milliseconds of processor time for each event of one case."""
    gc.collect()
    gc.freeze()  # as the handler does when its clients exist
    store = Store()
    if case["clients"] == "botocore":
        s3, step_functions = botocore_client("s3", store), botocore_client("stepfunctions", store)
    else:
        s3 = step_functions = ObjectClient(store)
    router, number, found = Router(ConfigLoader(s3, _no_ssm), step_functions), 0, []
    for path in case["configurations"]:
        store.upload(path)
        for _ in range(case["events"]):
            event = case["event"] | {
                "job_name": case["job_names"][number % len(case["job_names"])],
                "job_run_id": f"run-{number}",
            }
            payload: Any = {"Records": [{"Sns": {"MessageId": "m", "TopicArn": "arn:t", "Message": json.dumps(event)}}]}
            began = time.process_time()
            router.route(payload, f"request-{number}", SETTINGS)
            found.append(1000 * (time.process_time() - began))
            number += 1
    return found


def main() -> None:
    """Measure each case of standard input."""
    logging.disable(logging.CRITICAL)
    json.dump({case["name"]: measure(case) for case in json.load(sys.stdin)}, sys.stdout)


if __name__ == "__main__":
    main()
