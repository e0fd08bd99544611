"""The values that Airflow does not accept: ``validate`` and the router refuse each, by the table that event_dispatcher shares."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from analysis.problems.check import check_file
from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import read_document, triggers_for
from orchestration.errors import EventError
from orchestration.event.job_event import Delivery, read_event
from orchestration.planning.plan import plan
from orchestration.settings import Settings
from orchestration.values import dag_conf, strictjson
from tests.trigger_types.conf_table import CONF_CASES, ConfCase

SETTINGS = Settings(
    region="us-west-1", state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:m", deploy_env="test"
)
EVENT = '{"job_name": "load", "job_run_id": "r", "status": "SUCCESS"}'
each_case = pytest.mark.parametrize("case", CONF_CASES, ids=lambda case: case.name.replace(" ", "-"))
# A configuration has fewer levels than the deep cases. Only an event can add the others.
each_flat_case = pytest.mark.parametrize(
    "case", [case for case in CONF_CASES if not case.levels], ids=lambda case: case.name.replace(" ", "-")
)
each_kind = pytest.mark.parametrize("kind", ["sqs_mwaa", "mwaa_dag"])


def verdict(configuration: str, event: str) -> str:
    """The router's refusal of the trigger, or of the whole event; empty if the trigger would start."""
    document = read_document(strictjson.loads(configuration), SETTINGS).document
    try:
        read = read_event(Delivery(source="SNS message m", body=event, topic_arn="arn"))
    except EventError as error:
        return f"EventError: {error}"
    triggers = triggers_for(document, "load", "on_success", SETTINGS)
    assert triggers is not None
    (planned,) = plan(read, triggers, LoadedConfig(document, "s3://b/k", "v", "id"), SETTINGS, "req").items
    item: Any = planned.to_json()
    if item["type"] != "rejected":
        assert item["request"]
        return ""
    assert item["declared"]["type"] in ("sqs_mwaa", "mwaa_dag")
    return f"{item['request']['Error']}: {item['request']['Cause']}"


def agrees(found: str, expected: str) -> bool:
    return expected in found if expected else not found


@each_kind
@each_flat_case
def test_validate_and_router_refuse_a_literal_value(case: ConfCase, kind: str) -> None:
    configuration, expected = case.literal(kind), getattr(case, kind)
    errors = check_file("c.json", configuration.encode(), SETTINGS).errors
    found = "; ".join(f"{one.path}: {one.message}" for one in errors)
    assert agrees(found, expected), found
    assert all(one.line == 1 and one.column > configuration.index('"type"') for one in errors)
    routed = verdict(configuration, EVENT)
    assert agrees(routed, expected and f"ConfigError: {found[:200]}"), routed


@each_kind
@each_case
def test_router_refuses_a_value_of_the_event(case: ConfCase, kind: str) -> None:
    configuration, event = case.by_event(kind)
    found, expected = verdict(configuration, event), getattr(case, kind)
    assert agrees(found, expected), found
    if expected and not found.startswith(("EventError: ", "ConfigError: ")):
        assert found.startswith(f"AirflowValueError: {kind} {case.dag_id}: conf")


@each_case
def test_every_refusal_of_the_dispatcher_is_planned(case: ConfCase) -> None:
    assert bool(case.sqs_mwaa) >= bool(case.dispatcher)
    only_sqs = "which SQS refuses" in case.sqs_mwaa
    assert bool(case.sqs_mwaa) == bool(case.dispatcher) or only_sqs


def test_table_has_every_rule() -> None:
    found = "\n".join(f"{case.sqs_mwaa}\n{case.mwaa_dag}" for case in CONF_CASES)
    assert all(f"{key}: a key that" in found for key in dag_conf.XCOM_KEYS)
    for limits in (dag_conf.QUEUE, dag_conf.REST_API):
        assert all(f"U+{ord(character):04X}" in found for character, _ in limits.characters)
        assert str(limits.max_number + 1) in found
    assert str(dag_conf.MIN_NUMBER - 1) in found
    assert f"more than {dag_conf.MAX_LEVELS} levels" in found


@pytest.mark.parametrize("prefix", dag_conf.RESERVED_RUN_IDS)
def test_reserved_run_id_rejects_mwaa_dag_only(prefix: str) -> None:
    def routed(kind: str, job: str) -> str:
        case = ConfCase(name="", conf="{}")
        configuration = case.literal(kind).replace('"load"', json.dumps(job))
        event: dict[str, Any] = json.loads(EVENT) | {"job_name": job}
        document = read_document(strictjson.loads(configuration), SETTINGS).document
        read = read_event(Delivery(source="test", body=event))
        triggers = triggers_for(document, job, "on_success", SETTINGS)
        assert triggers is not None
        (planned,) = plan(read, triggers, LoadedConfig(document, "s3://b/k", "v", "id"), SETTINGS, "req").items
        item: Any = planned.to_json()
        return f"{item['request'].get('Error', '')}: {item['request'].get('Cause', '')}"

    found = routed("mwaa_dag", f"{prefix}etl")
    assert found.startswith(f"AirflowValueError: mwaa_dag my_downstream_dag: dag_run_id: found '{prefix}")
    assert f"Airflow reserves ids that begin with {prefix}." in found
    assert routed("sqs_mwaa", f"{prefix}etl") == routed("mwaa_dag", f"x{prefix}etl") == ": "


def test_page_lists_the_limits() -> None:
    page = (Path(__file__).parents[2] / "docs" / "airflow.md").read_text()
    section = page.partition("## Accepted conf\n")[2].partition("\n## ")[0]
    assert (dag_conf.REST_API.max_number, dag_conf.QUEUE.max_number) == (2**64 - 1, 2**63 - 1)
    assert "| -2⁶³ to 2⁶⁴-1 | -2⁶³ to 2⁶³-1 |" in section
    assert f"| {dag_conf.MAX_LEVELS} | {dag_conf.MAX_LEVELS} |" in section
    words = {*dag_conf.XCOM_KEYS, *dag_conf.RESERVED_RUN_IDS, dag_conf.DISPATCHER}
    assert words <= set(re.findall(r"`(\w+)`", section))
