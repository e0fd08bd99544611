"""One configuration for every environment: placeholders of the deployment, in every trigger type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.workflows import InvalidTrigger, problems_of, triggers_for
from orchestration.event.job_event import Delivery, read_event
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.triggers.base import RequestContext
from orchestration.values.placeholders import fill, fill_key
from orchestration.values.strictjson import Json, JsonObject

DOCUMENT = json.loads((Path(__file__).parents[2] / "configs" / "valid-placeholders.json").read_text())
EVENT = read_event(
    Delivery(
        source="test",
        body={
            "job_name": "transform_images",
            "job_run_id": "r",
            "status": "SUCCESS",
            "artifacts": {"x": "${deploy.env}"},
            "aws": {"account": "from the event"},
            "deploy": {"env": "from the event"},
        },
    )
)


def settings(account: str, env: str) -> Settings:
    arn = f"arn:aws-us-gov:states:us-west-1:{account}:stateMachine:m"
    return Settings(state_machine_arn=arn, region="us-west-1", deploy_env=env)


def requests(of: Settings) -> list[dict[str, Any]]:
    found = triggers_for(DOCUMENT, "transform_images", "on_success", of)
    assert found is not None
    triggers = [one.trigger for one in found]
    assert all(isinstance(one, Trigger) for one in triggers), triggers
    return [
        one.request(RequestContext(event=EVENT, settings=of, downstream_run_id="run"))
        for one in triggers
        if isinstance(one, Trigger)
    ]


def test_one_file_serves_two_environments() -> None:
    glue, machine, bus, dag, queue = requests(settings("111111111111", "prod"))
    assert (glue["JobName"], glue["Arguments"]["--bucket"]) == ("load-prod", "b-111111111111")
    assert machine["StateMachineArn"] == "arn:aws-us-gov:states:us-west-1:111111111111:stateMachine:publish-prod"
    assert (bus["EventBusName"], bus["Source"], bus["DetailType"]) == ("bus-prod", "dwh.prod", "Done in prod")
    assert (dag["environment_name"], dag["dag_id"], dag["conf"]["region"]) == ("airflow-prod", "load_prod", "us-west-1")
    assert queue["QueueUrl"] == "https://sqs.us-west-1.amazonaws.com/111111111111/q-prod"
    assert requests(settings("222222222222", "dev"))[0]["JobName"] == "load-dev"


def test_event_fields_fill_no_placeholder() -> None:
    glue, _, _, dag, _ = requests(settings("111111111111", "prod"))
    assert glue["Arguments"]["--x"] == "${deploy.env}"
    assert dag["conf"]["literal"] == "${aws.account}"


def test_ids_are_the_same_in_every_environment() -> None:
    one, other = (
        triggers_for(DOCUMENT, "transform_images", "on_success", settings(account, env))
        for account, env in (("111111111111", "prod"), ("222222222222", "dev"))
    )
    assert one is not None
    assert other is not None
    assert [found.id for found in one] == [found.id for found in other]


def glue(argument: str, of: Settings) -> Any:
    document: JsonObject = {
        "workflows": {"j": {"on_success": [{"type": "glue_job", "job_name": "g", "arguments": {"--x": argument}}]}}
    }
    found = triggers_for(document, "j", "on_success", of)
    assert found is not None
    return found[0].trigger


@pytest.mark.parametrize("text", ["${aws.vpc}", "${aws}", "${deploy.env:-x}", "${aws.account.x}", "${deploy.}"])
def test_other_placeholder_rejects_its_trigger(text: str) -> None:
    found = glue(text, settings("111111111111", "prod"))
    assert isinstance(found, InvalidTrigger)
    assert found.cause == (
        f"workflows.j.on_success[0].arguments.--x: found {text!r}, expected one of: ${{aws.account}}, ${{aws.region}}, "
        "${aws.partition}, ${deploy.env}. The roots 'aws' and 'deploy' are reserved for the deployment"
    )


def test_missing_environment_name_rejects_its_trigger() -> None:
    found = glue("${deploy.env}", settings("111111111111", ""))
    assert isinstance(found, InvalidTrigger)
    assert "Set its environment variable DEPLOY_ENV (Terraform variable env)" in found.cause


@pytest.mark.parametrize("text", ["${awsome.x}", "${deployment}", "$${aws.account}"])
def test_similar_names_are_templates_of_the_event(text: str) -> None:
    assert isinstance(glue(text, settings("111111111111", "prod")), Trigger)


def test_validate_refuses_targets_of_another_account() -> None:
    entries: list[Json] = [
        {"type": "step_function", "arn": "arn:aws:states:us-west-1:222222222222:stateMachine:m"},
        {
            "type": "eventbridge",
            "event_bus": "arn:aws:events:us-west-1:222222222222:event-bus/b",
            "detail_type": "d",
            "source": "s",
        },
        {"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/222222222222/q"},
        {"type": "step_function", "arn": "arn:aws:states:us-west-1:${aws.account}:stateMachine:m"},
        {"type": "eventbridge", "event_bus": "default", "detail_type": "d", "source": "s"},
    ]
    document: JsonObject = {"workflows": {"j": {"on_success": entries}}}
    found = [str(one) for one in problems_of(document, Settings(only_account="111111111111"))]
    assert found == [
        f"workflows.j.on_success[{index}].{field}: found account 222222222222, expected 111111111111. Write ${{aws.account}}, "
        "or name a target in it"
        for index, field in enumerate(("arn", "event_bus", "queue_url"))
    ]
    assert list(problems_of(document, Settings())) == []


def test_keys_are_filled_and_equal_keys_are_an_error() -> None:
    prod = settings("111111111111", "prod")
    filled, found = fill({"--${deploy.env}": "x", "a": [{"${aws.account}": {}}]}, "p", prod)
    assert (filled, found) == ({"--prod": "x", "a": [{"111111111111": {}}]}, [])
    for keys in ({"--${deploy.env}": 1, "--prod": 2}, {"--prod": 2, "--${deploy.env}": 1}):
        _, (problem,) = fill({**keys}, "p", prod)
        assert (str(problem), problem.at) == (
            "p.--${deploy.env}: the key is '--prod' here, and another key is, too. Rename one",
            "key",
        )


def test_escaped_placeholder_in_a_key_stays() -> None:
    assert fill({"$${deploy.env}": 1}, "p", settings("1", "prod")) == ({"$${deploy.env}": 1}, [])


@pytest.mark.parametrize("key", ["a_${deploy.en}", "${aws}"])
def test_unknown_placeholder_in_a_key_is_an_error_at_the_key(key: str) -> None:
    filled, (problem,) = fill_key(key, f"p.{key}", settings("1", "prod"))
    assert (filled, problem.path, problem.at) == (key.partition("$")[0], f"p.{key}", "key")
