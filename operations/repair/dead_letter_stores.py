"""Reads dead letters from SQS and S3 without deleting them.

SNS writes messages that it cannot deliver to the router into an SQS queue. After its retries, Lambda writes events on which the
router failed into the failure destination, an S3 bucket or another queue. Sources:
docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html and
docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import ClientError

from operations.repair.dead_letters import DeadLetter
from orchestration.errors import OrchestrationError


class StoreError(OrchestrationError):
    """A queue or bucket does not exist, or access is denied. The person who named it acts."""


class Store(Protocol):
    """A place with dead letters."""

    @property
    def name(self) -> str:
        """Name in reports."""

    def messages(self) -> Iterator[DeadLetter]:
        """Yield each dead letter once."""

    def delete(self, dead_letter: DeadLetter) -> None:
        """Delete a dead letter that the router handled."""

    def release(self) -> None:
        """Make the dead letters that remain visible to other readers."""


@dataclass(frozen=True, slots=True)
class ReceiveSettings:
    """Settings for ReceiveMessage.

    Attributes:
        batch: maximum number of messages in one call.
        visibility_timeout: seconds for which other readers do not see a received message, unless it is released before.
    """

    batch: int
    visibility_timeout: int


LONG_POLL_SECONDS = 1
"""Wait of ReceiveMessage. Long polling asks all servers of the queue; short polling may miss messages."""

DRY_RUN = ReceiveSettings(batch=10, visibility_timeout=60)
REDRIVE = ReceiveSettings(batch=1, visibility_timeout=180)
"""One at a time: the visibility timeout must exceed the time that the router may take to answer (120 seconds)."""


@dataclass(slots=True, kw_only=True)
class SqsStore:
    """An SQS queue.

    Attributes:
        client: boto3 SQS client.
        url: URL of the queue.
        receive: settings for ReceiveMessage.
        in_flight: approximate number of messages that another reader had received when the queue was opened.
    """

    client: Any
    url: str
    receive: ReceiveSettings
    in_flight: int = 0
    _received: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, client: Any, url: str, receive: ReceiveSettings) -> SqsStore:
        """Check that the queue can be read.

        Raises:
            StoreError: access is denied, or it does not exist.
        """
        asked = ["ApproximateNumberOfMessagesNotVisible"]
        try:
            attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
        except ClientError as error:
            raise StoreError(f"queue {url}: {_reason(error)}. Name the queue's URL with --queue.") from error
        return cls(client=client, url=url, receive=receive, in_flight=int(attributes[asked[0]]))

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.url.rstrip("/").rsplit("/", 1)[-1]

    def messages(self) -> Iterator[DeadLetter]:
        """Yield each message once, until a call with long polling returns none.

        SQS returns a message again after its visibility timeout. Such a message is not yielded twice. The queue is drained when
        SQS returns nothing but known messages, as many as are known.
        """
        seen: set[str] = set()
        again = 0
        while again <= len(seen):
            messages = self.client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=self.receive.batch,
                VisibilityTimeout=self.receive.visibility_timeout,
                WaitTimeSeconds=LONG_POLL_SECONDS,
                MessageSystemAttributeNames=["SentTimestamp"],
                MessageAttributeNames=["ErrorMessage"],
            ).get("Messages", [])
            if not messages:
                return
            # Record the whole batch before the first message is yielded, so that release() includes the rest after an error.
            self._received |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
            for message in messages:
                if message["MessageId"] in seen:
                    again += 1
                    continue
                seen.add(message["MessageId"])
                again = 0
                yield self._dead_letter(message)

    def _dead_letter(self, message: dict[str, Any]) -> DeadLetter:
        return DeadLetter(
            store=self.name,
            id=message["MessageId"],
            stored_at=int(message["Attributes"]["SentTimestamp"]) / 1000,
            body=message["Body"],
            handle=message["ReceiptHandle"],
            error=message.get("MessageAttributes", {}).get("ErrorMessage", {}).get("StringValue", ""),
        )

    def delete(self, dead_letter: DeadLetter) -> None:
        """Delete the message."""
        handle = self._received.get(
            dead_letter.id, dead_letter.handle
        )  # the newest receipt handle, if SQS returned it twice
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=handle)
        self._received.pop(dead_letter.id, None)

    def release(self) -> None:
        """Make the remaining messages visible at once; a message that is already visible causes no error."""
        handles = list(self._received.values())
        for start in range(0, len(handles), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(handles[start : start + 10])
            ]
            self.client.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)
        self._received.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Store:
    """The failed invocations of one function in an S3 bucket; other functions may share the bucket.

    Attributes:
        client: boto3 S3 client.
        bucket: name of the bucket.
        prefix: ``aws/lambda/async/<function>/``, the prefix that Lambda uses.
    """

    client: Any
    bucket: str
    prefix: str

    @classmethod
    def open(cls, client: Any, bucket: str, function: str) -> S3Store:
        """Check that the bucket can be listed.

        Raises:
            StoreError: access is denied, or it does not exist.
        """
        prefix = failures_of(function)
        try:
            client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
        except ClientError as error:
            raise StoreError(f"bucket {bucket}: {_reason(error)}. Name the bucket with --bucket.") from error
        return cls(client=client, bucket=bucket, prefix=prefix)

    @property
    def name(self) -> str:
        """URI of the bucket."""
        return f"s3://{self.bucket}"

    def messages(self) -> Iterator[DeadLetter]:
        """Yield each object; skip objects that another process deletes in the meantime."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            for found in page.get("Contents", []):
                try:
                    body = self.client.get_object(Bucket=self.bucket, Key=found["Key"])["Body"].read()
                except self.client.exceptions.NoSuchKey:
                    continue
                yield DeadLetter(
                    store=self.name,
                    id=found["Key"],
                    stored_at=found["LastModified"].timestamp(),
                    body=body,
                    handle=found["Key"],
                )

    def delete(self, dead_letter: DeadLetter) -> None:
        """Delete the object."""
        self.client.delete_object(Bucket=self.bucket, Key=dead_letter.handle)

    def release(self) -> None:
        """Do nothing: reading an object does not hide it."""


def failures_of(function: str) -> str:
    """Prefix under which Lambda writes failed invocations of a function (the second page above)."""
    return f"aws/lambda/async/{function}/"


def _reason(error: ClientError) -> str:
    """Error code and message of AWS, without botocore's text around them."""
    found = error.response["Error"]
    return f"{found['Code']}: {found.get('Message', '')}".rstrip(": ")
