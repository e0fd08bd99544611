"""The router with joins: in-memory S3 and Step Functions, and moto's DynamoDB, with deadlines that a test lets pass."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
from botocore.exceptions import ClientError

from orchestration.configuration.loader import ConfigLoader
from orchestration.event.kinds import JOIN_DEADLINE
from orchestration.router import Router
from tests.orchestration.fake_aws import SETTINGS, FakeAws, Killed

TABLE = "joins"
DEADLINE = "arn:aws:states:us-west-1:123456789012:stateMachine:deadline"
JOIN_SETTINGS = replace(SETTINGS, joins_table=TABLE, join_deadline_arn=DEADLINE, function_name="router")
JOBS = [f"load_{number}" for number in range(5)]


def create_table(client: Any = None) -> Any:
    """A DynamoDB client with an empty table; by default a client of moto."""
    client = client or boto3.client("dynamodb", "us-west-1")
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def document(**join: Any) -> dict[str, Any]:
    """A configuration with the join ``report`` of five jobs."""
    entry = {
        "all_of": JOBS,
        "key": "${start_date}",
        "on_complete": [{"type": "glue_job", "id": "report", "job_name": "report"}],
    }
    return {"workflows": {}, "joins": {"report": entry | join}}


@dataclass
class JoinAws(FakeAws):
    """The fake with DynamoDB.

    Attributes:
        dynamodb: moto's client.
        watches: inputs of the executions that wait for a deadline, by name.
        refusal: error code with which Step Functions refuses such an execution, or empty.
    """

    dynamodb: Any = None
    watches: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusal: str = ""

    def router(self) -> Any:
        return Router(ConfigLoader(self, self._no_ssm), self, lambda: self)

    def update_item(self, **given: Any) -> Any:
        with self.lock:  # moto updates an item in several steps, and DynamoDB in one
            return self._call("UpdateItem", lambda: self.dynamodb.update_item(**given))

    def get_item(self, **given: Any) -> Any:
        return self._call("GetItem", lambda: self.dynamodb.get_item(**given))

    def start_execution(self, name: str, input: str, **given: Any) -> dict[str, Any]:  # noqa: A002 - boto3's names
        if given.get("stateMachineArn") != DEADLINE:
            return super().start_execution(name, input, **given)

        def watch() -> dict[str, Any]:
            if self.refusal:
                raise ClientError({"Error": {"Code": self.refusal, "Message": ""}}, "StartExecution")
            self.watches[name] = json.loads(input)
            return {}

        return self._call("StartDeadline", watch)

    def success(self, job: str, key: str, run: str = "", **fields: Any) -> dict[str, Any]:
        """Deliver the success of a job; returns the router's record."""
        event = {"job_name": job, "job_run_id": run or f"{job}-{key}", "status": "SUCCESS", "start_date": key} | fields
        return self.deliver(event)

    def deliver(self, event: dict[str, Any]) -> dict[str, Any]:
        """Deliver an event by SNS."""
        request = f"request-{len(self.calls)}"
        (found,) = self.router().route({"Records": [_record(event)]}, request, JOIN_SETTINGS)["records"]
        return dict(found)

    def success_after_a_kill(self, job: str, key: str, at: int, *, after: bool) -> dict[str, Any]:
        """Deliver twice: the first router is killed at its call ``at``, before or after the call takes effect."""
        mortal: Any = Mortal(self, at, after)
        event = {"job_name": job, "job_run_id": f"{job}-{key}", "status": "SUCCESS", "start_date": key}
        with contextlib.suppress(Killed):
            Router(ConfigLoader(mortal, self._no_ssm), mortal, lambda: mortal).route(
                {"Records": [_record(event)]}, f"killed-{job}-{key}-{at}", JOIN_SETTINGS
            )
        return self.deliver(event)

    def deadline(self, key: str, join: str = "report") -> dict[str, Any]:
        """Let the deadline of a join pass; returns the router's answer."""
        payload = {JOIN_DEADLINE: {"join": join, "key": key}}
        (found,) = self.router().route(payload, f"deadline-{len(self.calls)}", JOIN_SETTINGS)["records"]
        return dict(found)

    def started(self, kind: str = "on_complete") -> Counter[str]:
        """Number of executions of a kind by key."""
        return Counter(
            one["input"]["event"]["job_run_id"]
            for one in self.executions.values()
            if one["input"]["routing"]["event_kind"] == kind
        )


@dataclass
class Mortal:
    """The clients of one router that is killed at one of its calls; other routers go on.

    Attributes:
        at: number of the call, from 0.
        after: the call takes effect before the router is killed.
    """

    aws: JoinAws
    at: int
    after: bool

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.aws, name)

        def call(**given: Any) -> Any:
            self.at -= 1
            if self.at == -1 and not self.after:
                raise Killed
            answer = method(**given)
            if self.at == -1:
                raise Killed
            return answer

        return call


def _record(event: dict[str, Any]) -> dict[str, Any]:
    return {"Sns": {"Message": json.dumps(event), "MessageId": "m", "TopicArn": "arn:aws:sns:us-west-1:1:t"}}
