"""Uses the stacks of the examples as people do: smoke tests, events, failures and repairs."""

from __future__ import annotations

import json
import shlex
from typing import Any

from local.engine.engine import Engine
from local.simulation.simulator import Simulator
from local.stack import Stack
from tests.terraform import central_topic
from tests.terraform.example_lives import APPROVER, ON_CALL, OWNER, PUBLISHER, STATE_BUCKET, VERSION, Example
from tests.terraform.harness import ROOT
from tests.terraform.lifecycle_record import execution_ended

TOPICS = {"job_events": "publishers-events", "job_approvals": "publishers-approvals"}
"""Topics that exist before the stack."""
CODE_BUCKET = "acme-sandbox-minimal-code-us-west-1"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"

Document = dict[str, Any]


def _smoke_test(one: Example) -> None:
    printed = one.terraform.run("output", "-raw", "smoke_test").stdout
    for name, command in zip(("doctor", "invoke"), printed.splitlines(), strict=True):
        more = " --json" if name == "doctor" else ""
        one.commands[f"smoke test: {name}"] = one.run(ON_CALL, command + more)


def _glue(job: str, **fields: Any) -> Document:
    return {"type": "glue_job", "id": "load", "job_name": job, **fields}


def _event(job: str, run: str, **fields: Any) -> str:
    return json.dumps({"job_name": job, "job_run_id": run, "status": "SUCCESS", **fields})


def use_minimal(one: Example) -> None:
    """An event, failed triggers and their replay, dead letters, and a new configuration: with each person's credentials."""
    document = json.loads((ROOT / "orchestration/workflow_config.json").read_text())
    triggers = document["workflows"]["transform_images"]["on_success"]
    # This stack has no default queue, and may start DAGs in its own region.
    triggers[:] = [trigger for trigger in triggers if trigger["type"] != "sqs_mwaa"]
    for trigger in triggers:
        if trigger["type"] == "mwaa_dag":
            trigger["region"] = "us-west-1"
    simulator = one.simulator(document)
    _smoke_test(one)
    one.simulations["success"] = simulator.publish((ROOT / "local/events/success.json").read_text())
    one.used["logging"] = _machine(one)["loggingConfiguration"]
    topic = one.outputs["job_events_topic_arn"]
    approvals = topic.replace("job_events", "job_approvals")
    message = shlex.quote(_event("transform_images", "published"))
    one.commands["publisher"] = one.run(
        PUBLISHER, f"aws sns publish --region us-west-1 --topic-arn {topic} --message {message}"
    )
    approve = f"orchestrator publish --topic-arn {approvals} --job transform_images --run-id published --approve"
    one.commands["approver"] = one.run(APPROVER, approve)
    # A target that does not exist: on-call finds it, the owner of the configuration corrects it, on-call replays.
    one.commands["owner: upload"] = _upload(one, {"workflows": {"nightly": {"on_success": [_glue("no_such_job")]}}})
    first, _ = (simulator.publish(_event("nightly", run)).executions[0].arn for run in ("1", "2"))
    ask = f"--function {one.function}"
    uploaded = f"{one.terraform.folder}/configuration/workflow_config.json --region us-west-1 --account 123456789012"
    for name, command in {
        "executions": f"orchestrator executions {ask} --status FAILED --json",
        "inspect": f"orchestrator inspect {first} --json",
        "inspect unknown": f"orchestrator inspect nightly none {ask}",
        "replay, dry run": f"orchestrator replay {first} --dry-run --json",
        "recorded": f"orchestrator plan --recorded 1d {ask} --json",
        "permissions": f"orchestrator iam {uploaded} --check {one.prefix}-orchestrator-machine-us-west-1 "
        f"--check {one.prefix}-orchestrator-glue-run-us-west-1",
    }.items():
        one.commands[f"on-call: {name}"] = one.run(ON_CALL, command)
    one.commands["owner: repair"] = _upload(one, {"workflows": {"nightly": {"on_success": [_glue("load_nightly")]}}})
    one.commands["owner: recorded"] = one.run(OWNER, f"orchestrator plan --recorded 1d {ask} --json")
    script = {"Name": "glueetl", "ScriptLocation": "s3://code/job.py"}
    one.engine.client("glue").create_job(
        Name="load_nightly", Role="arn:aws:iam::123456789012:role/glue", Command=script
    )
    _dead_letters(one, simulator.stack, topic)
    for name, command_line in {
        "replay": f"orchestrator replay {first} --json",
        "replay failed": f"orchestrator replay --failed {ask} --since 1h --yes",
        "wait": f"orchestrator publish {ask} --job nightly --run-id 3 --wait --json",
        "redrive, dry run": f"orchestrator redrive-dlq {one.function} --dry-run --json",
        "redrive": f"orchestrator redrive-dlq {one.function} --yes --json",
    }.items():
        one.commands[f"on-call: {name}"] = one.run(ON_CALL, command_line)


