"""The doctor examines the alarms of the stack, and whether the dispatcher reads the queues of sqs_mwaa triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.cloudwatch.models import cloudwatch_backends

from local.engine.engine import Engine
from operations.doctor import ExaminedStack, watchers
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.sqs_mwaa import SqsMwaa
from tests.operations.doctor.conftest import ROUTER, Examined

TOPIC = "arn:aws:sns:us-west-1:123456789012:alarms"
QUEUE = "local-mwaa-triggers"


def found(stack: ExaminedStack) -> list[tuple[str, str, str]]:
    return [(finding.subject, finding.status, finding.message) for finding in watchers.check_alarms(stack)]


@pytest.fixture
def alarms(engine: Engine) -> Iterator[Any]:
    """Two alarms of the stack, and one of another, with a topic that has a subscriber; yields the CloudWatch client."""
    cloudwatch, sns = engine.client("cloudwatch"), engine.client("sns")
    sns.create_topic(Name="alarms")
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint="arn:aws:sqs:us-west-1:123456789012:mails")
    names = [f"{ROUTER}-router-errors", f"{ROUTER}-age", "other-router-errors"]
    for name in names:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription=f"About {name}",
            AlarmActions=[TOPIC] if name.startswith(ROUTER) else [],
            MetricName="Errors",
            Namespace="AWS/Lambda",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
        )
    yield cloudwatch
    cloudwatch.delete_alarms(AlarmNames=names)
    sns.delete_topic(TopicArn=TOPIC)


def test_stack_without_alarms_is_a_problem(examined: Examined) -> None:
    assert found(examined()) == [(f"{ROUTER}-*", "problem", "the stack has no alarms")]


def test_alarms_with_a_receiver_are_well(alarms: Any, examined: Examined) -> None:
    assert found(examined()) == [(f"{ROUTER}-*", "ok", "2 alarms, all with a receiver")]


def test_disabled_alarm_notifies_nobody(alarms: Any, examined: Examined) -> None:
    alarms.disable_alarm_actions(AlarmNames=[f"{ROUTER}-router-errors"])
    message = f"1 of 2 alarms notify nobody, first {ROUTER}-router-errors"
    assert found(examined()) == [(f"{ROUTER}-*", "problem", message)]


def test_alarm_without_action_notifies_nobody(alarms: Any, examined: Examined) -> None:
    settings = alarms.describe_alarms(AlarmNames=[f"{ROUTER}-age"])["MetricAlarms"][0]
    kept = ("AlarmName", "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold")
    alarms.put_metric_alarm(
        **{key: settings[key] for key in kept}, ComparisonOperator="GreaterThanThreshold", AlarmActions=[]
    )
    message = f"1 of 2 alarms notify nobody, first {ROUTER}-age"
    assert found(examined()) == [(f"{ROUTER}-*", "problem", message)]


def test_alarm_that_goes_off_is_a_problem(alarms: Any, examined: Examined) -> None:
    name = f"{ROUTER}-age"
    alarms.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    (finding,) = watchers.check_alarms(examined())
    assert (finding.subject, finding.status, finding.message) == (name, "problem", "is in ALARM")
    assert finding.advice == f"About {name}"


def test_receivers_of_the_alarms_are_examined(alarms: Any, engine: Engine, examined: Examined) -> None:
    engine.client("sns").delete_topic(TopicArn=TOPIC)
    assert found(examined()) == [(TOPIC, "problem", "the alarm topic does not exist")]


def dispatched(stack: ExaminedStack) -> list[tuple[str, str, str]]:
    return [(finding.subject, finding.status, finding.message) for finding in watchers.check_dispatcher(stack)]


MESSAGES = {
    "ok": "read 12 times in 30 minutes",
    "problem": "nobody has read it in 30 minutes, so DAGs do not start",
}
Dispatcher = Callable[[str, int, str], tuple[str, str, str]]


@pytest.fixture
def dispatcher(engine: Engine, examined: Examined) -> Iterator[Dispatcher]:
    """Return a function that puts a metric of a queue, and examines the stack."""

    def make(metric: str, minutes: int, queue: str) -> tuple[str, str, str]:
        datum = {
            "MetricName": metric,
            "Dimensions": [{"Name": "QueueName", "Value": queue}],
            "Timestamp": datetime.now(UTC) - timedelta(minutes=minutes),
            "Value": 12.0,
        }
        engine.client("cloudwatch").put_metric_data(Namespace="AWS/SQS", MetricData=[datum])
        (finding,) = dispatched(examined())
        return finding

    yield make
    cloudwatch_backends["123456789012"][engine.region].metric_data.clear()  # AWS's API cannot delete metrics


@pytest.mark.parametrize(
    ("metric", "minutes", "queue", "status"),
    [
        ("NumberOfEmptyReceives", 2, QUEUE, "ok"),
        ("NumberOfMessagesReceived", 2, QUEUE, "ok"),
        ("NumberOfMessagesReceived", 29, QUEUE, "ok"),
        ("NumberOfMessagesReceived", 31, QUEUE, "problem"),
        ("NumberOfMessagesSent", 2, QUEUE, "problem"),
        ("NumberOfEmptyReceives", 2, "other", "problem"),
    ],
)
def test_queue_must_be_read_within_30_minutes(
    dispatcher: Dispatcher, metric: str, minutes: int, queue: str, status: str
) -> None:
    assert dispatcher(metric, minutes, queue) == (f"queue {QUEUE}", status, MESSAGES[status])


def test_each_queue_is_examined_once(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    own = "https://sqs.us-west-1.amazonaws.com/123456789012/own"
    triggers = [SqsMwaa(dag_id="a"), SqsMwaa(dag_id="b", queue_url=own), SqsMwaa(dag_id="c", queue_url=own)]
    monkeypatch.setattr(ExaminedStack, "triggers", [*triggers, GlueJob(job_name="j")])
    assert sorted(subject for subject, _, _ in dispatched(examined())) == [f"queue {QUEUE}", "queue own"]
    monkeypatch.setattr(ExaminedStack, "triggers", [GlueJob(job_name="j")])
    assert dispatched(examined()) == []
