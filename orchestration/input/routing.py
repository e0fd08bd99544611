"""``routing`` of an execution's input: how the router came to the execution."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from orchestration.values.strictjson import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A trigger that the event does not start, because the event does not meet its condition.

    Attributes:
        reason: the field that does not match, with its value.
    """

    id: str
    type: str
    name: str
    reason: str

    def to_json(self) -> JsonObject:
        """``{id, type, name, reason}``."""
        return {"id": self.id, "type": self.type, "name": self.name, "reason": self.reason}

    @classmethod
    def read(cls, value: JsonObject) -> Skipped:
        """Read one entry of ``routing.skipped``."""
        return cls(**{key: str(value.get(key, "")) for key in ("id", "type", "name", "reason")})


class ReplayRecord(NamedTuple):
    """The request that an execution of a replay answers.

    Attributes:
        of: name of the execution that a person replayed.
        id: id of the trigger in the original execution.
        attempt: number of this attempt, from 1.
        generation: attempt of the last replay that started a new run on purpose, or 0.
        now: id of the trigger in the configuration of the replay.
        as_was: the request is the original one.
    """

    of: str
    id: str
    attempt: int
    generation: int
    now: str
    as_was: bool = False

    def to_json(self) -> JsonObject:
        """The record; ``now`` and ``as_was`` only if they say something."""
        record: JsonObject = {
            "of": self.of,
            "id": self.id,
            "attempt": self.attempt,
            "generation": self.generation,
        }
        record |= {"now": self.now} if self.now != self.id else {}
        return record | ({"as_was": True} if self.as_was else {})

    @classmethod
    def read(cls, value: Json) -> ReplayRecord | None:
        """Read ``routing.replay``; None if it is not an object."""
        if not isinstance(value, dict):
            return None
        attempt, generation, trigger_id = value.get("attempt"), value.get("generation"), str(value.get("id", ""))
        return cls(
            of=str(value.get("of", "")),
            id=trigger_id,
            attempt=attempt if isinstance(attempt, int) else 0,
            generation=generation if isinstance(generation, int) else 0,
            now=str(value.get("now", trigger_id)),
            as_was=value.get("as_was") is True,
        )


_CONFIGURATION = ("event_kind", "config_source", "config_version", "config_version_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The way on which the router came to the execution.

    Attributes:
        event_kind: list of triggers that the event started.
        config_source: ``s3://bucket/key``, ``ssm:<parameter>``, ``default`` or ``the original request``.
        config_version: digest of the configuration's text.
        config_version_id: S3 VersionId or SSM version; may be empty.
        delivery_id: id of the delivery that started it. Every delivery has another one, so inputs always differ.
        part: ``1/1``: number of the part, or of the batch, and their count. Its key is ``batch``.
        of: for a batch, the name of the event's execution; else empty.
        notify: ARN of the topic that receives a message if the execution fails, or empty.
        skipped: triggers whose condition the event does not meet, as far as they have room.
        skipped_more: number of those without room.
        replay: the request of a replay, or None.
    """

    event_kind: str = ""
    config_source: str = ""
    config_version: str = ""
    config_version_id: str = ""
    delivery_id: str = ""
    part: str = ""
    of: str = ""
    notify: str = ""
    skipped: tuple[Skipped, ...] = ()
    skipped_more: int = 0
    replay: ReplayRecord | None = None

    def to_json(self) -> JsonObject:
        """The fields that say something. A batch has the fields of its event's routing that its execution needs."""
        notify: JsonObject = {"notify": self.notify} if self.notify else {}
        delivery: JsonObject = {"delivery_id": self.delivery_id} if self.delivery_id else {}
        configuration: JsonObject = {key: getattr(self, key) for key in _CONFIGURATION}
        if self.of:
            return {**configuration, **notify, "batch": self.part, "of": self.of, **delivery}
        record: JsonObject = {**notify, **configuration, "delivery_id": self.delivery_id}
        if self.skipped:
            record["skipped"] = [skipped.to_json() for skipped in self.skipped]
        if self.skipped_more:
            record["skipped_more"] = self.skipped_more
        record |= {"batch": self.part} if self.part else {}
        return record | ({"replay": self.replay.to_json()} if self.replay is not None else {})

    @classmethod
    def read(cls, value: Json) -> Routing:
        """Read ``routing`` of any input."""
        if not isinstance(value, dict):
            return cls()
        skipped, more = value.get("skipped"), value.get("skipped_more")
        texts = {key: text_of(value, key) for key in (*_CONFIGURATION, "delivery_id", "of", "notify")}
        return cls(
            **texts,
            part=text_of(value, "batch"),
            skipped=tuple(Skipped.read(entry) for entry in _objects(skipped)),
            skipped_more=more if isinstance(more, int) else 0,
            replay=ReplayRecord.read(value.get("replay")),
        )

    def of_batch(self, part: str, of: str) -> Routing:
        """The routing of a batch's execution."""
        return Routing(
            event_kind=self.event_kind,
            config_source=self.config_source,
            config_version=self.config_version,
            config_version_id=self.config_version_id,
            notify=self.notify,
            part=part,
            of=of,
        )

    @property
    def parts(self) -> int:
        """Number of the event's parts, as far as this execution knows."""
        match = re.fullmatch(r"[0-9]{1,4}/([0-9]{1,4})", self.part)
        return int(match[1]) if match else 1


def text_of(fields: JsonObject, key: str) -> str:
    """The text of a field; empty if it is absent or not a text."""
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _objects(value: Json) -> Iterable[JsonObject]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else ()
