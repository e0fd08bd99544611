"""Records the arrivals of a join in a DynamoDB table: one item for each join and key.

Each arrival is one UpdateItem, which returns all arrivals so far. The first arrival of a job under a key counts. One
conditional write decides between complete and expired:
docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from orchestration.values import strictjson
from orchestration.values.strictjson import JsonObject

if TYPE_CHECKING:
    from orchestration.aws import AttributeValues, DynamoDBClient

State = Literal["open", "complete", "expired"]

KEPT_SECONDS = 90 * 24 * 3600
"""Time to live of an item. Step Functions forgets the names of executions after the same time."""


_ARRIVAL = "job:"
"""Prefix of the attribute of an arrival."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """The item of one join and key.

    Attributes:
        state: open, complete or expired.
        events: job name to the event that arrived first.
        watched: the deadline's execution has been started.
        opened: time of the first arrival, in seconds since 1970.
    """

    state: State
    events: dict[str, JsonObject] = field(default_factory=dict)
    watched: bool = False
    opened: int = 0

    def missing(self, jobs: list[str]) -> list[str]:
        """The jobs that have not arrived."""
        return [job for job in jobs if job not in self.events]


@dataclass(frozen=True, slots=True)
class _Change:
    """An update expression with its names and values."""

    expression: str
    names: dict[str, str]
    values: AttributeValues


@dataclass(frozen=True, slots=True)
class ArrivalTable:
    """The table.

    Attributes:
        client: botocore DynamoDB client.
        name: of the table; its key is the text ``id``.
    """

    client: DynamoDBClient
    name: str

    def record(self, join: str, key: str, job: str, event: JsonObject) -> Arrivals:
        """Record the arrival of a job; returns all arrivals.

        Only the first arrival counts, and none after the decision: so the decision's arrivals never change.
        """
        now = int(time.time())
        return self._if(
            "attribute_not_exists(#state) OR #state = :open",
            join,
            key,
            _Change(
                "SET #state = if_not_exists(#state, :open), #job = if_not_exists(#job, :event), "
                "#opened = if_not_exists(#opened, :now), #ttl = if_not_exists(#ttl, :ttl)",
                {"#state": "state", "#job": f"{_ARRIVAL}{job}", "#opened": "opened", "#ttl": "ttl"},
                {
                    ":open": {"S": "open"},
                    ":event": {"S": strictjson.dumps(event)},
                    ":now": {"N": str(now)},
                    ":ttl": {"N": str(now + KEPT_SECONDS)},
                },
            ),
        )

    def note_watch(self, join: str, key: str) -> None:
        """Note that the execution of the deadline has been started."""
        self._update(join, key, _Change("SET #watched = :true", {"#watched": "watched"}, {":true": {"BOOL": True}}))

    def complete(self, join: str, key: str) -> Arrivals:
        """Complete the join if it is open; returns the item with the state that won."""
        return self._decide(join, key, "complete", "#state = :open", {})

    def expire(self, join: str, key: str, jobs: list[str]) -> Arrivals:
        """Expire the join if it is open and a job is missing; returns the item with the state that won.

        The state stays open if all jobs have arrived, and nobody has completed the join yet.
        """
        names = {f"#job{number}": f"{_ARRIVAL}{job}" for number, job in enumerate(jobs)}
        missing = " OR ".join(f"attribute_not_exists({name})" for name in names)
        return self._decide(join, key, "expired", f"#state = :open AND ({missing})", names)

    def _decide(self, join: str, key: str, state: State, condition: str, names: dict[str, str]) -> Arrivals:
        values: AttributeValues = {":state": {"S": state}, ":open": {"S": "open"}}
        return self._if(condition, join, key, _Change("SET #state = :state", {"#state": "state", **names}, values))

    def _if(self, condition: str, join: str, key: str, change: _Change) -> Arrivals:
        """Update the item if the condition holds; returns the item as it is then."""
        conditional = {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        try:
            return self._update(join, key, change, **conditional)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return _read(error.response.get("Item") or self._get(join, key))

    def find(self, join: str, key: str) -> Arrivals | None:
        """The item, or None if no job has arrived under the key."""
        item = self._get(join, key)
        return _read(item) if item else None

    def _get(self, join: str, key: str) -> AttributeValues:
        return self.client.get_item(TableName=self.name, Key=_key(join, key), ConsistentRead=True).get("Item", {})

    def _update(self, join: str, key: str, change: _Change, **condition: str) -> Arrivals:
        answer = self.client.update_item(
            TableName=self.name,
            Key=_key(join, key),
            UpdateExpression=change.expression,
            ExpressionAttributeNames=change.names,
            ExpressionAttributeValues=change.values,
            ReturnValues="ALL_NEW",
            **condition,
        )
        return _read(answer["Attributes"])


def _key(join: str, key: str) -> AttributeValues:
    return {"id": {"S": strictjson.dumps([join, key])}}


def _read(item: AttributeValues) -> Arrivals:
    state = item.get("state", {}).get("S", "open")
    return Arrivals(
        state="complete" if state == "complete" else "expired" if state == "expired" else "open",
        events={
            name.removeprefix(_ARRIVAL): json.loads(value["S"])
            for name, value in item.items()
            if name.startswith(_ARRIVAL)
        },
        watched=item.get("watched", {}).get("BOOL", False),
        opened=int(item.get("opened", {}).get("N", "0")),
    )
