"""Every API call of a client is recorded before it is sent, with the caller's parameters as JSON values."""

from __future__ import annotations

import datetime

import pytest
from botocore.exceptions import EndpointConnectionError

from local.engine.call_recorder import Call, record
from local.engine.clients import client

NOWHERE = "http://127.0.0.1:1"


def test_call_is_recorded_even_if_it_fails() -> None:
    calls: list[Call] = []
    glue = client("glue", "us-west-1", NOWHERE)
    record(glue.meta.events, calls.append)
    with pytest.raises(EndpointConnectionError):
        glue.start_job_run(JobName="load")
    assert calls == [Call("glue", "StartJobRun", {"JobName": "load"}, "us-west-1")]


def test_times_are_recorded_as_text() -> None:
    calls: list[Call] = []
    logs = client("cloudtrail", "eu-west-1", NOWHERE)
    record(logs.meta.events, calls.append)
    with pytest.raises(EndpointConnectionError):
        logs.lookup_events(StartTime=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC))
    assert calls[0].parameters == {"StartTime": "2026-01-02 00:00:00+00:00"}
