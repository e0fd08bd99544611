"""Probes for the patches of SQS, S3, Lambda, SNS and EventBridge."""

from __future__ import annotations

import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.dynamodb.models.table import Table
from moto.sqs.models import Message

from local.engine.engine import Engine
from local.engine.patches.replace import replaced
from local.simulation.targets.queues import messages


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


def function(engine: Engine, **settings: Any) -> str:
    """Create a function whose handler is ``json.dumps``; returns its ARN."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("empty", "")
    role = engine.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    arn: str = engine.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.13",
        Role=role,
        Handler="json.dumps",
        Code={"ZipFile": code.getvalue()},
        **settings,
    )["FunctionArn"]
    return arn


def functions_in_workers(engine: Engine) -> bool:
    function(engine)
    try:
        answer = json.loads(engine.client("lambda").invoke(FunctionName="f", Payload=b'{"a": 1}')["Payload"].read())
    except Exception:  # noqa: BLE001 - without Docker, moto may raise any error
        return False
    # json.dumps accepts one positional argument. Its error about the second argument proves that it ran.
    return "positional argument" in answer.get("errorMessage", "")


def sns_to_lambda(engine: Engine) -> bool:
    sns = engine.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function(engine))
    message_id = sns.publish(TopicArn=topic, Message="hello")["MessageId"]
    engine.runtime.drain()
    return any(message_id in json.dumps(invocation.event) for invocation in engine.runtime.invocations)


def missing_event_bus(engine: Engine) -> bool:
    entry = {"EventBusName": "nowhere", "Source": "s", "DetailType": "d", "Detail": "{}"}
    client = engine.client("events")
    try:
        answer = client.put_events(Entries=[entry])
    except client.exceptions.ClientError:
        return False
    return bool(answer["FailedEntryCount"] == 0 and answer["Entries"][0]["EventId"])


def atomic_updates(engine: Engine) -> bool:
    """Return True if four parallel updates of a new item are all kept.

    A pause after moto's search for the item lets the other threads search before moto adds it.
    """
    client = engine.client("dynamodb")
    client.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"id": {"S": "one"}}
    search = Table.get_item

    def search_and_pause(table: Table, *arguments: Any, **options: Any) -> Any:
        found = search(table, *arguments, **options)
        time.sleep(0.05)
        return found

    def update(name: str) -> None:
        values = {":v": {"S": name}}
        client.update_item(
            TableName="t", Key=key, UpdateExpression=f"SET {name} = :v", ExpressionAttributeValues=values
        )

    with replaced(Table, "get_item", search_and_pause), ThreadPoolExecutor(4) as pool:
        list(pool.map(update, ["a", "b", "c", "d"]))
    return set(client.get_item(TableName="t", Key=key)["Item"]) == {"id", "a", "b", "c", "d"}


def parallel_deletions(engine: Engine) -> bool:
    """Two requests delete one message each, and a third message arrives before the second deletion ends.

    A pause after moto's look at each message lets the requests overlap.
    """
    client = engine.client("sqs")
    url = client.create_queue(QueueName="q")["QueueUrl"]
    for body in ('"a"', '"b"'):
        client.send_message(QueueUrl=url, MessageBody=body)
    received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    look = Message.had_receipt_handle

    def look_and_pause(message: Message, receipt_handle: str) -> bool:
        found = look(message, receipt_handle)
        time.sleep(0.05)
        return found

    def delete(message: dict[str, Any]) -> None:
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    with replaced(Message, "had_receipt_handle", look_and_pause), ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(delete, message) for message in received)
        first.result()
        client.send_message(QueueUrl=url, MessageBody='"c"')
        second.result()
    return list(messages(engine, "q").values()) == ["c"]
