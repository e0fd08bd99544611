"""terraform/examples: each planned, applied, planned again without a change, used and destroyed, all in one account."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine
from tests.terraform.api_requests import Request
from tests.terraform.example_account import every_example
from tests.terraform.example_lives import APPROVER, ON_CALL, OWNER, PUBLISHER, Example, aws_cli, live_together
from tests.terraform.example_uses import BOUNDARY, TOPICS, topic_policies
from tests.terraform.harness import DEPLOYER, ROOT, workspace
from tests.terraform.names import LIMITS
from tests.terraform.people_needs import asked, by_person, denied, unused
from tests.terraform.permission_exceptions import RARE

pytestmark = pytest.mark.timeout(1200)

NAMES = [
    "minimal minimal",
    "existing-topics existing",
    "with-mwaa mwaa",
    "two-environments test",
    "two-environments production",
]
each = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def lives(recorded_engine: Engine, terraform: str, folder: Path) -> dict[str, Example]:
    if not aws_cli().exists():
        missing = "the AWS CLI is missing: make awscli"
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    lived = live_together(every_example(recorded_engine, terraform, folder))
    for one in lived.values():
        print(one.name, {step: round(seconds) for step, seconds in one.seconds.items()})  # noqa: T201 - pytest -s
    return lived


def test_every_example_is_applied(lives: dict[str, Example]) -> None:
    folders = {path.parent.name for path in (ROOT / "terraform" / "examples").glob("*/main.tf")}
    assert {name.split()[0] for name in lives} == folders
    assert list(lives) == NAMES


@each
def test_second_plan_has_no_change(lives: dict[str, Example], name: str) -> None:
    assert lives[name].second_plan == 0, lives[name].used["second plan"]


@each
def test_smoke_test_of_the_outputs_passes(lives: dict[str, Example], name: str) -> None:
    """The commands of the output, as they are printed; one example has a receiver of alarms, none a running dispatcher."""
    invoked = lives[name].commands["smoke test: invoke"]
    (record,) = json.JSONDecoder().raw_decode(invoked.stdout)[0]["records"]
    assert (record["status"], record["job_name"]) == ("IGNORED", "orchestrator-smoke-test")
    doctor = lives[name].commands["smoke test: doctor"]
    findings = [one for one in json.loads(doctor.stdout) if one["status"] != "ok"]
    assert {one["check"] for one in findings} <= {"alarms", "dispatcher"}, doctor.stdout
    assert ("Set alarm_topic_arn in Terraform" in doctor.stdout) == (name != "existing-topics existing")


@each
def test_event_reaches_its_targets(lives: dict[str, Example], name: str) -> None:
    simulations = lives[name].simulations
    assert {step: one.status for step, one in simulations.items()} == dict.fromkeys(simulations, "STARTED")
    assert all(trigger.status == "TRIGGERED" for one in simulations.values() for trigger in one.triggers), simulations


def test_destroy_leaves_nothing_but_what_existed(lives: dict[str, Example], recorded_engine: Engine) -> None:
    engine = recorded_engine
    topics = {one["TopicArn"].rpartition(":")[2] for one in engine.client("sns").list_topics()["Topics"]}
    assert topics == set(TOPICS.values())
    assert engine.client("sns").list_subscriptions()["Subscriptions"] == []
    assert engine.client("lambda").list_functions()["Functions"] == []
    assert [one["RoleName"] for one in engine.client("iam").list_roles()["Roles"]] == ["mwaa-execution"]
    assert engine.client("sqs").list_queues(QueueNamePrefix="acme").get("QueueUrls", []) == []
    assert engine.client("cloudwatch").list_dashboards()["DashboardEntries"] == []
    buckets = {one["Name"] for one in engine.client("s3").list_buckets()["Buckets"]}
    assert {one for one in buckets if "failures" in one} == set()


def names(one: Example) -> Iterator[tuple[str, str]]:
    """Type and name of every planned resource whose name is unique in an account and region."""
    for change in one.planned["resource_changes"]:
        attribute, _ = LIMITS.get(change["type"], ("", 0))
        if attribute and change["mode"] == "managed":
            yield change["type"], change["change"]["after"][attribute]


def test_stacks_in_one_account_have_different_names(lives: dict[str, Example]) -> None:
    counted = Counter(found for one in lives.values() for found in names(one))
    assert len(counted) > 100
    assert [found for found, count in counted.items() if count > 1] == []


# Existing topics


def test_publishers_message_on_its_topic_starts_the_target(lives: dict[str, Example]) -> None:
    one = lives["existing-topics existing"]
    assert one.used["started by success"] == ["TRIGGERED"]
    assert one.used["started by approval"] == ["TRIGGERED"]
    assert one.used["failure"].status == "FILTERED"
    assert one.used["started by failure"] == 0


def test_existing_topics_are_not_changed(lives: dict[str, Example], recorded_engine: Engine) -> None:
    one = lives["existing-topics existing"]
    assert one.used["topics before"] == one.used["topics in use"] == topic_policies(recorded_engine)
    planned = {change["type"] for change in one.planned["resource_changes"] if change["mode"] == "managed"}
    assert not planned & {"aws_sns_topic", "aws_sns_topic_policy"}
    assert {name: json.loads(text) for name, text in one.outputs["topic_policy_statements"].items()} == {
        name: [] for name in TOPICS
    }


def test_alarms_and_dashboard_name_the_existing_topics(lives: dict[str, Example]) -> None:
    one = lives["existing-topics existing"]
    assert set(one.used["alarm topics"]) == set(TOPICS.values())
    assert all(f'"{topic}"' in one.used["dashboard"] for topic in TOPICS.values())


def test_router_knows_the_existing_topics(lives: dict[str, Example]) -> None:
    one = lives["existing-topics existing"]
    environment = one.used["environment"]
    for name, topic in TOPICS.items():
        assert environment[f"{name.upper()}_TOPIC_ARN"] == f"arn:aws:sns:us-west-1:123456789012:{topic}"
    published = one.commands["publish"]
    assert published.returncode == 0, published.stderr
    assert json.loads(published.stdout)["topic_arn"].endswith(f":{TOPICS['job_events']}")


def test_roles_have_path_and_boundary(lives: dict[str, Example]) -> None:
    roles = lives["existing-topics existing"].used["roles"]
    assert {one["RoleName"].removeprefix("acme-sandbox-existing-orchestrator-") for one in roles} == {
        f"{name}-us-west-1" for name in ("events", "glue-run", "machine", "mwaa-dag", "router")
    }
    assert {(one["Path"], one["PermissionsBoundary"]["PermissionsBoundaryArn"]) for one in roles} == {
        ("/data/", BOUNDARY)
    }


def test_failed_execution_reaches_the_topic_of_another_account(lives: dict[str, Example]) -> None:
    """Through the role, as soon as the topic's policy has the statements of the output."""
    used = lives["existing-topics existing"].used
    assert used["dropped at first"] == "the topic's policy does not allow it"
    assert used["dropped at last"] == ""
    (text,) = used["central topic"]
    print(text)  # noqa: T201 - pytest -s
    assert text.startswith("acme-sandbox-existing-downstream-orchestrator: execution FAILED at ")
    assert '1 of 1 triggers failed: ["lost_job"]' in text
    assert text.endswith(f"orchestrator replay {used['failed execution']}")


