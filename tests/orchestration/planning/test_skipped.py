"""Triggers whose condition does not match: reported with field and value, recorded, and never started by accident."""

from __future__ import annotations

import dataclasses
import json
import logging
from typing import Any

import pytest

from analysis.plans.event_plan import plan_event
from orchestration.configuration.loader import LoadedConfig
from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.errors import RoutingError
from orchestration.input.routing import Skipped
from orchestration.planning.skipped import MAX_RECORDED, mismatch, recorded, split
from orchestration.triggers.glue_job import GlueJob
from orchestration.values import strictjson
from orchestration.values.condition_fields import Budget
from orchestration.values.conditions import Evaluation
from tests.orchestration.fake_aws import SETTINGS, FakeAws

EVENT = {"job_name": "j", "job_run_id": "1", "status": "SUCCESS", "metrics": {"rows": 0}}
ROWS = {"metrics": {"rows": [{"numeric": [">", 0]}]}}
REASON = 'metrics.rows: found 0, expected [{"numeric":[">",0]}]'


def trigger(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "glue_job", "id": name, "job_name": name, **fields}


def deployed(*triggers: dict[str, Any]) -> FakeAws:
    aws = FakeAws()
    aws.upload({"workflows": {"j": {"on_success": list(triggers)}}})
    return aws


def deliver(aws: FakeAws, event: dict[str, Any] = EVENT, **fields: Any) -> dict[str, Any]:
    (record,) = aws.router().route({**event, **fields}, f"request-{len(aws.calls)}", SETTINGS)["records"]
    found: dict[str, Any] = record
    return found


def test_skips_what_does_not_match_and_starts_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    aws = deployed(trigger("always"), trigger("rows", when=ROWS), trigger("none", when={"metrics": {"rows": [0]}}))
    with caplog.at_level(logging.INFO):
        record = deliver(aws)
    skipped = [{"id": "rows", "type": "glue_job", "name": "rows", "reason": REASON}]
    assert record["skipped"] == skipped
    assert aws.starts == {"always": 1, "none": 1}
    (execution,) = aws.executions.values()
    assert execution["input"]["routing"]["skipped"] == skipped
    assert f"Skipped: {strictjson.dumps(skipped[0])}" in caplog.messages


def test_all_skipped_is_ignored_with_the_reasons() -> None:
    aws = deployed(trigger("rows", when=ROWS))
    record = deliver(aws)
    assert record["status"] == "IGNORED"
    assert record["reason"] == f"no condition of the 1 on_success triggers matches: rows (glue_job rows): {REASON}"
    assert record["skipped"][0]["reason"] == REASON
    assert not aws.executions


def test_duplicate_reports_what_the_first_delivery_skipped() -> None:
    aws = deployed(trigger("always"), trigger("rows", when=ROWS))
    deliver(aws)
    aws.upload({"workflows": {"j": {"on_success": [trigger("always"), trigger("rows")]}}})
    record = deliver(aws)
    assert record["status"] == "DUPLICATE"
    assert [one["id"] for one in record["skipped"]] == ["rows"]
    assert aws.starts == {"always": 1}


def test_started_event_is_a_duplicate_if_all_is_skipped_now() -> None:
    aws = deployed(trigger("a"))
    deliver(aws)
    aws.upload({"workflows": {"j": {"on_success": [trigger("a", when=ROWS)]}}})
    record = deliver(aws)
    assert record["status"] == "DUPLICATE"


def test_invalid_condition_rejects_its_trigger_only() -> None:
    aws = deployed(trigger("good"), trigger("bad", when={"metrics": 5}))
    record = deliver(aws)
    assert [one["id"] for one in record["rejected"]] == ["bad"]
    assert "when.metrics: found 5, expected a list" in record["rejected"][0]["Cause"]
    assert aws.starts == {"good": 1}


def two_lists_under_one_name(elements: int) -> dict[str, Any]:
    """Fields of an event on which ``COSTLY`` takes more steps than any event may."""
    return {"a": [{"b": {"c": 1, "e": 1}}] * elements, "a.b": [{"d": 1, "f": 1}] * elements}


COSTLY = {"a": {"b": {name: [{"exists": True}] for name in "cdef"}}}


def test_costly_condition_rejects_its_trigger_only() -> None:
    aws = deployed(trigger("costly", when=COSTLY), trigger("cheap", when={"metrics": {"rows": [0]}}), trigger("always"))
    record = deliver(aws, **two_lists_under_one_name(1_000))
    (rejected,) = record["rejected"]
    assert (rejected["id"], rejected["Error"]) == ("costly", "ConditionError")
    assert rejected["Cause"].startswith("glue_job costly: the condition 'when' needs more than 50,000 combinations")
    assert aws.starts == {"cheap": 1, "always": 1}


