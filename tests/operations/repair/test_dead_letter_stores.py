"""Dead-letter queues and failure buckets on the engine: each letter once, nothing deleted or hidden without need."""

from __future__ import annotations

import time

import pytest

from operations.repair.dead_letter_stores import (
    DRY_RUN,
    REDRIVE,
    ReceiveSettings,
    S3Store,
    SqsStore,
    StoreError,
    failures_of,
)
from operations.repair.dead_letters import DeadLetter
from tests.operations.repair.harness import FUNCTION, Redrive

PREFIX = f"aws/lambda/async/{FUNCTION}/"


def queue(redrive: Redrive, receive: ReceiveSettings = DRY_RUN) -> SqsStore:
    return SqsStore.open(redrive.sqs, redrive.url, receive)


def bucket(redrive: Redrive) -> S3Store:
    return S3Store.open(redrive.s3, redrive.bucket, FUNCTION)


def test_redrive_has_time_for_the_routers_answer() -> None:
    """The client waits 120 seconds for the router, and the next reader must not see the message meanwhile."""
    assert (REDRIVE.batch, REDRIVE.visibility_timeout > 120) == (1, True)


@pytest.mark.parametrize("receive", [DRY_RUN, REDRIVE])
def test_each_message_is_yielded_once_and_released(redrive: Redrive, receive: ReceiveSettings) -> None:
    stored = {redrive.store(f"text {number}") for number in range(23)}
    store = queue(redrive, receive)
    letters = list(store.messages())
    assert (len(letters), {letter.id for letter in letters}) == (23, stored)
    assert {letter.store for letter in letters} == {store.name} == {f"{FUNCTION}-delivery-dlq"}
    assert {letter.body for letter in letters} == {f"text {number}" for number in range(23)}
    assert all(abs(letter.stored_at - time.time()) < 60 for letter in letters)
    assert redrive.bodies() == {}
    store.release()
    assert set(redrive.bodies()) == stored


def test_release_includes_the_messages_not_yielded(redrive: Redrive) -> None:
    stored = {redrive.store(f"{number}") for number in range(5)}
    store = queue(redrive)
    next(store.messages())
    store.release()
    assert set(redrive.bodies()) == stored


def test_deleted_message_is_gone(redrive: Redrive) -> None:
    kept = redrive.store("kept")
    redrive.store("deleted")
    store = queue(redrive)
    for letter in store.messages():
        if letter.body == "deleted":
            store.delete(letter)
    store.release()
    assert set(redrive.bodies()) == {kept}


def test_message_received_twice_is_listed_once(redrive: Redrive) -> None:
    stored = {redrive.store(f"early-{number}") for number in range(2)}
    store = queue(redrive, ReceiveSettings(batch=1, visibility_timeout=1))
    listed: list[DeadLetter] = []
    for letter in store.messages():
        listed.append(letter)
        time.sleep(1.2)  # longer than the visibility timeout
    assert ([letter.id for letter in listed].count(listed[0].id), {letter.id for letter in listed}) == (1, stored)
    store.delete(listed[0])  # with the newest receipt handle
    store.release()
    assert set(redrive.bodies()) == stored - {listed[0].id}


def test_messages_of_another_reader_are_counted(redrive: Redrive) -> None:
    for number in range(3):
        redrive.store(f"{number}")
    assert queue(redrive).in_flight == 0
    other = queue(redrive, ReceiveSettings(batch=2, visibility_timeout=60))
    next(other.messages())
    assert queue(redrive).in_flight == 2
    other.release()


def test_error_of_the_delivery_comes_from_the_attributes(redrive: Redrive) -> None:
    attributes = {"ErrorMessage": {"DataType": "String", "StringValue": "throttled"}}
    redrive.sqs.send_message(QueueUrl=redrive.url, MessageBody="x", MessageAttributes=attributes)
    redrive.store("y")
    assert {letter.body: letter.error for letter in queue(redrive).messages()} == {"x": "throttled", "y": ""}
    queue(redrive).release()


def test_missing_stores_have_advice(redrive: Redrive) -> None:
    with pytest.raises(
        StoreError, match=r"queue http://127.0.0.1/123456789012/nowhere: .*Name the queue's URL with --q"
    ):
        SqsStore.open(redrive.sqs, "http://127.0.0.1/123456789012/nowhere", DRY_RUN)
    with pytest.raises(StoreError, match=r"bucket nowhere: NoSuchBucket: .*Name the bucket with --bucket"):
        S3Store.open(redrive.s3, "nowhere", FUNCTION)


def test_failures_of_the_function_are_read(redrive: Redrive) -> None:
    assert failures_of(FUNCTION) == PREFIX
    for key in (f"{PREFIX}2026/1", f"{PREFIX}2026/2", "aws/lambda/async/other/1", f"aws/lambda/async/{FUNCTION}-2/1"):
        redrive.s3.put_object(Bucket=redrive.bucket, Key=key, Body=key.encode())
    store = bucket(redrive)
    letters = list(store.messages())
    assert [letter.id for letter in letters] == [f"{PREFIX}2026/1", f"{PREFIX}2026/2"]
    assert [letter.body for letter in letters] == [letter.id.encode() for letter in letters]
    assert store.name == letters[0].store == f"s3://{redrive.bucket}"
    assert all(abs(letter.stored_at - time.time()) < 60 for letter in letters)
    store.delete(letters[0])
    store.release()
    assert f"{PREFIX}2026/1" not in redrive.objects()
    assert len(redrive.objects()) == 3


def test_object_deleted_in_the_meantime_is_skipped(redrive: Redrive) -> None:
    for number in range(3):
        redrive.s3.put_object(Bucket=redrive.bucket, Key=f"{PREFIX}{number}", Body=b"x")
    letters = bucket(redrive).messages()
    first = next(letters)
    redrive.s3.delete_object(Bucket=redrive.bucket, Key=f"{PREFIX}1")
    assert [first.id, *(letter.id for letter in letters)] == [f"{PREFIX}0", f"{PREFIX}2"]