def test_stack_without_a_foreign_topic_has_no_eventbridge_role(lives: dict[str, Example]) -> None:
    roles = {
        name: [
            one["change"]["after"]["name"]
            for one in lived.planned["resource_changes"]
            if ".eventbridge" in one["address"] and one["type"] == "aws_iam_role"
        ]
        for name, lived in lives.items()
    }
    assert roles == {name: [] for name in NAMES} | {
        "existing-topics existing": ["acme-sandbox-existing-orchestrator-events-us-west-1"]
    }


def test_events_stay_out_of_the_log(lives: dict[str, Example]) -> None:
    used = lives["existing-topics existing"].used
    assert not used["logging"].get("includeExecutionData")
    assert used["logging"]["level"] == "ALL"
    assert lives["minimal minimal"].used["logging"]["includeExecutionData"] is True


# MWAA


def test_both_airflow_types_start(lives: dict[str, Example]) -> None:
    types = [trigger.type for trigger in lives["with-mwaa mwaa"].simulations["success"].triggers]
    assert types == ["mwaa_dag", "sqs_mwaa"]


# Two environments


def test_state_is_in_the_backend(lives: dict[str, Example]) -> None:
    for env in ("test", "production"):
        one = lives[f"two-environments {env}"]
        state = one.used["state"]
        assert f"acme-sandbox-{env}-downstream-orchestrator" in state
        assert not (one.terraform.module / "terraform.tfstate").exists()


