"""Messages for event_dispatcher: the specification's, and those that it must not take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TARGET = "my_downstream_dag"
SPECIFICATION: dict[str, Any] = json.loads((Path(__file__).parent / "message.json").read_text())
"""The message that the orchestrator sends for the specification's example; tests of both sides read this file."""


def good(message_id: str, **conf: Any) -> str:
    return json.dumps({"dag_id": TARGET, "conf": conf, "message_id": message_id})


def deep(levels: int) -> str:
    return '{"dag_id": "d", "conf": ' + '{"a": ' * levels + "1" + "}" * levels + "}"


MALFORMED: dict[str, tuple[str, str]] = {
    "not JSON": ("nope", "not JSON"),
    "empty": (" ", "not JSON"),
    "not UTF-8 text": (r'{"dag_id": "d", "conf": {"a": "\ud800"}}', "unpaired surrogate"),
    "a NUL in a value": (r'{"dag_id": "d", "conf": {"a": ["\u0000"]}}', "NUL character"),
    "a NUL in a key": (r'{"dag_id": "d", "conf": {"\u0000": 1}}', "NUL character"),
    "NaN": ('{"dag_id": "d", "conf": {"a": NaN}}', "NaN"),
    "an infinite number": ('{"dag_id": "d", "conf": {"a": 1e999}}', "1e999"),
    "too many digits": ('{"dag_id": "d", "conf": {"a": ' + "9" * 5000 + "}}", "contains the integer 9999"),
    "an integer beyond 64 bits": (json.dumps({"dag_id": "d", "conf": {"a": [2**63]}}), "integer 9223372036854775808"),
    "one below": (json.dumps({"dag_id": "d", "conf": {"a": -(2**63) - 1}}), "integer -9223372036854775809"),
    "a key twice": ('{"dag_id": "d", "dag_id": "e", "conf": {}}', "a key twice"),
    "a list": ("[]", "found a list, expected an object"),
    "no dag_id": ('{"conf": {}}', "dag_id: found None"),
    "an empty dag_id": ('{"dag_id": "", "conf": {}}', "dag_id: found ''"),
    "a template as dag_id": ('{"dag_id": "{{ ds }}", "conf": {}}', "dag_id: found '{{ ds }}'"),
    "a long dag_id": (json.dumps({"dag_id": "d" * 251, "conf": {}}), "at most 250"),
    "a dag_id with a line's end": (json.dumps({"dag_id": "d\n", "conf": {}}), "dag_id: found"),
    "a number as dag_id": ('{"dag_id": 1, "conf": {}}', "dag_id: found 1"),
    "the dispatcher": ('{"dag_id": "event_dispatcher", "conf": {}}', "the dispatcher itself"),
    "null as conf": ('{"dag_id": "d", "conf": null}', "conf: found nothing"),
    "an SNS envelope": (
        json.dumps({"Type": "Notification", "TopicArn": "a", "Message": "{}"}),
        "enable raw message delivery",
    ),
    "an EventBridge event": (
        json.dumps({"version": "0", "source": "s", "detail-type": "t", "detail": {"dag_id": "d"}}),
        "set the target's input path to $.detail",
    ),
    "a text as conf": ('{"dag_id": "d", "conf": "{}"}', "conf: found a string"),
    "a list as conf": ('{"dag_id": "d", "conf": []}', "conf: found a list"),
    "a message_id with a blank": ('{"dag_id": "d", "conf": {}, "message_id": "a b"}', "message_id: found 'a b'"),
    "an empty message_id": ('{"dag_id": "d", "conf": {}, "message_id": ""}', "message_id: found ''"),
    "null as message_id": ('{"dag_id": "d", "conf": {}, "message_id": null}', "message_id: found None"),
    "a long message_id": (json.dumps({"dag_id": "d", "conf": {}, "message_id": "m" * 201}), "at most 200"),
    "a key of XCom's": ('{"dag_id": "d", "conf": {"a": [{"__classname__": "x"}]}}', "__classname__"),
    "another key of XCom's": ('{"dag_id": "d", "conf": {"__type": "x", "__var": {}}}', "found the key __type"),
    "too deep": (deep(200), "more than 120 levels"),
    "far too deep": (deep(100_000), "nested too deeply"),
}
"""What a message has: its body, and words of the reason why it is refused."""
