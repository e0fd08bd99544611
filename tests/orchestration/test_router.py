"""One invocation: every record is routed, failures are raised together, and no event is acknowledged by mistake."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from orchestration.errors import RoutingError
from orchestration.event.identity import execution_name
from orchestration.router import MAX_ERROR
from tests.orchestration.fake_aws import SETTINGS, FakeAws, Killed
from tests.orchestration.join_stack import JOBS, JOIN_SETTINGS, JoinAws, create_table, document

EVENT = {"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}
NAME = execution_name("on_success", "j", "r")
ITEM = {"type": "glue_job", "id": "load", "job_name": "load"}


@pytest.fixture
def join_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[JoinAws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield JoinAws(dynamodb=create_table())


def deployed(*triggers: dict[str, Any], **workflows: Any) -> FakeAws:
    aws = FakeAws()
    aws.upload({"workflows": {"j": {"on_success": list(triggers or (ITEM,))}, **workflows}})
    return aws


def deliver(aws: FakeAws, payload: Any, request: str = "request", settings: Any = SETTINGS) -> list[dict[str, Any]]:
    return list(aws.router().route(payload, request, settings)["records"])


def sns(*events: Any, topic: str = "arn:aws:sns:us-west-1:1:t") -> dict[str, Any]:
    texts = [event if isinstance(event, str) else json.dumps(event) for event in events]
    return {
        "Records": [
            {"Sns": {"Message": text, "MessageId": f"m{number}", "TopicArn": topic}}
            for number, text in enumerate(texts)
        ]
    }


def test_report_names_delivery_event_and_configuration() -> None:
    (record,) = deliver(deployed(), sns(EVENT))
    assert record["delivery"] == "SNS message m0"
    assert (record["job_name"], record["job_run_id"], record["event_kind"]) == ("j", "r", "on_success")
    assert record["config_source"] == "s3://bucket/config.json"
    assert (record["status"], record["warnings"]) == ("STARTED", [])
    assert [execution["name"] for execution in record["executions"]] == [NAME]
    assert record["triggers"] == [{"id": "load", "type": "glue_job", "name": "load"}]


def test_text_of_an_sns_message_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    deliver(deployed(), sns({**EVENT, "note": "x"}))
    assert any(line.startswith("SNS Message: ") and '"note"' in line for line in caplog.messages)
    caplog.clear()
    deliver(deployed(), EVENT)
    assert not any(line.startswith("SNS Message: ") for line in caplog.messages)


def test_bad_record_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    aws = deployed()
    with pytest.raises(RoutingError) as raised:
        deliver(aws, sns({**EVENT, "job_run_id": "1"}, "{", {**EVENT, "job_run_id": "2"}))
    assert aws.starts == {"load": 2}
    assert str(raised.value).startswith(
        "1 of 3 records failed: SNS message m1: EventError: event: expected a job event as JSON"
    )
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.getMessage().startswith("Failed: SNS message m1: EventError: ")
    assert not line.exc_info, "an expected error needs no traceback"


def test_records_of_one_invocation_are_separate_deliveries() -> None:
    aws = deployed()
    deliver(aws, sns({**EVENT, "job_run_id": "1"}, {**EVENT, "job_run_id": "2"}))
    ids = [execution["input"]["routing"]["delivery_id"] for execution in aws.executions.values()]
    assert ids == ["request#0", "request#1"]


def test_defect_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeAws):
        def start_execution(self, name: str, input: str, **_: Any) -> dict[str, Any]:  # noqa: A002 - boto3's names
            raise ValueError("defect")

    aws = Broken(versions=deployed().versions)
    with pytest.raises(RoutingError, match="1 of 1 records failed: direct invocation: ValueError: defect"):
        deliver(aws, EVENT)
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.exc_info


def test_error_of_an_invocation_is_bounded() -> None:
    with pytest.raises(RoutingError) as raised:
        deliver(deployed(), sns(*("{" + "\n" * 100 for _ in range(400))))
    assert len(str(raised.value)) == MAX_ERROR
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({**EVENT, "status": "FAILED"}, "no status SUCCESS"),
        ({**EVENT, "job_name": "nobody"}, "the configuration has no workflow for job 'nobody'"),
        ({**EVENT, "decision": "APPROVED"}, "workflow 'j' has no on_approval triggers"),
    ],
)
def test_event_that_starts_nothing_is_ignored_with_a_reason(event: dict[str, Any], reason: str) -> None:
    aws = deployed()
    (record,) = deliver(aws, event)
    assert record["status"] == "IGNORED"
    assert record["reason"].startswith(reason)
    assert not aws.executions
    assert "executions" not in record


def test_event_of_another_status_reads_no_configuration() -> None:
    aws = FakeAws()
    (record,) = deliver(aws, {**EVENT, "status": "FAILED"})
    assert (record["status"], aws.calls) == ("IGNORED", [])
    assert "config_source" not in record


def test_started_event_is_a_duplicate_after_its_workflow_is_gone() -> None:
    aws = deployed()
    deliver(aws, EVENT)
    aws.upload({"workflows": {}})
    (record,) = deliver(aws, EVENT, "later")
    assert (record["status"], record["triggers"]) == ("DUPLICATE", [{"id": "load", "type": "glue_job", "name": "load"}])
    assert aws.starts == {"load": 1}


def test_missing_parts_start_under_the_recorded_configuration() -> None:
    """The first delivery was killed after the first part, and another configuration was uploaded before the retry."""
    triggers = [ITEM | {"id": f"t{number}", "job_name": f"t{number}"} for number in range(5)]
    aws = deployed(*(trigger | {"arguments": {"--x": "x" * 100_000}} for trigger in triggers))
    aws.kill_at, aws.after = 1, True
    with pytest.raises(Killed):
        deliver(aws, EVENT)
    assert set(aws.starts) == {"t0", "t1"}
    aws.kill_at = None
    aws.upload({"workflows": {"j": {"on_success": [ITEM]}}})
    (record,) = deliver(aws, EVENT, "retry")
    assert [trigger["id"] for trigger in record["triggers"]] == ["t0", "t1", "t2", "t3", "t4"]
    assert aws.starts == {f"t{number}": 1 for number in range(5)}
    recorded = {execution["input"]["routing"]["config_version_id"] for execution in aws.executions.values()}
    assert recorded == {"v1"}


def test_missing_part_of_a_removed_workflow_starts_nothing() -> None:
    """An execution of a person has this event's name and says that it is the first part of two."""
    aws = deployed()
    aws.upload({"workflows": {}})
    (record,) = deliver(aws, EVENT | {"job_run_id": "other"})
    source = {name: record[name] for name in ("config_source", "config_version")}
    routing = {"config_version_id": "v2", "batch": "1/2"} | source
    aws.executions[NAME] = {"input": {"event": EVENT, "triggers": [], "routing": routing}, "outcomes": []}
    aws.upload({"workflows": {"j": {"on_success": [ITEM]}}})
    (record,) = deliver(aws, EVENT, "later")
    assert (record["status"], len(record["executions"])) == ("DUPLICATE", 1)
    assert not aws.starts


