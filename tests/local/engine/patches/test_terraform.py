"""The patches of ``local/engine/patches/terraform.py`` work, and moto still needs them."""

from __future__ import annotations

import json

import pytest

from local.engine.engine import Engine
from tests.local.engine.patches.probing import (
    ROLE,
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    function,
)

NESTED = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


def validated_definitions(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    broken = {"StartAt": "S", "States": {"S": {"Type": "Nothing"}}}
    try:
        results = [
            client.validate_state_machine_definition(definition=json.dumps(definition))["result"]
            for definition in (NESTED, broken)
        ]
    except Exception:  # noqa: BLE001 - moto may raise any error for an operation that it does not know
        return False
    return results == ["OK", "FAIL"]


def listed_versions(engine: Engine) -> bool:
    client = engine.client("stepfunctions")
    made = client.create_state_machine(name="m", definition=json.dumps(NESTED), roleArn=ROLE, publish=True)
    try:
        listed = client.list_state_machine_versions(stateMachineArn=made["stateMachineArn"])["stateMachineVersions"]
    except Exception:  # noqa: BLE001 - as above
        return False
    return [one["stateMachineVersionArn"] for one in listed] == [made["stateMachineVersionArn"]]


def queue_attributes(engine: Engine) -> bool:
    sqs = engine.client("sqs")
    dlq = sqs.create_queue(QueueName="dlq")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3}, separators=(",", ":"))
    statement = {"Sid": "s", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    given = {"RedrivePolicy": redrive, "Policy": policy, "RedriveAllowPolicy": '{"redrivePermission":"denyAll"}'}
    url = sqs.create_queue(QueueName="q", Attributes=given)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    try:
        kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(given))["Attributes"]
    except sqs.exceptions.ClientError:
        return False
    return all(kept.get(name) == value for name, value in given.items())


def transport_conditions(engine: Engine) -> bool:
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": engine.region})
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::bucket/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    try:
        s3.put_object(Bucket="bucket", Key="k", Body=b"")
    except s3.exceptions.ClientError:
        return False
    return True


def logging_config(engine: Engine) -> bool:
    function(engine, LoggingConfig={"LogFormat": "JSON"})
    return bool(
        engine.client("lambda").get_function_configuration(FunctionName="f").get("LoggingConfig")
        == {"LogFormat": "JSON"}
    )


PROBES = (
    validated_definitions,
    listed_versions,
    queue_attributes,
    transport_conditions,
    logging_config,
)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