def test_values_of_the_environments_differ(lives: dict[str, Example]) -> None:
    test, production = (lives[f"two-environments {env}"].used for env in ("test", "production"))
    assert (test["retention"], production["retention"]) == (14, 365)
    assert test["glue resources"] == ["arn:aws:glue:us-west-1:123456789012:job/*"]
    assert production["glue resources"] == ["arn:aws:glue:us-west-1:123456789012:job/load_images_to_redshift"]
    for used, env in ((test, "test"), (production, "production")):
        assert used["tags"] == {
            "Application": "downstream-orchestrator",
            "Account": "sandbox",
            "Environment": env,
            "CodeVersion": "0.3.0",
            "Owner": "data-platform",
        }


# People


@pytest.fixture(scope="module")
def policies(terraform: str, folder: Path) -> dict[str, dict[str, Any]]:
    """The policies of the minimal example's people, as an administrator prints them: without credentials."""
    module = workspace(terraform, folder / "policies", part="policies")
    given = ["aws_account_id=123456789012", "prefix=acme", "account=sandbox", "env=minimal"]
    module.run("init", "-input=false")
    module.run("apply", "-auto-approve", "-input=false", *(f"-var={one}" for one in given))
    return by_person(module.json("output", "-json", "policies"))


PEOPLE = {
    "publisher": PUBLISHER,
    "approver": APPROVER,
    "on_call": ON_CALL,
    "configuration_owner": OWNER,
    "deployer": DEPLOYER,
}
MINIMAL = "acme-sandbox-minimal"


@pytest.mark.parametrize("person", PEOPLE)
def test_policy_of_a_person_is_sufficient(
    lives: dict[str, Example], requests: list[Request], policies: dict[str, dict[str, Any]], person: str
) -> None:
    needed = {need for need in asked(requests, PEOPLE[person]) if _of_minimal(need)}
    print(person, len(needed), "permissions needed")  # noqa: T201 - pytest -rP
    assert needed
    assert denied(policies[person], needed) == []


def _of_minimal(need: tuple[str, str]) -> bool:
    """Everything but the resources of the other examples."""
    return MINIMAL in need[1] or not any(name in need[1] for name in ("acme-", "publishers-", "/data/"))


@pytest.mark.parametrize("person", ["publisher", "approver", "on_call", "configuration_owner"])
def test_policy_of_a_person_is_minimal(
    lives: dict[str, Example], requests: list[Request], policies: dict[str, dict[str, Any]], person: str
) -> None:
    assert unused(policies[person], asked(requests, PEOPLE[person])) - set(RARE) == set()


def test_policies_separate_the_people(policies: dict[str, dict[str, Any]]) -> None:
    events, approvals = (
        f"arn:aws:sns:us-west-1:123456789012:{MINIMAL}-{topic}" for topic in ("job_events", "job_approvals")
    )
    assert denied(policies["publisher"], {("sns:Publish", approvals)})
    assert denied(policies["approver"], {("sns:Publish", events)})
    config = f"arn:aws:s3:::{MINIMAL}-code-us-west-1/code/0.3.0"
    assert denied(policies["configuration_owner"], {("s3:PutObject", f"{config}/downstream_orchestrator.zip")})
    assert not denied(
        policies["configuration_owner"], {("s3:PutObject", f"{config}/orchestration/workflow_config.json")}
    )
    assert denied(policies["on_call"], {("s3:PutObject", f"{config}/orchestration/workflow_config.json")})
    assert denied(policies["deployer"], {("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/administrator")})
    dag = ("airflow:InvokeRestApi", "arn:aws:airflow:us-west-1:123456789012:role/airflow/User")
    assert not denied(policies["on_call"], {dag})


def test_every_command_of_the_people_works(lives: dict[str, Example]) -> None:
    failed = {"on-call: inspect": 1, "on-call: inspect unknown": 3, "smoke test: doctor": 1}
    for name, command in lives["minimal minimal"].commands.items():
        assert command.returncode == failed.get(name, 0), (name, command.stdout, command.stderr)