def test_long_list_does_not_cost_the_router_its_time() -> None:
    """The case of 48 KB that took 7.5 s: now some steps for each element."""
    absent: Any = {"list": {"x": [{"exists": False}]}}
    triggers = [ConfiguredTrigger(f"t{number}", GlueJob(job_name="j", when=absent)) for number in range(10)]
    steps_for_each = 3 * 6_001
    selected, skipped = split(triggers, {"list": [{}] * 6_001}, max_steps=10 * steps_for_each)
    assert selected == triggers
    assert not skipped


def test_conditions_have_equal_shares_of_the_steps() -> None:
    costly = ConfiguredTrigger("costly", GlueJob(job_name="c", when={"list": [{"prefix": "b"}]}))
    cheap = ConfiguredTrigger("cheap", GlueJob(job_name="a", when={"job_name": ["j"]}))
    event: strictjson.JsonObject = {"job_name": "j", "list": ["a"] * 100}
    selected, _ = split([costly, cheap], event, max_steps=400)
    assert [configured.id for configured in selected] == ["costly", "cheap"]
    first, second = selected
    assert isinstance(first.trigger, InvalidTrigger)
    assert first.trigger.cause.startswith("glue_job c: the condition 'when' needs more than 200 steps for this event")
    assert (first.trigger.error, first.trigger.declared) == ("ConditionError", ("glue_job", "c"))
    assert second == cheap
    assert split([costly], event, max_steps=400)[1][0].reason.startswith("list: found [")


def test_reason_ends_where_the_steps_end() -> None:
    when: strictjson.JsonObject = {"list": {"x": [1]}}
    event: strictjson.JsonObject = {"list": [{"y": 1}] * 100}
    budget = Budget(10_000)
    assert not Evaluation(when, event, budget).matches()
    steps = budget.spent + 2
    costly = ConfiguredTrigger("a", GlueJob(job_name="a", when=when))
    selected, (skipped,) = split([costly], event, max_steps=steps)
    assert not selected
    assert skipped.reason == f"the rest of the reason would take more than {steps} steps"


def test_replay_of_a_costly_condition_is_refused() -> None:
    aws = deployed(trigger("a"))
    aws.fails = lambda item: True
    deliver(aws, **two_lists_under_one_name(1_000))
    (name,) = aws.executions
    aws.upload({"workflows": {"j": {"on_success": [trigger("a", when=COSTLY)]}}})
    (refused,) = deliver(aws, **two_lists_under_one_name(1_000), **{"$replay": {"of": name}})["replay"]["triggers"]
    assert refused["action"] == "REFUSED"
    assert "needs more than 50,000 combinations" in refused["reason"]


def test_replay_of_a_skipped_trigger_names_the_reason() -> None:
    aws = deployed(trigger("always"), trigger("rows", when=ROWS))
    deliver(aws)
    (name,) = aws.executions
    with pytest.raises(RoutingError, match=r"trigger 'rows' .* never started: its condition 'when' does not match"):
        deliver(aws, **{"$replay": {"of": name, "only": ["rows"]}})


def test_replay_refuses_a_trigger_that_no_longer_matches() -> None:
    aws = deployed(trigger("a"))
    aws.fails = lambda item: True
    deliver(aws)
    (name,) = aws.executions
    aws.upload({"workflows": {"j": {"on_success": [trigger("a", when=ROWS)]}}})
    aws.fails = lambda item: False
    (refused,) = deliver(aws, **{"$replay": {"of": name}})["replay"]["triggers"]
    assert refused["action"] == "REFUSED"
    assert REASON in refused["reason"]
    assert "--as-was" in refused["reason"]
    (started,) = deliver(aws, **{"$replay": {"of": name, "only": ["a"], "as_was": True}})["replay"]["triggers"]
    assert started["action"] == "STARTED"
    assert aws.starts == {"a": 1}


def test_recorded_reasons_are_bounded() -> None:
    aws = deployed(trigger("always"), *(trigger(f"t{number}", when=ROWS) for number in range(400)))
    record = deliver(aws)
    (execution,) = aws.executions.values()
    routing = execution["input"]["routing"]
    assert strictjson.size(routing["skipped"]) <= MAX_RECORDED
    assert len(routing["skipped"]) + routing["skipped_more"] == 400
    assert record["status"] == "STARTED"


def test_oversized_event_is_ignored_if_nothing_matches() -> None:
    aws = deployed(trigger("rows", when=ROWS))
    assert deliver(aws, EVENT | {"artifacts": {"x": "y" * 300_000}})["status"] == "IGNORED"


