"""Walks the registry: every trigger type has every attribute, and the attributes agree with each other."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from builder.scaffold import new_type
from local.simulation.targets import target_of
from orchestration.configuration.trigger_reader import read_trigger
from orchestration.event.job_event import Delivery, read_event
from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE, REGISTRY, Trigger, WaitingTrigger
from orchestration.triggers.base import RequestContext
from orchestration.triggers.facets import TargetQuestion
from orchestration.values.strictjson import JsonObject
from tests.trigger_types import TYPE_CASES

ROOT = Path(__file__).parents[2]
SETTINGS = Settings(region="us-west-1", mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/1/q")
EVENT = read_event(
    Delivery(
        source="test",
        body={
            "job_name": "j",
            "job_run_id": "r",
            "status": "SUCCESS",
            "start_date": "a",
            "end_date": "b",
            "created_by": "c",
            "artifacts": {"output_path": "s3://b/o"},
            "metrics": {"records_written": 1},
        },
    )
)
each_type = pytest.mark.parametrize("trigger", REGISTRY, ids=[trigger.TYPE for trigger in REGISTRY])


def example(trigger: type[Trigger]) -> Trigger:
    read, problems = read_trigger(dict(trigger.EXAMPLE), "example", SETTINGS)
    assert problems == []
    assert read is not None
    return read


def request(trigger: type[Trigger]) -> dict[str, Any]:
    return example(trigger).request(RequestContext(event=EVENT, settings=SETTINGS, downstream_run_id="run-0"))


@each_type
def test_accept_does_not_reach_the_target(trigger: type[Trigger]) -> None:
    accepting, problems = read_trigger({**trigger.EXAMPLE, "accept": ["unused-accept"]}, "example", SETTINGS)
    assert problems == []
    assert accepting is not None
    context = RequestContext(event=EVENT, settings=SETTINGS, downstream_run_id="run-0")
    assert accepting.request(context) == request(trigger)


def paths_in(parameters: Any) -> list[str]:
    """Every JSONPath that ASL parameters read, including those within intrinsics."""
    if isinstance(parameters, dict):
        own = [
            path
            for key, value in parameters.items()
            if key.endswith(".$")
            for path in re.findall(r"\$[$.\w\[\]*]*", value)
        ]
        return own + [path for value in parameters.values() for path in paths_in(value)]
    return [path for value in parameters for path in paths_in(value)] if isinstance(parameters, list) else []


def test_types_are_unique() -> None:
    assert len(BY_TYPE) == len(REGISTRY)
    assert len({trigger.INTEGRATION.state for trigger in REGISTRY}) == len(REGISTRY)


@each_type
def test_file_type_and_key_are_one_name(trigger: type[Trigger]) -> None:
    assert trigger.__module__ == f"orchestration.triggers.{trigger.TYPE}"
    assert BY_TYPE[trigger.TYPE] is trigger


FACETS = [
    "TYPE",
    "TARGET_FIELD",
    "INTEGRATION",
    "TARGET_PERMISSION",
    "ALLOW_LIST",
    "RESERVED_FIELDS",
    "COLOUR",
    "ERROR_NAMES",
    "EXAMPLE",
    "__doc__",
]


def file_of(trigger: type[Trigger]) -> str:
    return f"orchestration/triggers/{trigger.TYPE}.py"


@each_type
@pytest.mark.parametrize("facet", FACETS)
def test_type_has_every_attribute(trigger: type[Trigger], facet: str) -> None:
    assert trigger.__dict__.get(facet), f"{trigger.TYPE} has no {facet}: add it to {file_of(trigger)} (see base.py)"


@each_type
def test_type_has_every_file_without_an_open_place(trigger: type[Trigger]) -> None:
    files = new_type.files_of(trigger.TYPE)
    missing = [path for path in files if not (ROOT / path).exists()]
    needs = f"{trigger.TYPE} needs these files, as python -m builder --new-type writes them:"
    assert not missing, "\n".join([needs, *missing])
    places = [place for path in files for place in new_type.open_places(path, ROOT)]
    assert not places, "\n".join(["fill in each place:", *places])


@pytest.mark.parametrize("path", [new_type.VARIABLES, new_type.POLICIES])
def test_terraform_has_no_open_place(path: str) -> None:
    assert new_type.open_places(path, ROOT) == [], "fill in each place"


@each_type
@pytest.mark.parametrize(
    "facet",
    ["state", "resource", "parameters", "run_id_path", "comment", "retries", "iam", "sample", "sample_error"],
)
def test_integration_has_every_attribute(trigger: type[Trigger], facet: str) -> None:
    assert getattr(trigger.INTEGRATION, facet), (
        f"{trigger.TYPE}: INTEGRATION has no {facet}: add it to {file_of(trigger)}"
    )


@each_type
def test_target_field_is_a_required_field(trigger: type[Trigger]) -> None:
    fields = {field.name: field.default for field in dataclasses.fields(trigger)}
    assert fields[trigger.TARGET_FIELD] is dataclasses.MISSING


@each_type
def test_the_example_sets_every_field_and_loads(trigger: type[Trigger]) -> None:
    fields = {field.name for field in dataclasses.fields(trigger)}
    # An example has no warning to accept.
    assert set(trigger.EXAMPLE) == fields - {"accept"} | {"type"}
    assert example(trigger).target_name()


@each_type
def test_docs_describe_every_field(trigger: type[Trigger]) -> None:
    section = (ROOT / "docs" / "triggers.md").read_text().split(f"## `{trigger.TYPE}`")[1].split("\n## ")[0]
    for field in dataclasses.fields(trigger):
        assert re.search(rf"\| `{field.name}` \| [^|]+ \| [^|]+ \| [^|]{{10,}} \|", section), field.name


def paths_lacking(trigger: type[Trigger], parameters: Any) -> list[str]:
    """Paths that ``parameters`` read and the trigger's item does not have: each would end the whole execution on AWS."""
    item = {"event": EVENT.fields, "request": request(trigger), "outcome": {"index": 0, "type": "", "name": ""}}
    lacking = []
    for path in paths_in(parameters):
        node: Any = item
        for segment in () if path.startswith("$$.") else path.removeprefix("$.").split("."):
            node = node.get(segment) if isinstance(node, dict) else None
        if node is None:
            lacking.append(path)
    return lacking


