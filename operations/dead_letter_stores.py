"""Where it is held what was not delivered or not routed, read without taking anything away.

Two places: SNS writes what it cannot deliver to the router into an SQS queue, and Lambda writes what the router failed
on, after its retries, into the failure destination, an S3 bucket or another queue. Sources:
docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html and
docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import ClientError

from operations.dead_letters import DeadLetter
from orchestration.errors import OrchestrationError


class StoreError(OrchestrationError):
    """A queue or bucket that is not there, or may not be read. The person who named it acts."""


class Store(Protocol):
    """A place that holds events."""

    @property
    def name(self) -> str:
        """As a report shows it."""

    def messages(self) -> Iterator[DeadLetter]:
        """Everything that it holds, once."""

    def delete(self, dead_letter: DeadLetter) -> None:
        """Delete what has been dealt with."""

    def release(self) -> None:
        """Let others see what was read and stays."""


@dataclass(frozen=True, slots=True)
class ReceiveSettings:
    """How a queue is read.

    Attributes:
        batch: messages a call.
        visibility_timeout: seconds for which nobody else sees a message, if this program should die before it releases it.
    """

    batch: int
    visibility_timeout: int


DRY_RUN = ReceiveSettings(batch=10, visibility_timeout=60)
REDRIVE = ReceiveSettings(batch=1, visibility_timeout=180)
"""One at a time: a message must stay visibility_timeout for longer than the router may take to answer (120 seconds)."""


@dataclass(slots=True, kw_only=True)
class SqsStore:
    """An SQS queue.

    Attributes:
        client: boto3 SQS client.
        url: of the queue.
        reading: how its messages are received.
        in_flight: about how many messages another reader had when the queue was opened.
    """

    client: Any
    url: str
    reading: ReceiveSettings
    in_flight: int = 0
    _held: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, client: Any, url: str, reading: ReceiveSettings) -> SqsStore:
        """Check that the queue can be read.

        Raises:
            StoreError: it cannot.
        """
        asked = ["ApproximateNumberOfMessagesNotVisible"]
        try:
            attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
        except ClientError as error:
            raise StoreError(f"queue {url}: {_reason(error)}; name the queue's URL with --queue") from error
        return cls(client=client, url=url, reading=reading, in_flight=int(attributes[asked[0]]))

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.url.rstrip("/").rsplit("/", 1)[-1]

    def messages(self) -> Iterator[DeadLetter]:
        """Every message once, until a call with long polling brings none.

        A message whose hiding ended meanwhile comes again; it is visibility_timeout again and not given twice. Should only such
        come, more of them than there are, the queue is read through.
        """
        seen: set[str] = set()
        again = 0
        while again <= len(seen):
            messages = self.client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=self.reading.batch,
                VisibilityTimeout=self.reading.visibility_timeout,
                WaitTimeSeconds=1,  # asks every server of the queue; without it, an answer may miss messages
                MessageSystemAttributeNames=["SentTimestamp"],
                MessageAttributeNames=["ErrorMessage"],
            ).get("Messages", [])
            if not messages:
                return
            # All of them before the first is given: whoever stops in the middle of a batch releases the rest, too.
            self._held |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
            for message in messages:
                if message["MessageId"] in seen:
                    again += 1
                    continue
                seen.add(message["MessageId"])
                again = 0
                yield self._parked(message)

    def _parked(self, message: dict[str, Any]) -> DeadLetter:
        return DeadLetter(
            store=self.name,
            id=message["MessageId"],
            since=int(message["Attributes"]["SentTimestamp"]) / 1000,
            body=message["Body"],
            handle=message["ReceiptHandle"],
            error=message.get("MessageAttributes", {}).get("ErrorMessage", {}).get("StringValue", ""),
        )

    def delete(self, dead_letter: DeadLetter) -> None:
        """Delete the message."""
        handle = self._held.get(dead_letter.id, dead_letter.handle)  # of the last receipt, where it came twice
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=handle)
        self._held.pop(dead_letter.id, None)

    def release(self) -> None:
        """Make the messages that stay visible at once; one that is visible already is no error."""
        handles = list(self._held.values())
        for start in range(0, len(handles), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(handles[start : start + 10])
            ]
            self.client.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)
        self._held.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Store:
    """The failed invocations of one function in an S3 bucket, which may hold those of others.

    Attributes:
        client: boto3 S3 client.
        bucket: its name.
        prefix: ``aws/lambda/async/<function>/``, as Lambda names the objects.
    """

    client: Any
    bucket: str
    prefix: str

    @classmethod
    def open(cls, client: Any, bucket: str, function: str) -> S3Store:
        """Check that the bucket can be listed.

        Raises:
            StoreError: it cannot.
        """
        prefix = f"aws/lambda/async/{function}/"
        try:
            client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
        except ClientError as error:
            raise StoreError(f"bucket {bucket}: {_reason(error)}; name the bucket with --bucket") from error
        return cls(client=client, bucket=bucket, prefix=prefix)

    @property
    def name(self) -> str:
        """The bucket, told apart from a queue."""
        return f"s3://{self.bucket}"

    def messages(self) -> Iterator[DeadLetter]:
        """Every object; one that somebody else deletes meanwhile is left out."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            for found in page.get("Contents", []):
                try:
                    body = self.client.get_object(Bucket=self.bucket, Key=found["Key"])["Body"].read()
                except self.client.exceptions.NoSuchKey:
                    continue
                yield DeadLetter(
                    store=self.name,
                    id=found["Key"],
                    since=found["LastModified"].timestamp(),
                    body=body,
                    handle=found["Key"],
                )

    def delete(self, dead_letter: DeadLetter) -> None:
        """Delete the object."""
        self.client.delete_object(Bucket=self.bucket, Key=dead_letter.handle)

    def release(self) -> None:
        """ReceiveSettings an object hides nothing."""


def _reason(error: ClientError) -> str:
    """AWS's code and text, without the sentence that botocore puts around them."""
    found = error.response["Error"]
    return f"{found['Code']}: {found.get('Message', '')}".rstrip(": ")
