"""The filters of the router's subscriptions are those of Terraform and of the documentation."""

from __future__ import annotations

from pathlib import Path

from operations.stack.topics import APPROVALS, EVENTS, FILTERS

TERRAFORM = Path(__file__).parents[3] / "terraform"


def test_filters_are_those_of_the_specification() -> None:
    assert FILTERS == {"job_events": {"status": ["SUCCESS"]}, "job_approvals": {"decision": ["APPROVED"]}}


def test_terraform_has_the_same_topics_and_filters() -> None:
    text = " ".join((TERRAFORM / "locals.tf").read_text().split())
    for topic in (EVENTS, APPROVALS):
        ((field, (value,)),) = FILTERS[topic].items()
        assert f'{field} = ["{value}"]' in text
        assert topic in text
