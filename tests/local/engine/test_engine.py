"""One engine runs in a process, on its port; it stops with its context and leaves nothing behind."""

from __future__ import annotations

import json
import logging
import socket

import pytest
from moto.core.config import default_user_config

from local.engine.engine import run_engine


def test_second_engine_in_one_process_is_refused() -> None:
    with run_engine() as engine:
        with pytest.raises(RuntimeError, match="an engine is running"), run_engine():
            pass
        assert engine.client("sqs").list_queues().get("QueueUrls", []) == []


def test_used_port_is_refused_and_a_new_engine_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=r"[Aa]ddress"), run_engine(port=port):
            pass
    with run_engine(port=port) as engine:
        assert engine.endpoint.endswith(f":{port}")


def test_closed_engine_restores_logging_and_configuration() -> None:
    before = (logging.getLogger("moto").level, dict(default_user_config))
    with run_engine() as engine:
        assert logging.getLogger("moto").level > logging.CRITICAL
        assert default_user_config["stepfunctions"] == {"execute_state_machine": True}
        engine.client("sqs").create_queue(QueueName="q")
    assert (logging.getLogger("moto").level, dict(default_user_config)) == before
    with run_engine() as engine:
        assert "QueueUrls" not in engine.client("sqs").list_queues()


def test_service_has_one_client_and_mwaa_its_endpoint() -> None:
    with run_engine("eu-west-1") as engine:
        assert engine.client("s3") is engine.client("s3")
        assert engine.client("s3").meta.region_name == "eu-west-1"
        assert engine.client("mwaa").meta.endpoint_url == engine.mwaa.endpoint != engine.endpoint


@pytest.mark.parametrize("service", ["s3", "sqs"])
def test_failure_record_reaches_its_destination(service: str) -> None:
    with run_engine("us-west-1") as engine:
        arn = "arn:aws:lambda:us-west-1:123456789012:function:f:live"
        record = {"requestContext": {"functionArn": arn}}
        if service == "s3":
            engine.client("s3").create_bucket(
                Bucket="failures", CreateBucketConfiguration={"LocationConstraint": "us-west-1"}
            )
        else:
            engine.client("sqs").create_queue(QueueName="failures")
        engine.runtime.on_failure(f"arn:aws:{service}:us-west-1:123456789012:failures", record)
        if service == "s3":
            (stored,) = engine.client("s3").list_objects_v2(Bucket="failures")["Contents"]
            assert stored["Key"].startswith("aws/lambda/async/f/20")
            body = engine.client("s3").get_object(Bucket="failures", Key=stored["Key"])["Body"].read()
        else:
            (message,) = engine.client("sqs").receive_message(QueueUrl="failures")["Messages"]
            body = message["Body"]
        assert json.loads(body) == record
