"""From an empty account to a running stack and back: ``pytest -s tests/terraform/test_cycle.py`` shows each step's seconds."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from local.engine.engine import Engine
from operations.doctor import CHECKS
from operations.executions.console_pages import execution_url
from orchestration.event.job_event import Delivery, read_event
from tests.terraform.api_requests import Request
from tests.terraform.doctor_breaks import EXPECTED, FOLLOWS
from tests.terraform.example_lives import ON_CALL
from tests.terraform.harness import DEPLOYER
from tests.terraform.lifecycle import live
from tests.terraform.lifecycle_record import (
    ALARM_TOPIC,
    BUCKET,
    COMPLETED,
    NAME,
    PARTNER_TOPIC,
    PREFIX,
    TEAM_TOPIC,
    VERSION,
    Life,
    status_change,
    transformed,
)
from tests.terraform.people_needs import asked, by_person, denied, unused
from tests.terraform.permission_exceptions import CHANGES, FAILING_PATHS, IMPLICIT
from tests.terraform.policies import allowed, covers, grants

pytestmark = pytest.mark.timeout(1800)

FIVE = ["glue_job", "step_function", "eventbridge", "mwaa_dag", "sqs_mwaa"]


@pytest.fixture(scope="module")
def life(recorded_engine: Engine, terraform: str, folder: Path) -> Life:
    lived = live(recorded_engine, terraform, folder)
    for name, seconds in lived.seconds.items():
        print(f"{seconds:7.1f} s  {name}")  # noqa: T201 - shown by pytest -s
    print(f"{sum(lived.seconds.values()):7.1f} s  in all")  # noqa: T201
    return lived


def test_second_plan_has_no_change(life: Life) -> None:
    changed = []
    for one in [*life.second_plan["stack"], *life.second_plan["infra"]]:
        before, after = one["change"]["before"] or {}, one["change"]["after"] or {}
        if one["change"]["actions"] not in (["no-op"], ["read"]):
            names = [key for key in {*before, *after} if before.get(key) != after.get(key)]
            changed += [(one["address"], name) for name in names]
    assert changed == []
    assert len(life.second_plan["stack"]) > 40, "the plan is not that of the stack"


def test_local_stack_equals_terraform_stack(life: Life) -> None:
    """Same filters, names, machine, environment; a local configuration has no release in its key."""
    ours = json.loads(json.dumps(life.local_stack).replace("code/local/", f"code/{VERSION}/"))
    assert ours["router"]["environment"]["DEPLOY_ENV"] == "local"
    ours["router"]["environment"]["DEPLOY_ENV"] = "jc"
    assert ours == life.terraform_stack


def test_published_event_reaches_all_five_targets(life: Life) -> None:
    success = life.simulations["success"]
    assert (success.status, [one.type for one in success.triggers]) == ("STARTED", FIVE)
    assert [one.status for one in success.triggers] == ["TRIGGERED"] * 5, success
    assert all(one.received for one in success.triggers)
    approval = life.simulations["approval"]
    assert approval.topic == "job_approvals"
    assert [(one.type, one.status) for one in approval.triggers] == [("glue_job", "TRIGGERED")]
    assert life.simulations["duplicate"].status == life.simulations["other content"].status == "DUPLICATE"


def test_upload_changes_the_next_event(life: Life) -> None:
    (one,) = life.simulations["after upload"].triggers
    assert (one.type, one.status, one.received["dag_id"]) == ("sqs_mwaa", "TRIGGERED", "after_upload")


def test_large_event_runs_in_batches(life: Life) -> None:
    large = life.simulations["in batches"]
    assert [one.batch_of != "" for one in large.executions] == [False, True, True]
    assert [one.status for one in large.triggers] == ["TRIGGERED"] * 41


def test_chain_of_workflows_runs_level_by_level(life: Life) -> None:
    """docs/examples/chain.json on the deployed stack: a Glue job, a state machine, DAGs; four levels, each target once."""
    for link in life.chain:
        simulation = link.simulation
        names = [f"{one.type} {one.name} {one.status}" for one in simulation.triggers]
        print(f"level {link.level} {simulation.job_name}, published by {link.publisher}: {names}")  # noqa: T201
    assert [(link.level, link.simulation.job_name) for link in life.chain] == [
        (1, "extract_orders"),
        (2, "clean_orders"),
        (3, "order_model"),
        (4, "score_orders"),
        (4, "order_report"),
    ]
    assert {one.status for link in life.chain for one in link.simulation.triggers} == {"TRIGGERED"}


def test_last_arrival_starts_the_join(life: Life) -> None:
    first, last = (life.simulations[f"arrival of {job}"] for job in ("orders", "customers"))
    assert [(one["status"], one["missing"]) for one in first.joins] == [("WAITING", ["customers"])]
    assert [(one["status"], one["missing"]) for one in last.joins] == [("COMPLETE", [])]
    assert [(one.name, one.status) for one in last.triggers] == [("report", "TRIGGERED")]


def test_completion_events_are_read_by_the_router(life: Life) -> None:
    assert len(life.completions) == 2
    changes = (("state", "FAILED"), ("status", "FAILED"), ("jobName", "x"), ("stateMachineArn", "x"))
    for event, job, run in COMPLETED:
        (rule,) = (one for one in life.completions.values() if EventPattern.load(one["pattern"]).matches_event(event))
        message = transformed(rule["target"], event)
        read = read_event(Delivery(source="SNS message 1", body=message, topic_arn=rule["target"]["Arn"]))
        assert (read.job_name, read.job_run_id, read.event_kind) == (job, run, "on_success")
        assert rule["target"]["DeadLetterConfig"]["Arn"].endswith("-completion-dlq")
        for key, value in changes:
            other: Any = {**event, "detail": {**event["detail"], key: value}}
            assert key not in event["detail"] or not EventPattern.load(rule["pattern"]).matches_event(other)


def test_failed_trigger_is_replayed(life: Life) -> None:
    assert [one.status for one in life.simulations["failed trigger"].triggers] == ["FAILED"] + ["TRIGGERED"] * 4
    replay = life.commands["replay"]
    assert replay.returncode == 0, replay.stderr
    (execution,) = json.loads(replay.stdout)["executions"]
    assert [(one["type"], one["result"]["status"]) for one in execution["outcomes"]] == [("glue_job", "TRIGGERED")]


def test_failed_event_is_redriven(life: Life) -> None:
    assert life.simulations["no configuration"].status == "FAILED"
    (listed,) = json.loads(life.commands["redrive: dry run"].stdout)
    assert [job["job_run_id"] for job in listed["jobs"]] == ["no-configuration"]
    assert life.commands["redrive"].returncode == 0, life.commands["redrive"].stderr
    (sent,) = json.loads(life.commands["redrive"].stdout)
    assert sent["status"] == "STARTED"
    assert json.loads(life.commands["redrive: nothing left"].stdout) == []


@pytest.mark.parametrize("step", ["new machine, old router", "upgraded", "rolled back"])
def test_events_during_an_upgrade_succeed(life: Life, step: str) -> None:
    assert [one.status for one in life.simulations[step].triggers] == ["TRIGGERED"] * 5, life.simulations[step]


# No start in the cycle loses its answer, so glue_run makes no call: tests/builder/policies/test_iam.py has its permissions.
ROLES = ["downstream_orchestrator", "mwaa_dag", "state_machine"]


@pytest.mark.parametrize("stage", ["in use", "new machine, old router", "upgraded", "rolled back"])
@pytest.mark.parametrize("role", ROLES)
def test_role_policy_is_sufficient(life: Life, role: str, stage: str) -> None:
    """Also half-way through an upgrade, when the policies are the new release's and the router is the old one's."""
    asked = life.observed[stage].asked(role)
    assert asked
    assert [need for need in sorted(asked) if not allowed(life.observed[stage].policies[role], need)] == []


@pytest.mark.parametrize("role", ROLES)
def test_role_policy_is_minimal(life: Life, role: str) -> None:
    seen = life.observed["in use"]
    unused = [
        grant for grant in grants(seen.policies[role]) if not any(covers(grant, need) for need in seen.asked(role))
    ]
    delivery = "logs:" if role == "state_machine" else "-"
    rest = [one for one in unused if one[0] not in IMPLICIT and not one[0].startswith(delivery)]
    failing = [(action, end) for of, action, end in FAILING_PATHS if of == role]
    assert [
        (action, on) for action, on in rest if not any(action == rare and on.endswith(end) for rare, end in failing)
    ] == []
    assert len(rest) == len(failing), "a permission of FAILING_PATHS is used now, or is not granted"


def test_policy_check_finds_a_removed_statement(life: Life) -> None:
    """Each statement that code uses, taken away, is missed."""
    seen = life.observed["in use"]
    for role, policy in seen.policies.items():
        for statement in policy["Statement"]:
            rest = {"Statement": [one for one in policy["Statement"] if one != statement]}
            used = any(covers(grant, need) for grant in grants({"Statement": [statement]}) for need in seen.asked(role))
            assert used == any(not allowed(rest, need) for need in seen.asked(role)), statement


@pytest.mark.parametrize(("person", "access_key"), [("deployer", DEPLOYER), ("on_call", ON_CALL)])
def test_policy_of_a_person_is_sufficient(life: Life, requests: list[Request], person: str, access_key: str) -> None:
    """Every call of deploy.sh and Terraform, with each optional part and an upgrade; every call of the commands."""
    needed = asked(requests, access_key)
    print(person, len(needed), "permissions needed,", len({need[0] for need in needed}), "actions")  # noqa: T201
    assert len(needed) > 20
    assert denied(by_person(life.outputs["people_policies"])[person], needed) == []


def test_policy_of_the_deployer_is_minimal(life: Life, requests: list[Request]) -> None:
    found = unused(by_person(life.outputs["people_policies"])["deployer"], asked(requests, DEPLOYER))
    print("unused in the cycle:", *sorted(found))  # noqa: T201 - pytest -rP
    assert sorted(found - set(CHANGES)) == []
    assert sorted(set(CHANGES) - found) == [], "used in the cycle: no longer an exception"


def test_router_may_write_the_failure_bucket(life: Life) -> None:
    bucket = life.terraform_stack["failure_destination"]
    policy = life.observed["in use"].policies["downstream_orchestrator"]
    assert allowed(policy, ("s3:PutObject", f"{bucket}/aws/lambda/async/{NAME}/2026/01/01/x"))
    assert allowed(policy, ("s3:ListBucket", bucket))
    assert not allowed(policy, ("s3:GetObject", f"{bucket}/x"))


def test_grants_can_be_listed(life: Life) -> None:
    """``terraform output iam_policies``: every action and resource of each role."""
    listed = {
        role: {(action, resource) for one in statements for action in one["actions"] for resource in one["resources"]}
        for role, statements in life.outputs["iam_policies"].items()
    }
    assert ("lambda:InvokeFunction", f"arn:aws:lambda:us-west-1:123456789012:function:{NAME}:live") in listed.pop(
        "join_deadline"
    )
    assert listed.pop("eventbridge") == {("sns:Publish", PARTNER_TOPIC)}
    assert listed == {role: set(grants(policy)) for role, policy in life.observed["in use"].policies.items()}
    for role, pairs in sorted(listed.items()):
        print(role, *(f"  {action} {resource}" for action, resource in sorted(pairs)), sep="\n")  # noqa: T201 - pytest -s


def test_alarm_patterns_match_lines_that_the_router_writes(life: Life) -> None:
    module = (Path(__file__).parents[2] / "terraform" / "alarms.tf").read_text()
    for beginning in ("Failed to load workflow config from S3", "duplicate of execution"):
        assert f'$.message = \\"{beginning}*\\"' in module
        assert any(fnmatchcase(line.split("\t")[-1], f"{beginning}*") for line in life.logs if "[WARNING]" in line)


def test_rule_matches_only_failures_of_the_machine(life: Life) -> None:
    rule = life.notification["rules"][ALARM_TOPIC]
    pattern = EventPattern.load(rule["pattern"])
    assert rule["state"] == "ENABLED"
    for status in ("FAILED", "TIMED_OUT", "ABORTED"):
        assert pattern.matches_event(status_change(life, status=status))
    for status in ("RUNNING", "SUCCEEDED"):
        assert not pattern.matches_event(status_change(life, status=status))
    assert not pattern.matches_event(status_change(life, stateMachineArn="arn:aws:states:us-west-1:1:stateMachine:x"))


def test_topic_of_a_workflow_hears_only_its_failures(life: Life) -> None:
    rules = life.notification["rules"]
    assert set(rules) == {ALARM_TOPIC, TEAM_TOPIC, PARTNER_TOPIC}
    with_role = [topic for topic, rule in rules.items() if "RoleArn" in rule["target"]]
    assert with_role == [PARTNER_TOPIC]
    pattern = EventPattern.load(rules[TEAM_TOPIC]["pattern"])
    given, other = (life.notification[name]["input"] for name in ("execution of a team", "execution"))
    assert json.loads(given)["routing"]["notify"] == TEAM_TOPIC
    assert pattern.matches_event(status_change(life, input=given))
    assert not pattern.matches_event(status_change(life, input=other))
    assert not pattern.matches_event(status_change(life, input=given.replace("warehouse-team", "warehouse-team2")))
    assert not pattern.matches_event(status_change(life, input=given, status="SUCCEEDED"))
    assert EventPattern.load(rules[ALARM_TOPIC]["pattern"]).matches_event(status_change(life, input=given))
    assert rules[TEAM_TOPIC]["target"]["InputTransformer"] == rules[ALARM_TOPIC]["target"]["InputTransformer"]


def test_notification_names_event_cause_and_commands(life: Life) -> None:
    target = life.notification["rules"][ALARM_TOPIC]["target"]
    event = status_change(life)
    text: str = json.loads(transformed(target, event))
    arn = event["detail"]["executionArn"]
    print(text)  # noqa: T201 - pytest -s
    assert text.startswith(f"{PREFIX}-downstream-orchestrator: execution FAILED at 2026-01-31T03:00:00Z\n")
    assert "\ntransform_images-failed-trigger-" in text
    assert '1 of 5 triggers failed: ["load_images_to_redshift"]' in text
    assert "Glue.EntityNotFoundException" in text
    assert f"\nLook: orchestrator inspect {arn}\n" in text
    assert f"Console: {execution_url(arn)}\n" in text
    assert text.endswith(f"orchestrator replay {arn}")


@pytest.mark.parametrize("name", ["well", "well again"])
def test_doctor_finds_nothing_in_the_deployed_stack(life: Life, name: str) -> None:
    assert [one for one in life.examined[name] if one["status"] != "ok"] == []
    assert {one["check"] for one in life.examined[name]} == set(CHECKS)


@pytest.mark.parametrize("name", EXPECTED)
def test_doctor_names_the_broken_thing(life: Life, name: str) -> None:
    check, subject, message = EXPECTED[name]
    found = [one for one in life.examined[name] if one["status"] != "ok" and one["check"] == check]
    assert any(subject in one["subject"] and message in one["message"] for one in found), life.examined[name]
    assert all(one["advice"] for one in found)
    others = [one for one in life.examined[name] if one["status"] != "ok" and one["check"] != check]
    assert [one for one in others if (name, one["check"]) not in FOLLOWS] == []


def test_destroy_removes_every_resource(life: Life) -> None:
    assert {kind: names for kind, names in life.left.items() if names} == {}


def test_deploy_prints_the_next_commands(life: Life) -> None:
    deployed = life.commands["deploy.sh"]
    assert deployed.returncode == 0, deployed.stderr
    assert f"uploaded s3://{BUCKET}/code/{VERSION}/orchestration/workflow_config.json" in deployed.stdout
    assert f'-var="code_version={VERSION}"' in deployed.stdout.splitlines()[-3]
    assert life.outputs["workflow_config_s3_uri"] == f"s3://{BUCKET}/code/{VERSION}/orchestration/workflow_config.json"


def test_names_begin_with_the_prefix(life: Life) -> None:
    router: dict[str, Any] = life.terraform_stack["router"]
    assert router["FunctionName"] == f"{PREFIX}-downstream-orchestrator"