def _dead_letters(one: Example, stack: Stack, topic: str) -> None:
    """An event that SNS could not deliver, and one that the router failed on."""
    undelivered = {"Type": "Notification", "TopicArn": topic, "MessageId": "m", "Message": _event("nightly", "4")}
    one.engine.client("sqs").send_message(QueueUrl=stack.delivery_dlq_url, MessageBody=json.dumps(undelivered))
    arn = f"arn:aws:lambda:us-west-1:123456789012:function:{one.function}"
    failed = {"requestContext": {"functionArn": arn}, "requestPayload": json.loads(_event("nightly", "5"))}
    key = f"aws/lambda/async/{one.function}/2026/01/01/x"
    one.engine.client("s3").put_object(Bucket=stack.failure_bucket, Key=key, Body=json.dumps(failed).encode())


def _upload(one: Example, document: Document) -> Any:
    """Upload a configuration as its owner does, over the one that is known by its digest."""
    folder = one.terraform.folder / "configuration"
    folder.mkdir(exist_ok=True)
    (folder / "workflow_config.json").write_text(json.dumps(document), encoding="utf-8")
    command = (
        f"orchestrator upload --bucket {one.prefix}-code-us-west-1 --region us-west-1 --version {VERSION} "
        f"--config {shlex.quote(str(folder / 'workflow_config.json'))} --config-only"
    )
    refused = one.run(OWNER, command)
    digest = refused.stderr.rpartition("--overwrite-digest=")[2].split()
    return one.run(OWNER, f"{command} --overwrite-digest={digest[0].rstrip('.')}") if digest else refused


def use_existing(one: Example) -> None:
    """A publisher's own messages on its own topics."""
    one.used["topics before"] = topic_policies(one.engine)
    document = {
        "workflows": {"nightly": {"on_success": [_glue("load_existing")], "on_approval": [_glue("load_approved")]}}
    }
    topics = {name: f"arn:aws:sns:us-west-1:123456789012:{topic}" for name, topic in TOPICS.items()}
    simulator = one.simulator(document, topics)
    _smoke_test(one)
    for name, text in {
        "success": _event("nightly", "1"),
        "approval": json.dumps({"job_name": "nightly", "job_run_id": "1", "decision": "APPROVED"}),
    }.items():
        one.simulations[name] = simulator.publish(text)
        one.used[f"started by {name}"] = [trigger.status for trigger in one.simulations[name].triggers]
    # The engine applies the filter before it answers the publisher, so there is nothing to wait for.
    machine = _machine(one)["stateMachineArn"]
    sfn = one.engine.client("stepfunctions")
    before = len(sfn.list_executions(stateMachineArn=machine)["executions"])
    one.used["failure"] = simulator.publish(json.dumps({"job_name": "nightly", "job_run_id": "2", "status": "FAILED"}))
    one.engine.runtime.drain()
    one.used["started by failure"] = len(sfn.list_executions(stateMachineArn=machine)["executions"]) - before
    one.commands["publish"] = one.run(
        ON_CALL, f"orchestrator publish --function {one.function} --job nightly --run-id 3 --wait --json"
    )
    _failure_to_the_central_topic(one, simulator)
    one.used["topics in use"] = topic_policies(one.engine)
    functions, cloudwatch = one.engine.client("lambda"), one.engine.client("cloudwatch")
    configuration = functions.get_function_configuration(FunctionName=one.function)
    one.used["environment"] = configuration["Environment"]["Variables"]
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=one.function)["MetricAlarms"]
    one.used["alarm topics"] = [
        dimension["Value"]
        for alarm in alarms
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "TopicName"
    ]
    one.used["dashboard"] = cloudwatch.get_dashboard(DashboardName=f"{one.function}-us-west-1")["DashboardBody"]
    iam = one.engine.client("iam")
    roles = [role["RoleName"] for role in iam.list_roles(PathPrefix="/data/")["Roles"]]
    one.used["roles"] = [iam.get_role(RoleName=role)["Role"] for role in roles]
    one.used["logging"] = _machine(one)["loggingConfiguration"]


