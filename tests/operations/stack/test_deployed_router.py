"""Finds the deployed router with its alias, invokes it, and reads its failure destination."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from operations.stack.deployed_router import DeployedRouter, RouterFailedError, RouterNotFoundError
from orchestration.errors import SettingsError
from orchestration.settings import LIVE
from tests.conftest import Router
from tests.local.helpers import Event


def test_router_has_alias_settings_and_region(router: Router, deployed: DeployedRouter) -> None:
    assert (deployed.name, deployed.qualifier, deployed.region) == (router.simulator.stack.function, LIVE, "us-west-1")
    assert deployed.settings == router.simulator.settings


def test_settings_are_those_of_the_alias(router: Router, deployed: DeployedRouter) -> None:
    """The unpublished version has an empty environment, with which the router fails."""
    client, name = router.client, deployed.name
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {}})
    try:
        assert DeployedRouter.find(name).settings == deployed.settings
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def test_function_without_alias_is_used_itself(router: Router, deployed: DeployedRouter) -> None:
    place = {"FunctionName": deployed.name, "Name": LIVE}
    version = router.client.get_alias(**place)["FunctionVersion"]
    router.client.delete_alias(**place)
    try:
        assert DeployedRouter.find(deployed.name).qualifier == ""
    finally:
        router.client.create_alias(**place, FunctionVersion=version)


@pytest.mark.parametrize("region", ["", "eu-west-1"])
def test_missing_function_names_its_region(environment: None, region: str) -> None:
    with pytest.raises(RouterNotFoundError) as missing:
        DeployedRouter.find("nobody", region)
    place = region or "us-west-1"
    assert str(missing.value).startswith(f"function 'nobody': does not exist in {place}. Name the router Lambda")


def test_region_comes_from_the_variable_of_the_aws_cli(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    with pytest.raises(RouterNotFoundError, match="does not exist in eu-central-1"):
        DeployedRouter.find("nobody")


def test_other_function_has_no_settings(router: Router, environment: None) -> None:
    with pytest.raises(SettingsError, match="STATE_MACHINE_ARN"):
        DeployedRouter.find("local-mwaa-dag")


def test_invocation_returns_the_records(deployed: DeployedRouter, event: Event) -> None:
    (found,) = deployed.invoke(event(job_run_id="invoked"))
    assert (found["status"], found["job_run_id"]) == ("STARTED", "invoked")


def test_error_of_the_router_is_its_text(deployed: DeployedRouter) -> None:
    with pytest.raises(RouterFailedError, match="'job_name': found nothing"):
        deployed.invoke({"status": "SUCCESS"})


@pytest.mark.parametrize("answer", [b"null", b"[]", b'{"records": {}}', b'{"dag_run_id": "r"}'])
def test_answer_of_another_function_is_no_report(deployed: DeployedRouter, event: Event, answer: bytes) -> None:
    def other(parsed: dict[str, io.BytesIO], **_: object) -> None:
        parsed["Payload"] = io.BytesIO(answer)

    deployed.client.meta.events.register("after-call.lambda.Invoke", other)
    with pytest.raises(RouterFailedError, match=f"function {deployed.name}: answered .* expected a router report"):
        deployed.invoke(event(job_run_id="answered"))


def test_failure_destination_is_that_of_the_alias(router: Router, deployed: DeployedRouter) -> None:
    bucket = f"arn:aws:s3:::{router.simulator.stack.failure_bucket}"
    assert deployed.failure_destination() == bucket
    assert replace(deployed, name="local-mwaa-dag", qualifier="").failure_destination() == ""
