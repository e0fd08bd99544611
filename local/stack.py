"""Deploys the orchestrator's stack into the engine.

The stack has the same topics, filters, queues, functions, state machine and configuration as the stack that Terraform
deploys. ``tests/terraform`` deploys both and compares them.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from builder import package
from builder.machine.definition import committed, join_deadline, render
from local.defaults import ACCOUNT, PREFIX
from local.engine.engine import Engine
from operations.stack.topics import FILTERS
from orchestration.aws_partitions import partition_of
from orchestration.settings import LIVE
from orchestration.values.placeholders import LOCAL_ENV

TIMEOUTS = {"downstream_orchestrator": 90, "glue_run": 80, "mwaa_dag": 60}
"""Timeout of each function in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Names, ARNs and URLs of the deployed resources.

    Attributes:
        topics: ARN of each topic, by its name without prefix.
        function: name of the router function.
        router: ARN of the router's alias; clients and subscriptions invoke the alias.
    """

    topics: dict[str, str]
    function: str
    router: str
    state_machine: str
    config_uri: str
    queue_url: str
    delivery_dlq_url: str
    failure_bucket: str


def deploy(
    engine: Engine, config: str, prefix: str = PREFIX, *, wait_for_runs: bool = True, env: str = LOCAL_ENV
) -> Stack:
    """Deploy the orchestrator with ``config`` as the text of its configuration.

    Args:
        engine: a running, empty engine.
        config: the configuration.
        prefix: beginning of the resources' names.
        wait_for_runs: the state machine has the states that wait for a run, as with Terraform's variable of that name.
        env: name of the environment, for the placeholder ``${deploy.env}``.
    """
    name = f"{prefix}-downstream-orchestrator"
    role = _role(engine, name)
    sqs = engine.client("sqs")
    bucket = _bucket(engine, f"{prefix}-code-{engine.region}")
    # A large event that needs several executions finishes under the version that its first one recorded.
    engine.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    failures = _bucket(engine, f"{prefix}-orchestrator-failures-{engine.region}")
    config_uri = f"s3://{bucket}/code/local/orchestration/workflow_config.json"
    upload_config(engine, config_uri, config)
    dlq = sqs.create_queue(QueueName=f"{name}-delivery-dlq")["QueueUrl"]
    queue = sqs.create_queue(QueueName=f"{prefix}-mwaa-triggers")["QueueUrl"]
    mwaa = create_function(engine, f"{prefix}-mwaa-dag", "mwaa_dag", role, {})
    glue_run = create_function(engine, f"{prefix}-glue-run", "glue_run", role, {})
    topics = {topic: engine.client("sns").create_topic(Name=f"{prefix}-{topic}")["TopicArn"] for topic in FILTERS}
    values = {
        "glue_run_function_arn": glue_run,
        "mwaa_dag_function_arn": mwaa,
        "job_events_topic_arn": topics["job_events"],
    }
    machine = engine.client("stepfunctions").create_state_machine(
        name=name,
        definition=render(committed(waiting=wait_for_runs), values),
        roleArn=role,
        publish=True,
    )
    environment = {
        "STATE_MACHINE_ARN": machine["stateMachineArn"],
        "STATE_MACHINE_VERSION": machine["stateMachineVersionArn"].rsplit(":", 1)[1],
        "WORKFLOW_CONFIG_S3_URI": config_uri,
        "WORKFLOW_CONFIG_SSM_PARAMETER": f"/{prefix}/downstream-orchestrator/workflow-config",
        "MWAA_TRIGGER_QUEUE_URL": queue,
        "REQUIRE_CONFIG": "true",
        "JOB_EVENTS_TOPIC_ARN": topics["job_events"],
        "JOB_APPROVALS_TOPIC_ARN": topics["job_approvals"],
        "WAIT_FOR_RUNS": str(wait_for_runs).lower(),
        **_joins(engine, name, role),
        "DEPLOY_ENV": env,
        "LOG_LEVEL": "INFO",
    }
    version = create_function(engine, name, "downstream_orchestrator", role, environment).rsplit(":", 1)[1]
    aws_lambda = engine.client("lambda")
    router = aws_lambda.create_alias(FunctionName=name, Name=LIVE, FunctionVersion=version)["AliasArn"]
    aws_lambda.put_function_event_invoke_config(
        FunctionName=name,
        Qualifier=LIVE,
        MaximumRetryAttempts=2,
        DestinationConfig={"OnFailure": {"Destination": f"arn:{router.split(':')[1]}:s3:::{failures}"}},
    )
    dlq_arn = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for topic, policy in FILTERS.items():
        _subscribe(engine, topics[topic], router, policy, dlq_arn)
    return Stack(
        topics=topics,
        function=name,
        router=router,
        state_machine=machine["stateMachineArn"],
        config_uri=config_uri,
        queue_url=queue,
        delivery_dlq_url=dlq,
        failure_bucket=failures,
    )


def _joins(engine: Engine, name: str, role: str) -> dict[str, str]:
    """Create the table of arrivals and the state machine of the deadlines; returns the router's variables."""
    engine.client("dynamodb").create_table(
        TableName=f"{name}-joins",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    router = f"arn:{partition_of(engine.region)}:lambda:{engine.region}:{ACCOUNT}:function:{name}:{LIVE}"
    machine = engine.client("stepfunctions").create_state_machine(
        name=f"{name}-join-deadline", definition=render(join_deadline(), {"router_arn": router}), roleArn=role
    )
    return {"JOINS_TABLE": f"{name}-joins", "JOIN_DEADLINE_ARN": machine["stateMachineArn"]}


def object_address(uri: str) -> dict[str, str]:
    """``Bucket`` and ``Key`` of an ``s3://`` URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


def upload_config(engine: Engine, uri: str, config: str) -> None:
    """Upload the configuration to the object that the router reads on the next event."""
    engine.client("s3").put_object(**object_address(uri), Body=config.encode())


def create_function(engine: Engine, name: str, handler: str, role: str, environment: dict[str, str]) -> str:
    """Create a function from ``tasks/<handler>.py`` and publish a version; returns the version's ARN."""
    aws_lambda = engine.client("lambda")
    aws_lambda.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler=f"tasks.{handler}.handler",
        Code={"ZipFile": _zip(handler)},
        Timeout=TIMEOUTS[handler],
        Environment={"Variables": environment},
    )
    arn: str = aws_lambda.publish_version(FunctionName=name)["FunctionArn"]
    return arn


@functools.cache
def _zip(handler: str) -> bytes:
    """Return the function's zip file; each process builds it once, because the build takes 60 ms."""
    return package.build(handler).body


def _bucket(engine: Engine, name: str) -> str:
    location = {} if engine.region == "us-east-1" else {"LocationConstraint": engine.region}
    engine.client("s3").create_bucket(Bucket=name, **({"CreateBucketConfiguration": location} if location else {}))
    return name


def _role(engine: Engine, name: str) -> str:
    principals = {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}
    statement = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn: str = engine.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    return arn


def _subscribe(engine: Engine, topic: str, endpoint: str, policy: dict[str, list[str]], dlq_arn: str) -> None:
    attributes: dict[str, Any] = {
        "FilterPolicy": json.dumps(policy),
        "FilterPolicyScope": "MessageBody",
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": dlq_arn}),
    }
    engine.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=endpoint, Attributes=attributes)
