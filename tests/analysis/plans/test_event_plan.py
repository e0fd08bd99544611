"""The plan and the router agree: what the plan shows is what the router sends to StartExecution, byte by byte."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.plans.event_plan import EventPlan, plan_event
from orchestration.configuration.loader import LoadedConfig
from orchestration.errors import RoutingError
from orchestration.settings import Settings
from tests.orchestration.fake_aws import MACHINE, FakeAws

SETTINGS = Settings(
    state_machine_arn=MACHINE,
    region="us-west-1",
    deploy_env="test",
    config_s3_uri="s3://bucket/config.json",
    mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/q",
    require_config=True,
)
text = st.text(max_size=12) | st.sampled_from(
    ["${artifacts.path}", "${start_date:-none}", "${nowhere}", "b-${deploy.env}"]
)
trigger = (
    st.fixed_dictionaries(
        {"type": st.just("glue_job"), "job_name": st.sampled_from(["a", "b-${deploy.env}", ""])},
        optional={
            "arguments": st.dictionaries(st.sampled_from(["--x", "--y", "--triggered_by_job"]), text),
            "id": text,
        },
    )
    | st.fixed_dictionaries({"type": st.just("sqs_mwaa"), "dag_id": st.sampled_from(["d", "not a dag"])})
    | st.fixed_dictionaries({"type": st.just("step_function"), "arn": st.sampled_from([f"{MACHINE}-2", MACHINE, "x"])})
    | st.fixed_dictionaries({"type": st.sampled_from(["eventbridge", "unknown"]), "detail_type": text, "source": text})
    | st.integers()
)
workflow = st.fixed_dictionaries(
    {},
    optional={"on_success": st.lists(trigger, max_size=60), "on_approval": st.lists(trigger, max_size=3), "typo": text},
)
event = st.fixed_dictionaries(
    {"job_name": st.sampled_from(["j", "k"]), "job_run_id": text, "status": st.sampled_from(["SUCCESS", "FAILED"])},
    optional={
        "decision": st.sampled_from(["APPROVED", "x"]),
        "artifacts": st.none() | st.fixed_dictionaries({"path": text}),
        "start_date": text,
    },
)


class Recorder(FakeAws):
    """Records the input of each StartExecution call as text."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: dict[str, str] = {}

    def start_execution(self, name: str, input: str, **_: Any) -> dict[str, Any]:  # noqa: A002 - boto3's names
        self.inputs[name] = input
        return {}


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(workflow, event)
def test_plan_equals_the_routers_calls(found: dict[str, Any], body: dict[str, Any]) -> None:
    document = {"workflows": {"j": found}}
    aws = Recorder()
    aws.upload(document)
    message = json.dumps(body)
    record = {"Sns": {"Message": message, "MessageId": "m", "TopicArn": "arn:aws:sns:us-west-1:123456789012:t"}}
    try:
        (routed,) = aws.router().route({"Records": [record]}, "request", SETTINGS)["records"]
    except RoutingError:
        routed = {"status": "FAILED"}
    config = aws.router().config.load(SETTINGS, lambda _: True)
    planned = plan_event(message, config, SETTINGS)
    assert planned.status == {"STARTED": "WOULD_START"}.get(routed["status"], routed["status"])
    assert (planned.status != "IGNORED") or planned.reason == routed["reason"]
    sent = {name: given.replace('"delivery_id":"request"', '"delivery_id":""') for name, given in aws.inputs.items()}
    assert {name: execution.text() for name, execution in planned.executions.items()} == sent
    assert [item.id for item in planned.triggers if not item.rejected] == [
        one["id"] for one in routed.get("triggers", [])
    ]


def planned(*triggers: dict[str, Any], **fields: Any) -> EventPlan:
    config = LoadedConfig({"workflows": {"j": {"on_success": list(triggers)}}}, "test", "")
    body = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS", **fields}
    return plan_event(json.dumps(body), config, SETTINGS)


GLUE = {"type": "glue_job", "job_name": "g", "arguments": {"--x": "1"}}
QUEUE = {"type": "sqs_mwaa", "dag_id": "d"}


def test_plan_has_permissions_and_price() -> None:
    found = planned(GLUE, QUEUE)
    assert (found.iam_actions, found.transitions) == (["glue:StartJobRun", "sqs:SendMessage"], 7)
    assert found.dollars == 7 * 25 / 1_000_000


def test_plan_counts_batches() -> None:
    found = planned(*[QUEUE | {"dag_id": f"d{number}"} for number in range(100)])
    assert (found.batches, len(found.triggers), len(found.executions)) == (3, 100, 1)
    assert found.transitions == 3 + 2 * 3 + 3 * 3 + 2 * 100
    assert "states:StartExecution" in found.iam_actions


def test_bad_event_is_a_failed_plan() -> None:
    found = plan_event('{"job_name": "j"}', LoadedConfig({"workflows": {}}, "test", ""), SETTINGS, "event.json")
    assert (found.status, found.source) == ("FAILED", "event.json")
    assert "'job_run_id': found nothing" in found.reason


def test_plan_is_plain_data() -> None:
    assert json.loads(json.dumps(dataclasses.asdict(planned(GLUE))))["status"] == "WOULD_START"