def _failure_to_the_central_topic(one: Example, simulator: Simulator) -> None:
    """A failed execution, before and after the topic's owner allows this account to publish."""
    simulator.replace_config({"workflows": {"nightly": {"on_success": [_glue("lost_job")]}}})
    one.engine.client("glue").delete_job(JobName="lost_job")
    failed = simulator.publish(_event("nightly", "4"))
    arn = failed.executions[0].arn
    ended = execution_ended(one.engine.client("stepfunctions").describe_execution(executionArn=arn))
    rule = f"{one.function}-failed"
    one.used["failed execution"] = arn
    one.used["dropped at first"] = central_topic.publish(one.engine, rule, ended)
    central_topic.allow(one.engine, one.outputs["receiver_policy_statements"][central_topic.TOPIC])
    one.used["dropped at last"] = central_topic.publish(one.engine, rule, ended)
    one.used["central topic"] = central_topic.received(one.engine)


def use_mwaa(one: Example) -> None:
    """One event, one trigger of each Airflow type."""
    triggers = [
        {"type": "mwaa_dag", "environment_name": "airflow", "region": "us-west-1", "dag_id": "refresh"},
        {"type": "sqs_mwaa", "dag_id": "report"},
    ]
    simulator = one.simulator({"workflows": {"nightly": {"on_success": triggers}}})
    _smoke_test(one)
    one.simulations["success"] = simulator.publish(_event("nightly", "1"))


def use_one_of_two(one: Example) -> None:
    """The same event in each environment starts its own execution."""
    simulator = one.simulator({"workflows": {"nightly": {"on_success": [_glue("load_images_to_redshift")]}}})
    _smoke_test(one)
    one.simulations["success"] = simulator.publish(_event("nightly", "1"))
    key = f"downstream-orchestrator/{one.env}.tfstate"
    one.used["state"] = one.engine.client("s3").get_object(Bucket=STATE_BUCKET, Key=key)["Body"].read().decode()
    (group,) = one.engine.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{one.function}")[
        "logGroups"
    ]
    one.used["retention"] = group["retentionInDays"]
    one.used["tags"] = one.engine.client("lambda").get_function(FunctionName=one.function)["Tags"]
    role = f"{one.prefix}-orchestrator-machine-us-west-1"
    policy = one.engine.client("iam").get_role_policy(RoleName=role, PolicyName="state_machine")["PolicyDocument"]
    one.used["glue resources"] = [
        resource
        for statement in policy["Statement"]
        if "glue:StartJobRun" in statement["Action"]
        for resource in statement["Resource"]
    ]


def topic_policies(engine: Engine) -> dict[str, Any]:
    """Policy and attributes of the topics that existed before; the counts of subscriptions change."""
    sns = engine.client("sns")
    found = {}
    for topic in TOPICS.values():
        attributes = sns.get_topic_attributes(TopicArn=f"arn:aws:sns:us-west-1:123456789012:{topic}")["Attributes"]
        found[topic] = {name: value for name, value in attributes.items() if not name.startswith("Subscriptions")}
    return found


def _machine(one: Example) -> Any:
    arn = f"arn:aws:states:us-west-1:123456789012:stateMachine:{one.function}"
    return one.engine.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
