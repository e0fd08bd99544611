"""Estimates of an idle stack and of a million events, from the list prices."""

from __future__ import annotations

import dataclasses

import pytest

from analysis.prices import EventSize, idle_month, million_events

SIZE = EventSize(types=("glue_job",), transitions=5, body=1_000, router_log=400, machine_log=2_000)


def test_idle_stack_costs_its_alarms_and_dashboards() -> None:
    assert idle_month(0, 0) == 0
    assert idle_month(12, 1) == pytest.approx(12 * 0.10 + 3.00)


def test_million_events_cost_by_what_is_paid() -> None:
    assert million_events(SIZE) == pytest.approx(
        {
            "SNS: messages and filter": 0.50 + 0.09,
            "Lambda: requests and duration": 0.20 + 0.1 * 13.3334,
            "S3: the configuration, once per event": 0.40,
            "Step Functions: state transitions": 125.0,
            "CloudWatch: the router's log": 0.4 * 0.50,
            "CloudWatch: the state machine's log": 2 * 0.50,
            "X-Ray: recorded traces": 0.25,
            "Targets: SQS messages and EventBridge events": 0.0,
        }
    )


def test_calls_of_targets_and_of_the_mwaa_function_are_paid() -> None:
    types = ("sqs_mwaa", "sqs_mwaa", "eventbridge", "mwaa_dag")
    found, before = million_events(dataclasses.replace(SIZE, types=types)), million_events(SIZE)
    assert found["Targets: SQS messages and EventBridge events"] == pytest.approx(2 * 0.40 + 1.00)
    added = found["Lambda: requests and duration"] - before["Lambda: requests and duration"]
    assert added == pytest.approx(0.20 + 0.25 * 13.3334)