def test_warnings_of_event_and_configuration_are_reported() -> None:
    aws = FakeAws()
    aws.upload({"workflows": {"j": {"on_success": [ITEM]}}, "unknown": 1})
    (record,) = deliver(aws, sns({**EVENT, "$wait_seconds": 5}))
    assert "$wait_seconds" in record["warnings"][0]
    assert "unknown: unknown field" in record["warnings"][1]


def test_missing_mapped_field_is_a_warning_of_the_event() -> None:
    dag = {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"x": "nowhere"}}
    (record,) = deliver(deployed(dag), EVENT)
    assert record["warnings"] == ["mwaa_dag d: the event has no field 'nowhere', so parameter 'x' was left out"]


def test_sender_that_waits_gets_the_outcomes() -> None:
    (record,) = deliver(deployed(), {**EVENT, "$wait_seconds": 5})
    (execution,) = record["executions"]
    assert execution["execution_status"] == "SUCCEEDED"
    assert execution["outcomes"][0]["result"] == {"status": "TRIGGERED", "id": "jr_1"}


def test_sender_that_does_not_wait_costs_no_further_call() -> None:
    aws = deployed()
    (record,) = deliver(aws, EVENT)
    assert aws.calls == ["GetObject", "StartExecution"]
    assert "outcomes" not in record["executions"][0]