def test_placeholders_of_the_deployment_are_filled_in_conditions() -> None:
    aws = deployed(trigger("a", when={"env": ["${deploy.env}"]}))
    (record,) = aws.router().route({**EVENT, "env": "prod"}, "r", dataclasses.replace(SETTINGS, deploy_env="prod"))[
        "records"
    ]
    assert record["status"] == "STARTED"


def test_plan_shows_skipped_triggers() -> None:
    document: strictjson.JsonObject = {
        "workflows": {"j": {"on_success": [trigger("always"), trigger("rows", when=ROWS)]}}
    }
    plan = plan_event(json.dumps(EVENT), LoadedConfig(document, "file", "v"), SETTINGS)
    assert [one.id for one in plan.triggers] == ["always"]
    assert [(one.id, one.reason) for one in plan.skipped] == [("rows", REASON)]
    assert plan.transitions == 5


@pytest.mark.parametrize(
    ("pattern", "event", "reason"),
    [
        ({"a": [1]}, {"a": 1}, ""),
        ({"a": [1]}, {}, "a: found nothing, expected [1]"),
        ({"a": [1]}, {"a": None}, "a: found null, expected [1]"),
        ({"a": {"b": [1]}}, {"a": 5}, "a.b: found nothing, expected [1]"),
        ({"a": {"b": [1]}}, {"a": {"c": 1}}, "a.b: found nothing, expected [1]"),
        ({"a": [1]}, {"a": []}, "a: found [], expected [1]"),
        ({"a": {"b": [1]}}, {"a": [{"b": 2}, {"b": 2}, {"b": 3}]}, "a.b: found 2, 3, expected [1]"),
        ({"a": {"b": [1]}}, {"a": []}, "a.b: found an empty list, expected [1]"),
        ({"a": [1], "b": [2]}, {"a": 1, "b": 3}, "b: found 3, expected [2]"),
        ({"$or": [{"a": [1]}, {"b": [2]}]}, {"a": 5}, "a: found 5, expected [1]; or b: found nothing, expected [2]"),
        ({"a": {"b": {"c": [1]}}}, {"a.b": {"c": 2}}, "a.b.c: found 2, expected [1]"),
        ({"a.b": [1]}, {"a": [{"b": 2}, {"b": 3}]}, "a.b: found 2, 3, expected [1]"),
        ({"c": [1], "$or": [{"a": [1]}, {"b": [2]}]}, {"a": 1}, "c: found nothing, expected [1]"),
    ],
)
def test_reason_names_a_field_with_its_value(pattern: Any, event: Any, reason: str) -> None:
    assert mismatch(pattern, event) == reason


def test_reason_of_fields_that_match_only_apart() -> None:
    """Each field matches in another element of the list."""
    pattern: Any = {"a": {"b": [1], "c": [2]}}
    event: Any = {"a": [{"b": 1, "c": 0}, {"b": 0, "c": 2}]}
    assert mismatch(pattern, event) == "no single list element matches a.b, a.c"


def test_reason_is_cut() -> None:
    shown, accepted = "v" * 200, "w" * 200
    value, expected = json.dumps(shown)[:160], json.dumps([accepted])[:160]
    assert mismatch({"a": [accepted]}, {"a": shown}) == f"a: found {value}, expected {expected}"
    many: Any = {"$or": [{f"field_{number:03}": [1]} for number in range(100)]}
    assert len(mismatch(many, {})) == 1_000


@pytest.mark.parametrize(("spare", "kept"), [(-1, 1), (0, 2), (1, 2)])
def test_reasons_are_kept_up_to_the_last_byte(spare: int, kept: int) -> None:
    def reason(number: int, cost: int) -> Skipped:
        bare = Skipped(id=f"t{number}", type="glue_job", name="n", reason="")
        return dataclasses.replace(bare, reason="x" * (cost - 1 - strictjson.size(bare.to_json())))

    half = MAX_RECORDED // 2
    skipped = [reason(0, half), reason(1, half - spare), reason(2, 100)]
    assert recorded(skipped) == (tuple(skipped[:kept]), 3 - kept)
    assert recorded([]) == ((), 0)


def test_invalid_trigger_has_no_condition() -> None:
    invalid = ConfiguredTrigger("bad", InvalidTrigger("workflows.j.on_success[0]", "ConfigError", "c"))
    always = ConfiguredTrigger("a", GlueJob(job_name="a"))
    rows = ConfiguredTrigger("b", GlueJob(job_name="b", when={"x": [1]}))
    selected, skipped = split([rows, invalid, always], {"job_name": "j"})
    assert selected == [invalid, always]
    assert skipped == [Skipped(id="b", type="glue_job", name="b", reason="x: found nothing, expected [1]")]
    assert split([rows], {"x": 1}) == ([rows], [])
