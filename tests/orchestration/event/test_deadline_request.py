"""The request of a deadline is read from a direct payload only, and never by accident."""

from __future__ import annotations

import pytest

from orchestration.event.deadline_request import DeadlineRequest, read_deadline
from orchestration.event.kinds import JOIN_DEADLINE
from orchestration.values.strictjson import Json


def test_request_names_join_and_key() -> None:
    payload: Json = {JOIN_DEADLINE: {"join": "report", "key": "2026-01-01", "seconds": 60}}
    assert read_deadline(payload) == DeadlineRequest(join="report", key="2026-01-01")


def test_key_that_is_a_number_is_read_as_text() -> None:
    assert read_deadline({JOIN_DEADLINE: {"join": "report", "key": 7}}) == DeadlineRequest(join="report", key="7")


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [JOIN_DEADLINE],
        "text",
        {},
        {"job_name": "j"},
        {JOIN_DEADLINE: None},
        {JOIN_DEADLINE: "report"},
        {JOIN_DEADLINE: []},
        {"event": {JOIN_DEADLINE: {"join": "report", "key": "k"}}},
    ],
)
def test_other_payloads_have_no_request(payload: Json) -> None:
    assert read_deadline(payload) is None


def test_text_of_an_sns_message_is_not_parsed() -> None:
    assert read_deadline('{"$join_deadline": {"join": "report", "key": "k"}}') is None