def test_waiting_sender_of_a_replay_gets_the_outcomes() -> None:
    aws = deployed()
    aws.fails = lambda item: True
    deliver(aws, EVENT)
    aws.fails = lambda item: False
    (record,) = deliver(aws, {**EVENT, "$replay": {"of": NAME}, "$wait_seconds": 5}, "later")
    assert record["executions"][0]["execution_status"] == "SUCCEEDED"


def test_waiting_sender_gets_outcomes_without_a_configuration() -> None:
    aws = deployed()
    deliver(aws, EVENT)
    aws.versions.append(b"{")
    (record,) = deliver(aws, {**EVENT, "$wait_seconds": 5}, "later")
    assert (record["status"], record["executions"][0]["execution_status"]) == ("DUPLICATE", "SUCCEEDED")
    assert record["job_name"] == "j"


def test_unreadable_execution_does_not_replace_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    """Without a configuration, its error is the one that a person must fix."""

    class Refusing(FakeAws):
        def describe_execution(self, executionArn: str, **_: Any) -> Any:  # noqa: N803 - boto3's names
            from botocore.exceptions import EndpointConnectionError  # noqa: PLC0415

            raise EndpointConnectionError(endpoint_url="states")

    with pytest.raises(RoutingError, match="ConfigUnavailableError"):
        deliver(Refusing(versions=[b"{"]), EVENT)
    assert any("cannot determine whether the event has started" in line for line in caplog.messages)


def test_started_event_is_not_acknowledged_before_its_joins(join_aws: JoinAws) -> None:
    """Its triggers have started, but only the configuration names the join at which it must arrive."""
    whole = document(all_of=["j", "k"]) | {"workflows": {"j": {"on_success": [ITEM]}}}
    join_aws.upload(whole)
    join_aws.kill_at, join_aws.after = 2, False
    with pytest.raises(Killed):
        deliver(join_aws, EVENT | {"start_date": "d"}, settings=JOIN_SETTINGS)
    assert join_aws.calls == ["GetObject", "StartExecution", "UpdateItem"]
    assert join_aws.starts == {"load": 1}
    join_aws.kill_at = None
    join_aws.versions.append(b"{")
    with pytest.raises(RoutingError, match="ConfigUnavailableError"):
        deliver(join_aws, EVENT | {"start_date": "d"}, "retry", JOIN_SETTINGS)
    join_aws.upload(whole)
    (record,) = deliver(join_aws, EVENT | {"start_date": "d"}, "later", JOIN_SETTINGS)
    assert (record["status"], record["joins"][0]["status"]) == ("DUPLICATE", "WAITING")
    (record,) = deliver(join_aws, EVENT | {"job_name": "k", "start_date": "d"}, "other", JOIN_SETTINGS)
    assert record["joins"][0]["status"] == "COMPLETE"
    assert join_aws.starts == {"load": 1, "report": 1}


def test_started_event_is_acknowledged_if_no_joins_exist() -> None:
    aws = deployed()
    deliver(aws, EVENT)
    aws.versions.append(b"{")
    assert deliver(aws, EVENT, "later")[0]["status"] == "DUPLICATE"


def test_event_of_a_join_without_a_table_is_refused() -> None:
    aws = FakeAws()
    aws.upload(document(all_of=["j", "k"]))
    with pytest.raises(RoutingError, match="JOINS_TABLE: found nothing, but the configuration has joins"):
        deliver(aws, EVENT | {"start_date": "d"})


def test_missing_dynamodb_client_is_an_error_of_the_settings() -> None:
    aws = FakeAws()
    aws.upload(document(all_of=["j", "k"]))
    with pytest.raises(RoutingError, match="SettingsError: this router has no DynamoDB client"):
        deliver(aws, EVENT | {"start_date": "d"}, settings=JOIN_SETTINGS)


