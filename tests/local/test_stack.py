"""The stack has the resources of the Terraform module; ``tests/terraform`` compares both deployments."""

from __future__ import annotations

import json

import pytest

from local.engine.engine import run_engine
from local.stack import TIMEOUTS, deploy, object_address, upload_config
from operations.stack.topics import FILTERS


@pytest.mark.parametrize("wait_for_runs", [True, False])
def test_deployed_router_has_its_alias_filters_and_destinations(wait_for_runs: bool) -> None:
    with run_engine("eu-west-1") as engine:
        stack = deploy(engine, '{"workflows": {}}', "p", wait_for_runs=wait_for_runs)
        router = engine.client("lambda").get_function_configuration(FunctionName=stack.router)
        variables = router["Environment"]["Variables"]
        assert stack.router.endswith(f":function:{stack.function}:live")
        assert router["Timeout"] == TIMEOUTS["downstream_orchestrator"]
        assert variables["STATE_MACHINE_ARN"] == stack.state_machine
        assert variables["WAIT_FOR_RUNS"] == str(wait_for_runs).lower()
        definition = engine.client("stepfunctions").describe_state_machine(stateMachineArn=stack.state_machine)
        assert ("Run Glue job to its end" in definition["definition"]) is wait_for_runs
        sns = engine.client("sns")
        for topic, policy in FILTERS.items():
            (one,) = sns.list_subscriptions_by_topic(TopicArn=stack.topics[topic])["Subscriptions"]
            attributes = sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])["Attributes"]
            assert one["Endpoint"] == stack.router
            assert json.loads(attributes["FilterPolicy"]) == policy
            dlq = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
            assert dlq.rsplit(":", 1)[1] == stack.delivery_dlq_url.rsplit("/", 1)[1]
        invoke = engine.client("lambda").get_function_event_invoke_config(FunctionName=stack.function, Qualifier="live")
        assert invoke["DestinationConfig"]["OnFailure"]["Destination"] == f"arn:aws:s3:::{stack.failure_bucket}"


def test_uploaded_configuration_is_a_new_version() -> None:
    with run_engine("us-east-1") as engine:
        stack = deploy(engine, '{"workflows": {}}')
        upload_config(engine, stack.config_uri, '{"workflows": {"a": {}}}')
        address = object_address(stack.config_uri)
        s3 = engine.client("s3")
        assert s3.get_object(**address)["Body"].read() == b'{"workflows": {"a": {}}}'
        assert len(s3.list_object_versions(Bucket=address["Bucket"], Prefix=address["Key"])["Versions"]) == 2


def test_object_address_splits_at_the_first_slash() -> None:
    assert object_address("s3://bucket/a/b.json") == {"Bucket": "bucket", "Key": "a/b.json"}
