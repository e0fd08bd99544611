"""Events are checked against the deployed configuration and the executions of their run before they are published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.simulator import Simulator
from operations.publishing.check import Check, check
from operations.stack.deployed_router import DeployedRouter
from orchestration.errors import EventError
from tests.conftest import Router
from tests.operations.publishing.stack import DOCUMENT, configuration, event, follower, text_of

Checking = Callable[..., Check]


@pytest.fixture(scope="module")
def router(engine: Any) -> Router:
    return Router(Simulator.deploy(engine, DOCUMENT))


@pytest.fixture
def checked(deployed: DeployedRouter) -> Checking:
    """Return a function that checks an event."""

    def make(job: str, run: str = "new", **fields: Any) -> Check:
        body = event(job, run, **fields)
        return check(follower(deployed, body), text_of(body))

    return make


def test_check_shows_what_the_event_starts(checked: Checking) -> None:
    found = checked("images", artifacts={"path": "p"})
    assert (found.lines, found.warnings) == (["starts glue_job load, sqs_mwaa report"], ())
    shown: Any = found.to_json()["triggers"]
    assert [trigger["id"] for trigger in shown] == ["load", "report"]


def test_check_shows_skipped_triggers_and_joins(checked: Checking) -> None:
    assert checked("some").lines == ["starts sqs_mwaa report", "skips sqs_mwaa report"]
    assert checked("both", week="7").lines == ["starts sqs_mwaa report", "arrives at join weekly for key 7"]
    assert checked("rows", day="1").lines == ["skips sqs_mwaa report", "arrives at join daily for key 1"]


def test_rejected_trigger_beside_others_is_a_warning(checked: Checking) -> None:
    found = checked("images")
    (warning,) = found.warnings
    assert warning.startswith("the router will reject trigger load load: glue_job load: arguments.--path: ")
    assert found.lines == ["starts sqs_mwaa report"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (event("imges", "r"), "the configuration has no workflow for job 'imges'. Did you mean 'images'? It was not"),
        (event("frist", "r", day="1"), "has no workflow for job 'frist'. Did you mean 'first'? It was not published"),
        (event("cafe\u0301", "r"), r'no workflow for job "cafe\u0301", but has "caf\u00e9", which looks alike. Write'),
        (event("some", "r", decision="APPROVED"), "workflow 'some' has no on_approval triggers"),
        (event("broken", "r"), "every trigger is rejected (1), so nothing would start: load: glue_job load: arguments"),
        (event("first", "r"), "joins.daily.key: "),
        (event("both", "r", blob="x" * 70_000), "joins.weekly: found an event of 70,0"),
        (event("images", "r", blob="x" * 261_000), "It was not published."),
    ],
)
def test_event_that_starts_nothing_is_refused(deployed: DeployedRouter, body: dict[str, Any], words: str) -> None:
    with pytest.raises(EventError) as refused:
        check(follower(deployed, body), text_of(body))
    assert words in str(refused.value)
    assert "It was not published." in str(refused.value)


def test_same_event_again_may_be_published(router: Router, checked: Checking) -> None:
    router.invoke(event("images", "again", artifacts={"path": "p"}))
    found = checked("images", "again", artifacts={"path": "p"})
    assert found.before is not None
    assert found.lines == []


def test_other_content_of_a_run_is_refused_with_the_fields(router: Router, checked: Checking) -> None:
    router.invoke(event("images", "other", artifacts={"path": "p"}))
    with pytest.raises(EventError) as refused:
        checked("images", "other", artifacts={"path": "q"})
    assert str(refused.value).startswith("run 'other' of job 'images' has started at 20")
    assert 'with other content (artifacts was {"path":"p"} and is now {"path":"q"}), so this event' in str(
        refused.value
    )


def test_other_content_may_still_arrive_at_joins(router: Router, checked: Checking) -> None:
    router.invoke(event("both", "joining", week="1"))
    found = checked("both", "joining", week="2")
    assert found.before is not None
    (warning,) = found.warnings
    assert (
        '(week was "1" and is now "2"), so this event starts no trigger of the workflow again. It may arrive' in warning
    )
    assert checked("both", "joining", week="1").warnings == ()


@pytest.mark.parametrize("text", [None, "{", '{"workflows": 7}'])
def test_unreadable_configuration_is_a_warning(router: Router, checked: Checking, text: str | None) -> None:
    with configuration(router, text):
        found = checked("nobody")
    (warning,) = found.warnings
    assert warning.startswith("the event was not checked against the configuration: configuration s3://")
    assert (found.plan, found.lines, found.to_json()) == (None, [], {})


def test_unreadable_executions_are_a_warning(deployed: DeployedRouter) -> None:
    body = event("images", "r", artifacts={"path": "p"})
    arn = deployed.settings.state_machine_arn.replace("us-west-1", "us-west-1 ")
    elsewhere = replace(deployed, settings=replace(deployed.settings, state_machine_arn=arn))
    found = check(follower(elsewhere, body), text_of(body))
    assert found.warnings[-1].startswith("it is unknown whether the run has started before: execution 'images-r-")
    assert found.unreadable


def test_long_list_of_triggers_is_cut(router: Router, checked: Checking) -> None:
    many = [{"type": "sqs_mwaa", "dag_id": f"d{number}"} for number in range(12)]
    with router.config({"workflows": {"many": {"on_success": many}}}):
        (line,) = checked("many").lines
    assert line.startswith("starts sqs_mwaa d0, sqs_mwaa d1, ")
    assert line.endswith("sqs_mwaa d9 and 2 more")
