"""The limits of a DAG run's conf and id. ``tests/contract/test_dag_conf.py`` has the whole table of values."""

from __future__ import annotations

import pytest

from orchestration.errors import AirflowValueError
from orchestration.values import dag_conf, strictjson
from orchestration.values.dag_conf import MAX_LEVELS, MIN_NUMBER, QUEUE, REST_API, ConfLimits
from orchestration.values.strictjson import Json, JsonObject
from tests.trigger_types.conf_table import CONF_CASES

both = pytest.mark.parametrize("limits", [QUEUE, REST_API], ids=["queue", "rest"])


def refusal(conf: JsonObject, limits: ConfLimits) -> str:
    """The error of ``check_conf``; empty if the path accepts the conf."""
    try:
        dag_conf.check_conf(conf, limits, "c")
    except AirflowValueError as error:
        return str(error)
    return ""


def nested(levels: int) -> JsonObject:
    """A conf with so many levels, the innermost value included."""
    value: Json = 1
    for _ in range(levels - 2):
        value = [value]
    return {"x": value}


def test_rejection_names_the_first_three_values() -> None:
    with pytest.raises(AirflowValueError) as caught:
        dag_conf.check_conf({"a": [2**70] * 5}, dag_conf.QUEUE, "sqs_mwaa d: conf")
    message = str(caught.value)
    assert message.startswith("sqs_mwaa d: conf.a[0]: found 1180591620717411303424, expected a number from -92233")
    assert message.endswith("; and 2 more")
    assert message.count("conf.a[") == 3


@pytest.mark.parametrize("limits", [dag_conf.QUEUE, dag_conf.REST_API])
def test_fast_check_and_list_of_problems_agree(limits: dag_conf.ConfLimits) -> None:
    for case in CONF_CASES:
        conf = strictjson.loads(case.text)
        if strictjson.first_invalid(conf) is None:
            assert dag_conf._within(conf, limits) == (not list(dag_conf.conf_problems(conf, limits, "c"))), case.name


@both
def test_number_at_the_limit_is_accepted_and_one_more_is_not(limits: ConfLimits) -> None:
    assert refusal({"x": limits.max_number, "y": MIN_NUMBER}, limits) == ""
    for number in (limits.max_number + 1, MIN_NUMBER - 1):
        expected = (
            f"expected a number from {MIN_NUMBER} to {limits.max_number}, which Airflow accepts. Send it as a string"
        )
        assert refusal({"x": [number]}, limits) == f"c.x[0]: found {number}, {expected}"


@both
def test_levels_at_the_limit_are_accepted_and_one_more_is_not(limits: ConfLimits) -> None:
    assert refusal(nested(MAX_LEVELS), limits) == ""
    assert refusal(nested(MAX_LEVELS + 1), limits).endswith("found more than 120 levels, expected at most 120")


@both
def test_nul_is_refused_in_values_and_keys(limits: ConfLimits) -> None:
    reason = "with the character U+0000, which PostgreSQL does not store. Remove it"
    assert refusal({"x": "a\0"}, limits) == f"c.x: found 'a\\x00' {reason}"
    assert refusal({"x": {"\0": 1}}, limits) == f"c.x: found the key '\\x00' {reason}"


def test_queue_refuses_noncharacters_and_rest_does_not() -> None:
    for text in ("\ufffe", "\uffff"):
        assert refusal({"x": text}, REST_API) == ""
        assert f"with the character U+{ord(text):04X}, which SQS refuses. Remove it" in refusal({"x": text}, QUEUE)


def test_queue_reserves_keys_and_rest_does_not() -> None:
    assert refusal({"x": [{"__type": 1}]}, REST_API) == ""
    assert refusal({"x": [{"__type": 1}]}, QUEUE) == "c.x[0].__type: a key that Airflow's XCom reserves. Rename it"


@pytest.mark.parametrize(("count", "more"), [(3, ""), (4, "; and 1 more")])
def test_rejection_counts_the_values_after_the_third(count: int, more: str) -> None:
    message = refusal({"x": [2**70] * count}, QUEUE)
    assert message.count("c.x[") == 3
    assert message.endswith(f"Send it as a string{more}")


@pytest.mark.parametrize("prefix", dag_conf.RESERVED_RUN_IDS)
def test_reserved_run_id_is_refused(prefix: str) -> None:
    dag_conf.check_run_id(f"x{prefix}1", "t")
    with pytest.raises(
        AirflowValueError, match=f"t: dag_run_id: found '{prefix}1', but Airflow reserves .* {prefix}. "
    ):
        dag_conf.check_run_id(f"{prefix}1", "t")


def test_problem_of_a_key_is_at_the_key() -> None:
    (problem,) = dag_conf.key_problems({"__type": 1, "other": 2}, QUEUE, "c")
    assert problem.at == "key"