@each_type
def test_request_has_every_path_that_the_task_reads(trigger: type[Trigger]) -> None:
    assert paths_lacking(trigger, trigger.INTEGRATION.parameters) == []


@each_type
def test_check_finds_a_missing_path(trigger: type[Trigger]) -> None:
    planted = {**trigger.INTEGRATION.parameters, "Planted": {"deep.$": "States.Format('{}', $.request.nowhere)"}}
    assert paths_lacking(trigger, planted) == ["$.request.nowhere"]


@each_type
def test_minimal_request_has_every_path(trigger: type[Trigger]) -> None:
    """Without optional fields, the request must still have their paths."""
    required = {field.name for field in dataclasses.fields(trigger) if field.default is dataclasses.MISSING}
    required = {name for name in required if _has_no_factory(trigger, name)}
    minimal = {key: value for key, value in trigger.EXAMPLE.items() if key in required | {"type"}}
    read, problems = read_trigger(minimal, "minimal", SETTINGS)
    assert problems == []
    assert read is not None
    built = read.request(RequestContext(event=EVENT, settings=SETTINGS, downstream_run_id="run-0"))
    # A Choice tests these fields with IsPresent before any other state reads them.
    waiting = {"wait", "publish", "ExecutionArn", trigger.INTEGRATION.optional_parameter}
    assert shape(built).keys() == shape(request(trigger)).keys() - waiting


def _has_no_factory(trigger: type[Trigger], name: str) -> bool:
    (field,) = (field for field in dataclasses.fields(trigger) if field.name == name)
    return field.default_factory is dataclasses.MISSING


def shape(value: dict[str, Any]) -> dict[str, Any]:
    """The request's own keys, without what arguments and conf hold."""
    return dict.fromkeys(value)


@each_type
def test_the_sample_has_the_run_id(trigger: type[Trigger]) -> None:
    for path in re.findall(r"\$\.(\w+)", trigger.INTEGRATION.run_id_path):
        assert path in trigger.INTEGRATION.sample


@each_type
def test_retries_are_named_errors_with_a_reason(trigger: type[Trigger]) -> None:
    for retry in trigger.INTEGRATION.retries:
        assert len(retry.reason) > 20
        states = [error for error in retry.errors if error.startswith("States.")]
        allowed = ["States.Timeout"] if TYPE_CASES[trigger.TYPE].machine.at_least_once else []
        assert states == allowed, "these can follow a call that happened"


@each_type
def test_permissions_are_narrow_and_cited(trigger: type[Trigger]) -> None:
    for allow in trigger.INTEGRATION.iam:
        assert re.fullmatch(r"[a-z]+:[A-Z]\w+", allow.action)
        assert allow.resource != "*"
        assert allow.doc_url.startswith("https://docs.aws.amazon.com/")


@each_type
def test_the_engine_has_its_target(trigger: type[Trigger]) -> None:
    waits = ("fail",) if issubclass(trigger, WaitingTrigger) else ()
    for facet in ("create", "address", "remove", "received", *waits):
        assert callable(getattr(target_of(trigger.TYPE), facet, None)), (
            f"local/simulation/targets/{trigger.TYPE}.py has no {facet}"
        )


def test_check_names_a_missing_attribute() -> None:
    class Half(Trigger):
        TYPE = "half"

        def target_name(self) -> str:
            return ""

        def allow_list_entry(self, settings: Settings) -> str:
            return ""

        def request(self, context: RequestContext) -> JsonObject:
            return {}

        def question(self, settings: Settings) -> TargetQuestion:
            raise NotImplementedError

    with pytest.raises(AssertionError, match=r"half has no INTEGRATION: add it to orchestration/triggers/half\.py"):
        test_type_has_every_attribute(Half, "INTEGRATION")
