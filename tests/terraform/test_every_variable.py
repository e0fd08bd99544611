"""A customer's key, a fallback, publishers of another account, an alarm topic: applied, and a second plan without a change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder import package
from local.engine.engine import Engine
from tests.terraform.harness import workspace
from tests.terraform.lifecycle_record import BUCKET, PREFIX, VERSION

KEY = "arn:aws:kms:us-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
FALLBACK = '{"workflows":{"job":{"on_success":[]}}}'
VARIABLES = [
    f"-var=code_version={VERSION}",
    f"-var=kms_key_arn={KEY}",
    f"-var=workflow_config_fallback={FALLBACK}",
    '-var=event_publishers=["arn:aws:iam::210987654321:role/jobs"]',
    "-var=alarm_topic_arn=arn:aws:sns:us-west-1:123456789012:on-call",
    "-var=filter_policy_scope=MessageAttributes",
    "-var=router_reserved_concurrency=20",
    '-var=tags={"Team":"data"}',
]


@pytest.mark.timeout(900)
def test_all_variables_together(engine: Engine, terraform: str, folder: Path) -> None:
    s3 = engine.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": engine.region})
    packages = [package.build(name) for name in package.FUNCTIONS]
    for one in packages:
        s3.put_object(Bucket=BUCKET, Key=f"code/{VERSION}/{one.name}.zip", Body=one.body)
    manifest = json.dumps(package.manifest(VERSION, packages)).encode()
    s3.put_object(Bucket=BUCKET, Key=f"code/{VERSION}/manifest.json", Body=manifest, ContentType="application/json")

    stack = workspace(terraform, folder, engine)
    stack.run("init", "-input=false")
    stack.run("apply", "-auto-approve", "-input=false", *VARIABLES)
    second = stack.run("plan", "-input=false", "-detailed-exitcode", *VARIABLES, ok=(0, 2))
    assert second.returncode == 0, second.stdout

    name = f"{PREFIX}-downstream-orchestrator"
    groups = engine.client("logs").describe_log_groups()["logGroups"]
    assert {one.get("kmsKeyId") for one in groups} == {KEY}
    machine = f"arn:aws:states:us-west-1:123456789012:stateMachine:{name}"
    described = engine.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    assert described["encryptionConfiguration"]["kmsKeyId"] == KEY
    assert described["loggingConfiguration"]["level"] == "ALL"
    parameter = engine.client("ssm").get_parameter(Name=f"/{PREFIX}/downstream-orchestrator/workflow-config")
    assert parameter["Parameter"]["Value"] == FALLBACK
    alarms = engine.client("cloudwatch").describe_alarms(AlarmNamePrefix=name)["MetricAlarms"]
    assert {tuple(one["AlarmActions"]) for one in alarms} == {("arn:aws:sns:us-west-1:123456789012:on-call",)}
    tags = engine.client("lambda").get_function(FunctionName=name)["Tags"]
    assert tags == {
        "Application": "downstream-orchestrator",
        "Account": "sandbox",
        "Environment": "jc",
        "CodeVersion": VERSION,
        "Team": "data",
    }
    stack.run("destroy", "-auto-approve", "-input=false", *VARIABLES)
