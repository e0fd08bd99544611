"""Breaks one thing of the deployed stack after the other, lets ``orchestrator doctor`` examine it, and repairs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.defaults import ACCOUNT
from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from local.stack import object_address, upload_config
from tests.terraform.lifecycle_record import ALARM_TOPIC, NAME, PARTNER_TOPIC, PREFIX

Doctor = Callable[[], list[dict[str, Any]]]

EXPECTED: dict[str, tuple[str, str, str]] = {
    "no reader of the queue": ("dispatcher", "mwaa-triggers", "nobody has read it"),
    "no configuration": ("configuration", "workflow_config.json", "cannot be read"),
    "broken JSON": ("configuration", "workflow_config.json", "the router cannot use it"),
    "invalid entry": ("configuration", "workflow_config.json", "glue_jop"),
    "no Glue job": ("targets", "glue_job load_images_to_redshift", "does not exist"),
    "no state machine": ("targets", "step_function no_such_machine", "does not exist"),
    "no event bus": ("targets", "eventbridge no-such-bus/x", "does not exist"),
    "no queue": ("targets", "sqs_mwaa x", "does not exist"),
    "no MWAA environment": ("targets", "mwaa_dag refresh_image_features", "does not exist"),
    "no DAG": ("targets", "mwaa_dag refresh_image_features", "no such DAG"),
    "paused DAG": ("targets", "mwaa_dag refresh_image_features", "paused"),
    "other filter": ("subscriptions", "job_events", '"FAILED"'),
    "no dead-letter queue": ("subscriptions", "job_approvals", "no dead-letter queue"),
    "edited definition": ("state machine", NAME, "$.States"),
    "target without permission": ("permissions", "orchestrator-machine", "glue:StartJobRun on arn:"),
    "router without permission": ("permissions", "orchestrator-router", "states:DescribeExecution"),
    "topic without rule": ("alarms", "another-team", "no rule tells it"),
    "other account's topic without role": ("alarms", PARTNER_TOPIC, "target has no role"),
    "other account's topic, lost role": ("alarms", PARTNER_TOPIC, "of the rule's target does not exist"),
    "other account's topic without permission": ("alarms", PARTNER_TOPIC, "does not allow sns:Publish"),
    "undelivered event": ("dead letters", "delivery-dlq", "1 events"),
    "failed event": ("dead letters", "orchestrator-failures", "1 events"),
    "no table for joins": ("joins", NAME, "the table does not exist"),
    "no failure destination": ("router", NAME, "no destination"),
    "disabled alarm": ("alarms", NAME, "notify nobody"),
    "alarm that rings": ("alarms", "router-errors", "is in ALARM"),
    "topic without subscriber": ("alarms", ALARM_TOPIC, "no confirmed subscriber"),
}
"""Broken thing to the check, a part of the subject, and a part of the message that the doctor must print."""

FOLLOWS: set[tuple[str, str]] = {
    ("no state machine", "permissions"),  # nor may the role start what the allow-list does not name
    ("no queue", "dispatcher"),
    ("no queue", "permissions"),
    ("no event bus", "permissions"),
}
"""Broken thing and the check that rightly reports it too."""


def examine(engine: Engine, simulator: Simulator, doctor: Doctor) -> dict[str, list[dict[str, Any]]]:
    """Findings by broken thing; ``well`` and ``well again`` have nothing broken."""
    sns, sqs, cloudwatch = (engine.client(name) for name in ("sns", "sqs", "cloudwatch"))
    topic = sns.create_topic(Name=ALARM_TOPIC.rpartition(":")[2])["TopicArn"]
    mails = sqs.create_queue(QueueName="on-call-mails")["QueueUrl"]
    mails_arn = sqs.get_queue_attributes(QueueUrl=mails, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscriber = [sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=mails_arn)["SubscriptionArn"]]
    found = {"no reader of the queue": doctor()}
    metric = {
        "MetricName": "NumberOfEmptyReceives",
        "Dimensions": [{"Name": "QueueName", "Value": f"{PREFIX}-mwaa-triggers"}],
        "Timestamp": datetime.now(UTC) - timedelta(minutes=2),
        "Value": 12.0,
    }
    cloudwatch.put_metric_data(Namespace="AWS/SQS", MetricData=[metric])
    found["well"] = doctor()
    for name, broken in _breaks(engine, simulator).items():
        with broken():
            found[name] = doctor()
    sns.unsubscribe(SubscriptionArn=subscriber.pop())
    found["topic without subscriber"] = doctor()
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=mails_arn)
    found["well again"] = doctor()
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=mails)
    return found


def _breaks(engine: Engine, simulator: Simulator) -> dict[str, Any]:
    def trigger(**fields: Any) -> Any:
        return lambda: _configuration(engine, simulator, json.dumps({"workflows": {"j": {"on_success": [fields]}}}))

    dag = ("us-west-2", "dwh-airflow", "refresh_image_features")
    return {
        "no configuration": lambda: _configuration(engine, simulator, None),
        "broken JSON": lambda: _configuration(engine, simulator, '{"workflows": '),
        "invalid entry": trigger(type="glue_jop", job_name="x"),
        "no Glue job": lambda: _no_glue_job(engine, simulator),
        "no state machine": trigger(
            type="step_function", arn="arn:aws:states:us-west-1:123456789012:stateMachine:no_such_machine"
        ),
        "no event bus": trigger(type="eventbridge", event_bus="no-such-bus", source="s", detail_type="x"),
        "no queue": trigger(
            type="sqs_mwaa", dag_id="x", queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/no-such-queue"
        ),
        "no MWAA environment": lambda: _without(engine.mwaa.environments, dag[:2]),
        "no DAG": lambda: _without(engine.mwaa.environments[dag[:2]], dag[2]),
        "paused DAG": lambda: _paused(engine, dag),
        "other filter": lambda: _subscription(
            engine, "job_events", "FilterPolicy", json.dumps({"status": ["SUCCESS", "FAILED"]})
        ),
        "no dead-letter queue": lambda: _subscription(engine, "job_approvals", "RedrivePolicy", "{}"),
        "edited definition": lambda: _edited_definition(engine),
        "target without permission": lambda: _role(engine, "machine", "state_machine", "glue:"),
        "router without permission": lambda: _role(engine, "router", "downstream_orchestrator", "states:"),
        "topic without rule": lambda: _configuration(
            engine,
            simulator,
            json.dumps(
                {"workflows": {"j": {"notify": "arn:aws:sns:us-west-1:${aws.account}:another-team", "on_success": []}}}
            ),
        ),
        "other account's topic without role": lambda: _partner_target(engine, None),
        "other account's topic, lost role": lambda: _partner_target(
            engine, f"arn:aws:iam::123456789012:role/{PREFIX}-orchestrator-lost-{engine.region}"
        ),
        "other account's topic without permission": lambda: _partner_target(
            engine, f"arn:aws:iam::123456789012:role/{PREFIX}-orchestrator-router-{engine.region}"
        ),
        "undelivered event": lambda: _message(engine, simulator),
        "failed event": lambda: _object(engine, simulator),
        "no table for joins": lambda: _without(dynamodb_backends[ACCOUNT][engine.region].tables, f"{NAME}-joins"),
        "no failure destination": lambda: _no_destination(engine),
        "disabled alarm": lambda: _disabled_alarm(engine),
        "alarm that rings": lambda: _ringing_alarm(engine),
    }


@contextmanager
def _configuration(engine: Engine, simulator: Simulator, text: str | None) -> Iterator[None]:
    s3, place = engine.client("s3"), object_address(simulator.stack.config_uri)
    before = s3.get_object(**place)["Body"].read().decode()
    if text is None:
        s3.delete_object(**place)
    else:
        upload_config(engine, simulator.stack.config_uri, text)
    yield
    upload_config(engine, simulator.stack.config_uri, before)


@contextmanager
def _no_glue_job(engine: Engine, simulator: Simulator) -> Iterator[None]:
    engine.client("glue").delete_job(JobName="load_images_to_redshift")
    yield
    simulator.create_targets()


@contextmanager
def _without(things: dict[Any, Any], key: Any) -> Iterator[None]:
    before = things.pop(key)
    yield
    things[key] = before


@contextmanager
def _paused(engine: Engine, dag: tuple[str, str, str]) -> Iterator[None]:
    engine.mwaa.paused.add(dag)
    yield
    engine.mwaa.paused.remove(dag)


@contextmanager
def _subscription(engine: Engine, topic: str, attribute: str, value: str) -> Iterator[None]:
    sns = engine.client("sns")
    arn = f"arn:aws:sns:{engine.region}:123456789012:{PREFIX}-{topic}"
    (one,) = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    given = {"SubscriptionArn": one["SubscriptionArn"], "AttributeName": attribute}
    before = sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])["Attributes"][attribute]
    sns.set_subscription_attributes(**given, AttributeValue=value)
    yield
    sns.set_subscription_attributes(**given, AttributeValue=before)


@contextmanager
def _edited_definition(engine: Engine) -> Iterator[None]:
    # Not through the API: a version cannot be changed there, and the router starts a version.
    machines: list[Any] = stepfunctions_parser_backends["123456789012"][engine.region].state_machines
    (machine,) = (one for one in machines if one.name == NAME)
    versions = [machine, *machine.versions.values()]
    before = [one.definition for one in versions]
    for one in versions:
        one.definition = one.definition.replace('"MaxConcurrency":', '"MaxConcurrency": 1, "Was":')
    yield
    for one, definition in zip(versions, before, strict=True):
        one.definition = definition


@contextmanager
def _role(engine: Engine, role: str, policy: str, service: str) -> Iterator[None]:
    iam, name = engine.client("iam"), f"{PREFIX}-orchestrator-{role}-{engine.region}"
    before = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    kept = [
        one for one in before["Statement"] if not any(action.startswith(service) for action in _list(one["Action"]))
    ]
    assert len(kept) < len(before["Statement"])
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(before | {"Statement": kept}))
    yield
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(before))


@contextmanager
def _partner_target(engine: Engine, role: str | None) -> Iterator[None]:
    events = engine.client("events")
    (rule,) = events.list_rule_names_by_target(TargetArn=PARTNER_TOPIC)["RuleNames"]
    (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
    rest = {name: value for name, value in target.items() if name != "RoleArn"}
    events.put_targets(Rule=rule, Targets=[rest | ({"RoleArn": role} if role else {})])
    yield
    events.put_targets(Rule=rule, Targets=[target])


@contextmanager
def _message(engine: Engine, simulator: Simulator) -> Iterator[None]:
    sqs, url = engine.client("sqs"), simulator.stack.delivery_dlq_url
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    yield
    sqs.purge_queue(QueueUrl=url)


@contextmanager
def _object(engine: Engine, simulator: Simulator) -> Iterator[None]:
    place = {"Bucket": simulator.stack.failure_bucket, "Key": f"aws/lambda/async/{simulator.stack.function}/x"}
    engine.client("s3").put_object(**place, Body=b"{}")
    yield
    engine.client("s3").delete_object(**place)


@contextmanager
def _no_destination(engine: Engine) -> Iterator[None]:
    functions, place = engine.client("lambda"), {"FunctionName": NAME, "Qualifier": "live"}
    before = functions.get_function_event_invoke_config(**place)
    functions.delete_function_event_invoke_config(**place)
    yield
    names = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
    functions.put_function_event_invoke_config(**place, **{name: before[name] for name in names if name in before})


@contextmanager
def _disabled_alarm(engine: Engine) -> Iterator[None]:
    cloudwatch, names = engine.client("cloudwatch"), [f"{NAME}-router-errors"]
    cloudwatch.disable_alarm_actions(AlarmNames=names)
    yield
    cloudwatch.enable_alarm_actions(AlarmNames=names)


@contextmanager
def _ringing_alarm(engine: Engine) -> Iterator[None]:
    cloudwatch, name = engine.client("cloudwatch"), f"{NAME}-router-errors"
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    yield
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="a test")


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
