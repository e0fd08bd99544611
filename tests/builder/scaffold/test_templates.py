"""The files of a new type run as they are, agree with each other, and name the open places."""

from __future__ import annotations

import inspect
import json
import re
import sys
import types
from typing import Any

import pytest

from builder.pages.hcl import blocks
from builder.scaffold import templates
from local.simulation.targets import Target
from orchestration.event.job_event import Delivery, read_event
from orchestration.settings import Settings
from orchestration.triggers import Trigger
from orchestration.triggers.base import RequestContext

VALUES = {"@type@": "sns_topic", "@Class@": "SnsTopic", "@list@": "sns_topics"}
PYTHON = {"type": templates.TYPE, "target": templates.TARGET, "cases": templates.CASES}
HCL = {"variable": templates.VARIABLE, "narrowed": templates.NARROWED}


def filled(text: str) -> str:
    for name, value in VALUES.items():
        text = text.replace(name, value)
    return text


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The three modules, imported under the names that they will have."""
    made = dict[str, Any]()
    places = {"type": "orchestration.triggers", "target": "local.simulation.targets", "cases": "tests.trigger_types"}
    for key, package in places.items():
        module = types.ModuleType(f"{package}.sns_topic")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(filled(PYTHON[key]), f"{key}.py", "exec"), module.__dict__)
        made[key] = module
    return made


@pytest.mark.parametrize("text", [*PYTHON.values(), *HCL.values()], ids=[*PYTHON, *HCL])
def test_each_file_has_places_to_fill_in_and_only_known_names(text: str) -> None:
    assert "TODO" in text
    assert set(re.findall(r"@\w+@", text)) <= set(VALUES)
    assert "@type@" in text
    assert max(map(len, filled(text).splitlines())) <= 130


def test_type_is_a_trigger_with_every_attribute(modules: dict[str, Any]) -> None:
    cls = modules["type"].SnsTopic
    assert issubclass(cls, Trigger)
    assert (cls.TYPE, cls.ALLOW_LIST) == ("sns_topic", "sns_topics")
    facets = [name for name, hint in inspect.get_annotations(Trigger).items() if hint.startswith("ClassVar[")]
    assert {"INTEGRATION", "COLOUR", "EXAMPLE"} <= set(facets)
    assert [name for name in facets if not hasattr(cls, name)] == []
    assert cls.TARGET_FIELD in cls.__dataclass_fields__
    assert set(cls.ERROR_NAMES) >= {error for retry in cls.INTEGRATION.retries for error in retry.errors}
    assert cls.INTEGRATION.sample_error in cls.ERROR_NAMES
    assert cls.TARGET_PERMISSION in cls.INTEGRATION.iam


def test_type_answers_each_question_about_its_target(modules: dict[str, Any]) -> None:
    trigger = modules["type"].SnsTopic(target="orders")
    event = read_event(Delivery(source="test", body={"job_name": "j", "job_run_id": "r", "status": "SUCCESS"}))
    assert trigger.target_name() == trigger.allow_list_entry(Settings()) == "orders"
    assert trigger.question(Settings()).parameters == {"TODO": "orders"}
    request = trigger.request(RequestContext(event=event, settings=Settings(), downstream_run_id="run"))
    assert request == {"TODO": "orders"}
    # Each path of the Task is a key of the request.
    paths = [path.removeprefix("$.request.") for path in trigger.INTEGRATION.parameters.values()]
    assert paths == list(request)


def test_target_has_the_functions_of_the_protocol(modules: dict[str, Any]) -> None:
    expected = {name: inspect.signature(function) for name, function in inspect.getmembers(Target, inspect.isfunction)}
    names = {name for name in expected if not name.startswith("_")}
    assert names == {"create", "address", "remove", "received"}
    for name in names:
        own = list(inspect.signature(getattr(modules["target"], name)).parameters)
        assert ["self", *own] == list(expected[name].parameters), name
    assert modules["target"].address(modules["type"].SnsTopic(target="orders")) == "orders"
    with pytest.raises(NotImplementedError):
        modules["target"].create(None, None)


def test_cases_agree_with_the_type(modules: dict[str, Any]) -> None:
    cases, cls = modules["cases"].CASES, modules["type"].SnsTopic
    assert {"type": "sns_topic", **cases.on_success.trigger} == cls.EXAMPLE
    assert list(cases.iam_actions) == [allow.action for allow in cls.INTEGRATION.iam]
    assert {cases.iam_page} == {allow.doc_url for allow in cls.INTEGRATION.iam}
    assert all(name.startswith(cases.machine.error_prefix) for name in cls.ERROR_NAMES)
    attempts = 1 + sum(retry.max_attempts for retry in cls.INTEGRATION.retries)
    assert cases.machine.attempts == {"throttled for ever": attempts}
    (case,) = cases.invalid
    assert case.name == "sns_topic: missing field"
    assert json.loads(case.text)["workflows"]


def test_variable_allows_every_target_at_first() -> None:
    (variable,) = blocks(filled(templates.VARIABLE))
    assert (variable.kind, variable.name) == ("variable", "sns_topics")
    assert variable.attributes["type"] == "list(string)"
    assert json.loads(variable.attributes["default"]) == ["*"]
    assert filled(templates.VARIABLE).endswith("}\n\n")


def test_narrowed_resources_read_the_variable() -> None:
    text = filled(templates.NARROWED)
    assert "for one in var.sns_topics :" in text
    list(blocks(f"locals {{\n  narrowed = {{\n{text}  }}\n}}\n"))  # other text raises ValueError
