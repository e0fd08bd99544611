"""Names with placeholders of the deployment: of workflows, of joins, and of the jobs of a join."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestration.configuration.joins import joins_of, valid_join
from orchestration.configuration.names import as_written, fill_names, written_place
from orchestration.configuration.workflows import problems_of, read_document
from orchestration.errors import ConfigError
from orchestration.settings import Settings
from orchestration.values.strictjson import InvalidValue, JsonObject
from orchestration.values.validation import ValidationProblem
from tests.orchestration.fake_aws import SETTINGS, FakeAws

PROD = Settings(deploy_env="prod")
GLUE: JsonObject = {"type": "glue_job", "id": "g", "job_name": "gold"}
NAMED: JsonObject = {
    "workflows": {"load_${deploy.env}": {"on_success": [GLUE]}, "other": {"on_success": [GLUE]}},
    "joins": {
        "all_${deploy.env}": {
            "all_of": ["load_${deploy.env}", "other"],
            "key": "${day}-${deploy.env}",
            "on_complete": [GLUE],
        }
    },
}


def problems(document: JsonObject, settings: Settings = PROD) -> list[str]:
    return [str(problem) for problem in problems_of(document, settings)]


def test_names_and_jobs_of_joins_are_filled() -> None:
    document, found, written = fill_names(NAMED, PROD)
    assert list(document["workflows"]) == ["load_prod", "other"]  # type: ignore[arg-type] # an object
    assert joins_of(document, "load_prod") == joins_of(document, "other") == ["all_prod"]
    assert (found, written) == (
        [],
        {"workflows.load_prod": "workflows.load_${deploy.env}", "joins.all_prod": "joins.all_${deploy.env}"},
    )
    join = valid_join(document, "all_prod", PROD)
    assert (join.all_of, join.key) == (["load_prod", "other"], "${day}-prod")


def test_document_itself_is_not_changed() -> None:
    before = str(NAMED)
    fill_names(NAMED, PROD)
    assert str(NAMED) == before


def test_filled_document_fills_to_itself() -> None:
    once = fill_names(NAMED, PROD).document
    assert fill_names(once, replace(PROD, deploy_env="dev")) == (once, [], {})


@pytest.mark.parametrize("section", [None, [], "x", 7, {"j": None, "k": [], "l": {"all_of": 7}, "m": {"all_of": [7]}}])
def test_malformed_sections_stay_as_they_are(section: Any) -> None:
    document: JsonObject = {"workflows": {"a": 7}, "joins": section}
    assert fill_names(document, PROD).document == document


def test_equal_names_of_workflows_are_one_error() -> None:
    document: JsonObject = {"workflows": {"load_${deploy.env}": {}, "load_prod": {}}}
    (problem,) = problems(document)
    assert problem == (
        "workflows.load_${deploy.env}: found 2 workflows with one name in this deployment: rename 'load_${deploy.env}' or "
        "'load_prod', expected an object"
    )
    assert problems(document, replace(PROD, deploy_env="dev")) == []


def test_equal_names_of_joins_refuse_each_of_their_jobs() -> None:
    first: JsonObject = {"all_of": ["a", "b"], "key": "${d}"}
    named: JsonObject = {
        "workflows": {},
        "joins": {"all_${deploy.env}": first, "all_prod": {**first, "all_of": ["b", "c"]}},
    }
    document = fill_names(named, PROD).document
    assert [joins_of(document, job) for job in ("a", "b", "c")] == [["all_prod"]] * 3
    with pytest.raises(ConfigError, match=r"found 2 joins with one name in this deployment: rename 'all_\$\{deploy"):
        valid_join(document, "all_prod", PROD)


def test_join_with_the_filled_name_of_a_workflow_is_an_error() -> None:
    document: JsonObject = {
        "workflows": {"load_prod": {}},
        "joins": {"load_${deploy.env}": {"all_of": ["a", "b"], "key": "${d}"}},
    }
    assert problems(document) == ["joins.load_${deploy.env}: found a workflow of the same name. Rename the join"]


def test_job_twice_in_a_join_after_filling_is_an_error() -> None:
    join: JsonObject = {"all_of": ["load_${deploy.env}", "load_prod"], "key": "${d}"}
    assert problems({"workflows": {}, "joins": {"j": join}}) == [
        "joins.j.all_of[1]: found 'load_prod' twice. Remove one"
    ]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"workflows": {"load_${deploy.enviroment}": {}}}, "workflows.load_${deploy.enviroment}"),
        ({"workflows": {}, "joins": {"${aws.vpc}": {"all_of": ["a", "b"], "key": "${d}"}}}, "joins.${aws.vpc}"),
        ({"workflows": {}, "joins": {"j": {"all_of": ["a", "${deploy.en}"], "key": "${d}"}}}, "joins.j.all_of[1]"),
        ({"workflows": {}, "joins": {"j": {"all_of": ["a", "b"], "key": "${d}${aws.vpc}"}}}, "joins.j.key"),
    ],
)
def test_unknown_placeholder_is_one_error_at_its_place(document: JsonObject, place: str) -> None:
    (problem,) = problems(document)
    assert problem.startswith(f"{place}: found '${{")
    assert "expected one of: ${aws.account}, ${aws.region}, ${aws.partition}, ${deploy.env}" in problem


def test_join_with_an_unknown_placeholder_fails_its_events() -> None:
    named: JsonObject = {"workflows": {}, "joins": {"j": {"all_of": ["a", "${deploy.en}"], "key": "${d}"}}}
    document = read_document(named, PROD).document
    assert joins_of(document, "a") == ["j"]
    with pytest.raises(ConfigError, match=r"^joins\.j\.all_of\[1\]: found '\$\{deploy\.en\}', expected one of"):
        valid_join(document, "j", PROD)


def test_missing_environment_name_is_an_error_at_the_key() -> None:
    deployed = replace(SETTINGS, deploy_env="")
    (problem,) = fill_names({"workflows": {"load_${deploy.env}": {}}}, deployed).problems
    assert (problem.path, problem.at) == ("workflows.load_${deploy.env}", "key")
    assert "Set its environment variable DEPLOY_ENV" in problem.message


def test_problem_below_a_filled_name_has_the_written_place() -> None:
    bad: JsonObject = {"type": "glue_job", "job_name": 7, "id": "a"}
    document: JsonObject = {"workflows": {"load_${deploy.env}": {"on_success": [bad, {**bad, "job_name": "x"}]}}}
    found = problems(document)
    place = "workflows.load_${deploy.env}.on_success"
    assert found[0] == f"{place}[0].job_name: found 7, expected a string"
    assert found[1] == f"{place}[0].id: found 'a' twice, expected an id that is unique within {place}"


def test_written_place_is_the_longest_filled_name() -> None:
    written = {"workflows.a": "workflows.A", "workflows.a.on": "workflows.B"}
    assert written_place("workflows.a", written) == "workflows.A"
    assert written_place("workflows.a.on_success[0]", written) == "workflows.A.on_success[0]"
    assert written_place("workflows.a.on.on_success[0]", written) == "workflows.B.on_success[0]"
    assert written_place("workflows.ab", written) == "workflows.ab"
    other = ValidationProblem("workflows.ab", "m")
    assert as_written(other, written) is other


def test_event_of_a_filled_name_starts_its_triggers() -> None:
    aws = FakeAws()
    aws.upload({"workflows": NAMED["workflows"]})
    event = {"job_name": "load_prod", "job_run_id": "1", "status": "SUCCESS"}
    (record,) = aws.router().route(event, "r", replace(SETTINGS, deploy_env="prod"))["records"]
    assert (record["status"], aws.starts) == ("STARTED", {"gold": 1})


def test_equal_names_are_a_failed_item_of_the_event() -> None:
    aws = FakeAws()
    aws.upload({"workflows": {"load_${deploy.env}": {"on_success": [GLUE]}, "load_prod": {"on_success": [GLUE]}}})
    event = {"job_name": "load_prod", "job_run_id": "1", "status": "SUCCESS"}
    (record,) = aws.router().route(event, "r", replace(SETTINGS, deploy_env="prod"))["records"]
    assert "rename 'load_${deploy.env}' or 'load_prod'" in str(record["rejected"])
    assert aws.starts == {}


def test_placeholder_in_a_key_of_a_condition_is_filled() -> None:
    aws = FakeAws()
    trigger: JsonObject = {**GLUE, "when": {"rows": {"load_${deploy.env}": [{"numeric": [">", 0]}]}}}
    aws.upload({"workflows": {"a": {"on_success": [trigger]}}})
    event = {"job_name": "a", "job_run_id": "1", "status": "SUCCESS", "rows": {"load_prod": 3}}
    (record,) = aws.router().route(event, "r", replace(SETTINGS, deploy_env="prod"))["records"]
    assert (record["status"], aws.starts) == ("STARTED", {"gold": 1})


def test_changed_environment_needs_no_upload() -> None:
    aws = FakeAws()
    aws.upload({"workflows": {"load_${deploy.env}": {"on_success": [GLUE]}}})
    router = aws.router()
    for env, status in (("prod", "IGNORED"), ("dev", "STARTED"), ("prod", "IGNORED")):
        event = {"job_name": "load_dev", "job_run_id": "1", "status": "SUCCESS"}
        (record,) = router.route({**event, "job_run_id": env}, "r", replace(SETTINGS, deploy_env=env))["records"]
        assert record["status"] == status


def test_invalid_value_marks_equal_names() -> None:
    document = fill_names({"workflows": {"${deploy.env}": {}, "prod": {}}}, PROD).document
    assert isinstance(document["workflows"], dict)
    assert isinstance(document["workflows"]["prod"], InvalidValue)


@pytest.mark.parametrize("name", ["load_${start_date}", "load_${env}", "load_${ deploy.env }", "load_$${deploy.env}"])
def test_other_template_in_a_name_is_an_error(name: str) -> None:
    """Taken literally, the name is that of no event."""
    (line,) = problems({"workflows": {name: {"on_success": [GLUE]}}})
    assert line.startswith(
        f"workflows.{name}: found '{name}'. A name has no template of the event, only ${{aws.account}}"
    )
    join: JsonObject = {"all_of": [name, "b"], "key": "${day}", "on_complete": [GLUE]}
    (line,) = problems({"workflows": {}, "joins": {"j": join}})
    assert line.startswith(f"joins.j.all_of[0]: found '{name}'. A name has no template of the event")
