"""Each trigger becomes one item, or a rejected item with the reason; no cause or name exceeds its bytes."""

from __future__ import annotations

from orchestration.configuration.workflows import ConfiguredTrigger, InvalidTrigger
from orchestration.event.job_event import JobEvent
from orchestration.input.item import Item, Target
from orchestration.planning.items import MAX_CAUSE, MAX_REJECTED, build_item, fitting
from orchestration.settings import Settings
from orchestration.triggers.base import RequestContext
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.mwaa_dag import MwaaDag

EVENT = JobEvent(job_name="j", job_run_id="r", event_kind="on_success", fields={"job_name": "j", "job_run_id": "r"})


def build(trigger: GlueJob | MwaaDag | InvalidTrigger, run_id: str = "run") -> Item:
    context = RequestContext(event=EVENT, settings=Settings(region="us-west-1"), downstream_run_id=run_id)
    return build_item(ConfiguredTrigger("t", trigger), context)


def test_item_has_the_request_of_its_trigger() -> None:
    item = build(GlueJob(job_name="load", arguments={"--run": "${job_run_id}"}))
    assert (item.id, item.type, item.name, item.declared) == ("t", "glue_job", "load", None)
    assert item.request["JobName"] == "load"
    arguments = item.request["Arguments"]
    assert isinstance(arguments, dict)
    assert arguments["--run"] == "r"


def test_unresolved_template_rejects_the_trigger_with_its_target() -> None:
    item = build(GlueJob(job_name="load", arguments={"--x": "${nowhere}"}))
    assert (item.id, item.type, item.name) == ("t", "rejected", "load")
    assert item.request["Error"] == "ResolutionError"
    assert "nowhere" in str(item.request["Cause"])
    assert item.declared == Target(type="glue_job", name="load")


def test_value_that_airflow_refuses_rejects_the_trigger() -> None:
    item = build(MwaaDag(environment_name="e", dag_id="d" * 300), "scheduled__run")
    assert (item.type, item.request["Error"]) == ("rejected", "AirflowValueError")
    assert item.declared == Target(type="mwaa_dag", name="d" * 256)


def test_invalid_trigger_keeps_error_cause_and_target() -> None:
    item = build(InvalidTrigger("workflows.j.on_success[0] (load)", "ConfigError", "cause", ("glue_job", "load")))
    assert item == Item(
        id="t",
        type="rejected",
        name="workflows.j.on_success[0] (load)",
        request={"Error": "ConfigError", "Cause": "cause"},
        declared=Target(type="glue_job", name="load"),
    )


def test_problem_of_a_workflow_has_no_target() -> None:
    assert build(InvalidTrigger("workflows.j", "ConfigError", "cause")).declared is None


def test_texts_are_cut_at_whole_characters() -> None:
    item = build(InvalidTrigger("n" + "ü" * 200, "ConfigError", "c" + "ü" * 2_000, ("glue_job", "t" + "ü" * 200)))
    assert item.declared is not None
    assert len(item.name.encode()) == len(item.declared.name.encode()) == 255
    assert len(str(item.request["Cause"]).encode()) == MAX_CAUSE - 1
    assert "\ufffd" not in item.name


def test_text_at_the_limit_is_whole() -> None:
    item = build(InvalidTrigger("n" * 256, "ConfigError", "c" * MAX_CAUSE, ("glue_job", "t" * 256)))
    assert (item.name, item.request["Cause"]) == ("n" * 256, "c" * MAX_CAUSE)
    assert item.declared == Target(type="glue_job", name="t" * 256)


def test_largest_rejected_item_has_room() -> None:
    """Quotes have two bytes in JSON, so they double name and cause."""
    item = build(InvalidTrigger('"' * 300, "AirflowValueError", '"' * 3_000, ("step_function", '"' * 300)))
    assert item.size <= MAX_REJECTED


def test_item_that_exceeds_its_room_by_a_byte_is_rejected() -> None:
    item = Item(id="t", type="glue_job", name="load", request={"x": "y" * 1_000})
    assert fitting(item, item.size) is item
    assert fitting(item, item.size + 1) is item
    rejected = fitting(item, item.size - 1)
    assert (rejected.id, rejected.type, rejected.name) == ("t", "rejected", "load")
    assert rejected.declared == Target(type="glue_job", name="load")
    assert rejected.request["Error"] == "OversizedEventError"
    words = f"glue_job load: found a request of {item.size:,} bytes, expected at most {item.size - 1:,} with this event"
    assert words in str(rejected.request["Cause"])