def test_joined_event_reports_its_configuration(join_aws: JoinAws) -> None:
    join_aws.upload(document())
    record = join_aws.success(JOBS[0], "d")
    assert (record["status"], record["config_source"]) == ("JOINED", "s3://bucket/config.json")
    assert record["joins"][0]["missing"] == JOBS[1:]


def test_join_counts_as_use_of_a_fallback(join_aws: JoinAws) -> None:
    """A warm router keeps the last good configuration for events that only arrive at a join."""
    join_aws.upload(document())
    router = join_aws.router()
    event = {"job_name": JOBS[0], "job_run_id": "1", "status": "SUCCESS", "start_date": "d"}
    router.route(event, "first", JOIN_SETTINGS)
    join_aws.versions.append(b"{")
    (record,) = router.route(event | {"job_name": JOBS[1]}, "second", JOIN_SETTINGS)["records"]
    assert (record["status"], record["joins"][0]["status"]) == ("JOINED", "WAITING")


def test_deadline_counts_as_use_of_a_fallback(join_aws: JoinAws) -> None:
    join_aws.upload(document(deadline_hours=1, on_deadline=[{"type": "glue_job", "job_name": "warn"}]))
    router = join_aws.router()
    event = {"job_name": JOBS[0], "job_run_id": "1", "status": "SUCCESS", "start_date": "d"}
    router.route(event, "first", JOIN_SETTINGS)
    join_aws.versions.append(b"{")
    (record,) = router.route({"$join_deadline": {"join": "report", "key": "d"}}, "second", JOIN_SETTINGS)["records"]
    assert record["status"] == "EXPIRED"
    assert join_aws.starts == {"warn": 1}


def test_replay_reports_event_and_configuration() -> None:
    aws = deployed()
    aws.fails = lambda item: True
    deliver(aws, EVENT)
    (record,) = deliver(aws, {**EVENT, "$replay": {"of": NAME}}, "later")
    assert (record["job_name"], record["event_kind"], record["config_source"]) == (
        "j",
        "on_success",
        "s3://bucket/config.json",
    )
    assert record["status"] == "STARTED"


def test_replay_uses_the_event_kind_of_the_execution() -> None:
    """The event of an approval has a status too; the ledger knows which list it started."""
    aws = FakeAws()
    aws.upload({"workflows": {"j": {"on_success": [], "on_approval": [ITEM]}}})
    aws.fails = lambda item: True
    deliver(aws, EVENT | {"decision": "APPROVED"})
    aws.fails = lambda item: False
    of = execution_name("on_approval", "j", "r")
    (record,) = deliver(aws, {**EVENT, "$replay": {"of": of}}, "later")
    assert (record["status"], record["event_kind"]) == ("STARTED", "on_approval")


def test_replay_without_the_workflow_is_refused_with_a_reason() -> None:
    aws = deployed()
    aws.fails = lambda item: True
    deliver(aws, EVENT)
    aws.upload({"workflows": {}})
    (record,) = deliver(aws, {**EVENT, "$replay": {"of": NAME}}, "later")
    (decision,) = record["replay"]["triggers"]
    assert (record["status"], decision["action"]) == ("NOT_STARTED", "REFUSED")
    assert "the configuration no longer has on_success trigger 'load'" in decision["reason"]


def test_original_request_needs_no_configuration() -> None:
    aws = deployed()
    aws.fails = lambda item: True
    deliver(aws, EVENT)
    aws.versions.append(b"{")
    aws.fails = lambda item: False
    (record,) = deliver(aws, {**EVENT, "$replay": {"of": NAME, "as_was": True}}, "later")
    assert (record["status"], record["config_source"]) == ("STARTED", "the original request")
    with pytest.raises(RoutingError, match="ConfigUnavailableError"):
        deliver(aws, {**EVENT, "$replay": {"of": NAME}}, "later")


def test_missing_configuration_is_allowed_if_it_is_not_required() -> None:
    aws = FakeAws(versions=[b"{"])
    settings = dataclasses.replace(SETTINGS, require_config=False)
    (record,) = deliver(aws, EVENT, settings=settings)
    assert (record["status"], record["config_source"]) == ("IGNORED", "default")
