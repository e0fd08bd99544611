"""The life of the stack on the engine, once. The tests check the records of each step.

Empty account → infrastructure → deploy.sh → apply → second plan → events → configuration by upload → failures and redrive →
upgrade, half and whole → rollback → destroy.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.engine.engine import Engine
from local.simulation.cascade import follow
from local.simulation.result import Simulation
from local.simulation.simulator import Simulator
from local.stack import Stack, deploy, upload_config
from tests.terraform.doctor_breaks import examine
from tests.terraform.example_lives import ON_CALL
from tests.terraform.harness import DEPLOYER, ROOT, Terraform, aws_environment, infrastructure, workspace
from tests.terraform.lifecycle_record import (
    ALARM_TOPIC,
    BUCKET,
    COMPLETION_EVENTS,
    JOIN,
    NAME,
    NEXT,
    PARTNER_TOPIC,
    PREFIX,
    TEAM_TOPIC,
    VERSION,
    Life,
    left,
    notification,
    objects,
    rules,
)
from tests.terraform.stack_inventory import describe

# A release in which the router and the state machine both call the Glue job's name something else: neither half of it works
# with the other half of the release before.
RENAMED = (
    ('"JobName.$": "$.request.JobName"', '"JobName.$": "$.request.Renamed"'),
    ('"JobName": self.job_name', '"Renamed": self.job_name'),
)


def live(engine: Engine, binary: str, folder: Path) -> Life:
    """Live it."""
    life = Life()
    engine.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": engine.region})
    engine.client("iam").create_role(RoleName="mwaa-execution", AssumeRolePolicyDocument="{}")
    infra, stack = infrastructure(binary, folder / "infra", engine), workspace(binary, folder / "stack", engine)
    with life.step("infrastructure: init, apply"):
        infra.run("init", "-input=false")
        variables = [
            f"-var=mwaa_trigger_queue_name={PREFIX}-mwaa-triggers",
            "-var=mwaa_execution_role_name=mwaa-execution",
        ]
        infra.run("apply", "-auto-approve", "-input=false", *variables)
        queue = infra.json("output", "-json")["mwaa_trigger_queue_url"]["value"]
    with life.step("deploy.sh"):
        life.commands["deploy.sh"] = _command(engine, "./deploy.sh", "--account=sandbox", "--env=jc", ok=(0,))
    with life.step("init"):
        stack.run("init", "-input=false")
    # An allow-list of state machines does not have the orchestrator's own one, which batches need.
    settings = [
        f"-var=mwaa_trigger_queue_url={queue}",
        '-var=mwaa_environments=["us-west-2/dwh-airflow"]',
        '-var=state_machines=["publish_*"]',
        f"-var=alarm_topic_arn={ALARM_TOPIC}",
        f"-var=notify_topics={json.dumps([TEAM_TOPIC, PARTNER_TOPIC])}",
        "-var=wait_for_runs=true",
        "-var=joins=true",
        f"-var=completion_events={json.dumps(COMPLETION_EVENTS)}",
    ]
    with life.step("apply"):
        _apply(stack, VERSION, settings)
    with life.step("second plan"):
        for one, given in ((stack, [f"-var=code_version={VERSION}", *settings]), (infra, variables)):
            one.run("plan", "-input=false", "-out=second", *given)
            shown = one.json("show", "-json", "second")
            life.second_plan[one.folder.name] = shown["resource_changes"]
    life.outputs = {name: one["value"] for name, one in stack.json("output", "-json").items()}
    life.terraform_stack = describe(engine, PREFIX)
    simulator = _simulator(engine, life.outputs)
    _events(life, engine, simulator)
    _failures(life, engine, simulator)
    life.observe("in use", engine)
    with life.step("doctor, with one thing after the other broken"):
        life.examined = examine(engine, simulator, lambda: _doctor(engine))
    _upgrade(life, simulator, stack, settings)
    life.logs = [line for one in engine.runtime.invocations if one.function == NAME for line in one.logs.splitlines()]
    with life.step("destroy"):
        stack.run("destroy", "-auto-approve", "-input=false", f"-var=code_version={VERSION}", *settings)
        infra.run("destroy", "-auto-approve", "-input=false", *variables)
    life.left = left(engine)
    with life.step("the local stack, under the same names"):
        engine.client("s3").delete_objects(Bucket=BUCKET, Delete={"Objects": objects(engine, BUCKET)})
        engine.client("s3").delete_bucket(Bucket=BUCKET)
        deploy(engine, (ROOT / "orchestration/workflow_config.json").read_text(), PREFIX)
        life.local_stack = describe(engine, PREFIX)
    return life


def _events(life: Life, engine: Engine, simulator: Simulator) -> None:
    """One of each outcome, a duplicate; then another configuration, by upload alone."""
    with life.step("events"):
        for name in ("success", "approval"):
            life.simulations[name] = simulator.publish((ROOT / f"local/events/{name}.json").read_text())
        life.simulations["duplicate"] = simulator.publish((ROOT / "local/events/success.json").read_text())
        other = json.loads((ROOT / "local/events/success.json").read_text()) | {"created_by": "somebody else"}
        life.simulations["other content"] = simulator.publish(json.dumps(other))
    with life.step("configuration by upload"):
        other = {"workflows": {"transform_images": {"on_success": [{"type": "sqs_mwaa", "dag_id": "after_upload"}]}}}
        simulator.replace_config(other)
        life.simulations["after upload"] = simulator.publish(_event("after-upload"))
        many = [{"type": "sqs_mwaa", "dag_id": f"batched_{number}"} for number in range(41)]
        simulator.replace_config({"workflows": {"transform_images": {"on_success": many}}})
        life.simulations["in batches"] = simulator.publish(_event("in-batches"))
    with life.step("a chain of four workflows"):
        # The allow-list of state machines has publish_* only.
        text = (ROOT / "docs/examples/chain.json").read_text().replace("build_order_model", "publish_order_model")
        environment = '"environment_name": "dwh-airflow", "region": "us-west-2"'
        simulator.replace_config(json.loads(text.replace('"environment_name": "reports"', environment)))
        event = {"job_name": "extract_orders", "job_run_id": "1", "status": "SUCCESS"}
        life.chain = list(follow(simulator, json.dumps(event)))
    with life.step("a join of two jobs"):
        simulator.replace_config({"workflows": {}, "joins": {"report": JOIN}})
        for job in JOIN["all_of"]:
            event = {"job_name": job, "job_run_id": f"{job}-1", "status": "SUCCESS", "start_date": "2026-01-31"}
            life.simulations[f"arrival of {job}"] = simulator.publish(json.dumps(event))
        life.commands["inspect a join"] = _command(
            engine, *_orchestrator("inspect", "report", "2026-01-31", "--function", NAME, "--json")
        )
        simulator.replace_config(json.loads((ROOT / "orchestration/workflow_config.json").read_text()))


def _failures(life: Life, engine: Engine, simulator: Simulator) -> None:
    """Fail a trigger and replay it; then remove the configuration, fill the failure bucket, and redrive."""
    with life.step("a failed trigger, and its replay"):
        engine.client("glue").delete_job(JobName="load_images_to_redshift")
        life.simulations["failed trigger"] = simulator.publish(_event("failed-trigger"))
        waiting = json.loads(_event("failed-and-waited-for")) | {"$wait_seconds": 30}
        engine.client("lambda").invoke(FunctionName=simulator.stack.router, Payload=json.dumps(waiting).encode())
        life.simulations["notified failure"] = _notified(simulator)
        simulator.create_targets()
        arns = [life.simulations[name].executions[0].arn for name in ("failed trigger", "notified failure")]
        life.notification = notification(engine, *arns)
        life.completions = rules(engine, f"{NAME}-glue-jobs") | rules(engine, f"{NAME}-ended-")
        (execution,) = life.simulations["failed trigger"].executions
        life.commands["replay"] = _command(engine, *_orchestrator("replay", execution.arn, "--json"))
    with life.step("no configuration, failure bucket, redrive"):
        bucket, key = simulator.stack.config_uri.removeprefix("s3://").split("/", 1)
        engine.client("s3").delete_object(Bucket=bucket, Key=key)
        engine.runtime.recycle()  # a warm router would use its last configuration
        life.simulations["no configuration"] = simulator.publish(_event("no-configuration"))
        life.commands["redrive: dry run"] = _command(engine, *_orchestrator("redrive-dlq", NAME, "--dry-run", "--json"))
        life.commands["restore"] = _command(
            engine, "./deploy.sh", "--account=sandbox", "--env=jc", "--config-only", ok=(0,)
        )
        life.commands["redrive"] = _command(engine, *_orchestrator("redrive-dlq", NAME, "--yes", "--json"), ok=(0,))
        life.commands["redrive: nothing left"] = _command(
            engine, *_orchestrator("redrive-dlq", NAME, "--dry-run", "--json")
        )


def _upgrade(life: Life, simulator: Simulator, stack: Terraform, settings: list[str]) -> None:
    """A release that changes the router and the state machine incompatibly: in force by half, whole, and rolled back."""
    engine, released = simulator.engine, stack.folder / "next"
    with life.step("upgrade: the state machine alone"):
        for room in (
            "orchestration",
            "builder",
            "tasks",
            "operations",
            "cli",
            "local",
            "statemachines",
            "docs",
            "terraform",
        ):
            shutil.copytree(ROOT / room, released / room, ignore=shutil.ignore_patterns("__pycache__", ".terraform"))
        shutil.copy(ROOT / "pyproject.toml", released)
        glue_job = released / "orchestration/triggers/glue_job.py"
        text = glue_job.read_text()
        for before, after in RENAMED:
            assert before in text, f"{glue_job} no longer has {before}: the test's next release is none"
            text = text.replace(before, after)
        glue_job.write_text(text)
        # The interpreter of this environment, but the modules of the next release.
        _command(engine, sys.executable, "-P", "-m", "builder", cwd=released, ok=(0,))
        arguments = ["upload", "--bucket", BUCKET, "--region", engine.region, "--version", NEXT]
        _command(engine, *_orchestrator(*arguments), cwd=released, ok=(0,))
        shutil.rmtree(stack.folder / "statemachines")
        shutil.copytree(released / "statemachines", stack.folder / "statemachines")
        _apply(stack, NEXT, ["-target=aws_sfn_state_machine.this", *settings])
        life.simulations["new machine, old router"] = simulator.publish(_event("half-an-upgrade"))
        life.observe("new machine, old router", engine)
    with life.step("upgrade: whole"):
        _apply(stack, NEXT, settings)
        life.simulations["upgraded"] = simulator.publish(_event("upgraded"))
        life.observe("upgraded", engine)
    with life.step("rollback"):
        shutil.rmtree(stack.folder / "statemachines")
        shutil.copytree(ROOT / "statemachines", stack.folder / "statemachines")
        _apply(stack, VERSION, settings)
        life.simulations["rolled back"] = simulator.publish(_event("rolled-back"))
        life.observe("rolled back", engine)


def _notified(simulator: Simulator) -> Simulation:
    """An event that fails, of a workflow that names a topic."""
    document = json.loads((ROOT / "orchestration/workflow_config.json").read_text())
    with_topic = json.loads(json.dumps(document))
    with_topic["workflows"]["transform_images"]["notify"] = TEAM_TOPIC.replace("123456789012", "${aws.account}")
    upload_config(simulator.engine, simulator.stack.config_uri, json.dumps(with_topic))
    simulated = simulator.publish(_event("notified-failure"))
    upload_config(simulator.engine, simulator.stack.config_uri, json.dumps(document))
    return simulated


def _doctor(engine: Engine) -> list[dict[str, Any]]:
    answer = _command(engine, *_orchestrator("doctor", "--function", NAME, "--json"), ok=(0, 1))
    findings: list[dict[str, Any]] = json.loads(answer.stdout)
    assert answer.returncode == any(one["status"] != "ok" for one in findings)
    return findings


def _apply(stack: Terraform, version: str, settings: list[str]) -> None:
    stack.run("apply", "-auto-approve", "-input=false", f"-var=code_version={version}", *settings)


def _command(
    engine: Engine, *arguments: str, cwd: Path = ROOT, ok: tuple[int, ...] = ()
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    # deploy.sh and upload are the deployer's; on-call runs the other commands.
    deploys = "./deploy.sh" in arguments or "upload" in arguments
    environment |= aws_environment(engine) | {
        "PYTHONPATH": str(cwd),
        "AWS_ACCESS_KEY_ID": DEPLOYER if deploys else ON_CALL,
    }
    answer = subprocess.run(arguments, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert not ok or answer.returncode in ok, f"{arguments}: {answer.stdout}{answer.stderr}"
    return answer


def _orchestrator(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "cli.main", *arguments]


def _event(run: str) -> str:
    event = json.loads((ROOT / "local/events/success.json").read_text())
    return json.dumps(event | {"job_run_id": run})


def _simulator(engine: Engine, outputs: dict[str, Any]) -> Simulator:
    """The local tools on Terraform's stack."""
    stack = Stack(
        topics=outputs["topic_arns"],
        function=outputs["router_function_name"],
        router=f"{outputs['router_function_name']}:live",
        state_machine=outputs["state_machine_arn"],
        config_uri=outputs["workflow_config_s3_uri"],
        queue_url="",
        delivery_dlq_url=outputs["delivery_dlq_url"],
        failure_bucket=outputs["failure_bucket"],
    )
    document = json.loads((ROOT / "orchestration/workflow_config.json").read_text())
    simulator = Simulator(engine, document, stack)
    simulator.create_targets()
    return simulator
