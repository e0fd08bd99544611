"""The message contract of both sides: event_dispatcher reads the message that the orchestrator sends."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.engine.engine import Engine
from orchestration.event.job_event import JobEvent
from orchestration.settings import Settings
from orchestration.triggers.base import RequestContext
from orchestration.triggers.sqs_mwaa import SqsMwaa
from tests.airflow.helpers import Queue
from tests.airflow.installed import ROOT, VERSIONS, Airflow
from tests.airflow.messages import MALFORMED, SPECIFICATION, deep, good
from tests.conftest import EVENTS

ALLOWED = "AIRFLOW_VAR_MWAA_TRIGGER_ALLOWED_DAGS"


def in_airflow(airflow: Airflow, program: str, given: list[Any], **variables: str) -> list[Any]:
    """Answer of a program of ``in_airflow_venv/`` to a JSON list."""
    answer = subprocess.run(
        [airflow.bin / "python", Path(__file__).parent / "in_airflow_venv" / f"{program}.py", ROOT / "dags"],
        input=json.dumps(given),
        env=airflow.variables | variables,
        cwd=airflow.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    read: list[Any] = json.loads(answer.stdout.splitlines()[-1])
    return read


def test_orchestrator_sends_the_specified_message() -> None:
    fields = json.loads((EVENTS / "job_completed.json").read_text()) | {"job_name": "transform_images"}
    event = JobEvent(
        job_name=fields["job_name"], job_run_id=fields["job_run_id"], event_kind="on_success", fields=fields
    )
    resolution = RequestContext(
        event=event, settings=Settings(region="us-west-1"), downstream_run_id=SPECIFICATION["message_id"]
    )
    trigger = SqsMwaa(
        dag_id="my_downstream_dag",
        conf={"custom_param": "value"},
        parameter_mapping={name: name for name in ("start_date", "end_date", "created_by")},
    )
    message = trigger.request(resolution)["MessageBody"]
    assert message == SPECIFICATION
    assert isinstance(message, dict)
    conf = message["conf"]
    assert isinstance(conf, dict)
    assert list(SPECIFICATION["conf"]) == list(conf)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_body_is_accepted_or_rejected(version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    taken = {
        json.dumps(SPECIFICATION): f"event__{SPECIFICATION['message_id']}",
        json.dumps({"dag_id": "d.e-f_1", "conf": {}}): "event__sqs-id",
        json.dumps({"dag_id": "d"}): "event__sqs-id",
        json.dumps({"dag_id": "d", "Type": "", "TopicArn": "", "Message": ""}): "event__sqs-id",
        json.dumps({"dag_id": "d", "conf": {"ünï": "{{ ds }}\n\u2028"}, "other": 1}): "event__sqs-id",
        json.dumps({"dag_id": "d" * 250, "conf": {}, "message_id": "m" * 200}): "event__" + "m" * 200,
        good("a.b~c:d+e-f_g"): "event__a.b~c:d+e-f_g",
        deep(100): "event__sqs-id",
        json.dumps({"dag_id": "d", "conf": {"a": [2**63 - 1, -(2**63), 0.5]}}): "event__sqs-id",
    }
    answers = in_airflow(airflow, "read_messages", [*taken, *(body for body, _ in MALFORMED.values())])
    for (body, run_id), answer in zip(taken.items(), answers, strict=False):
        message = json.loads(body)
        expected = {"trigger_dag_id": message["dag_id"], "trigger_run_id": run_id, "conf": message.get("conf", {})}
        assert answer == {"run": expected}
    for (name, (_, reason)), answer in zip(MALFORMED.items(), answers[len(taken) :], strict=True):
        assert reason in answer.get("refused", ""), (name, answer)


@pytest.mark.parametrize("version", VERSIONS)
def test_import_warns_of_nothing(version: str, tmp_path: Path) -> None:
    """Airflow shows the warning of a DAG file in each task's log."""
    program = f"""
import sys, warnings
import airflow.models  # sends later warnings to its log
sys.path.insert(0, {str(ROOT / "dags")!r})
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter("always")
    import event_dispatcher, examples.my_downstream_dag
for one in found:
    if {str(ROOT / "dags")!r} in one.filename:
        print("\\nWARNS", one.category.__name__, one.message)
"""
    written = Airflow(version, tmp_path).python(program)
    assert "WARNS" not in written, written


@pytest.mark.parametrize("version", ["2.11.0"])
def test_one_run_receives_a_bounded_batch(engine: Engine, version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    many, large = Queue(engine, "many", 60, receives=9), Queue(engine, "large", 60, receives=9)
    many.send(*(good(f"m-{number}") for number in range(120)))
    for start in (0, 10):  # two batches of about a megabyte, of which the first is more than one run's share
        large.send(*(good(f"l-{number}", text="x" * 100_000) for number in range(start, start + 10)))
    calls = [["receive", [many.url, 20]], ["receive", [large.url, 20]]]
    first, heavy = in_airflow(airflow, "ask_dispatcher", calls, AWS_ENDPOINT_URL=engine.endpoint)
    assert len(first) == 50
    assert len({message["MessageId"] for message in first}) == 50
    assert len(heavy) == 10


@pytest.mark.parametrize("version", ["2.11.0"])
def test_messages_for_one_run_start_it_once(engine: Engine, version: str, tmp_path: Path) -> None:
    """In one batch, two instances for one run would meet in the database."""
    airflow = Airflow(version, tmp_path)
    queue = Queue(engine, "sorted", 60, receives=9)
    queue.send(good("a"), good("b"), good("a"), "malformed")
    calls = [["receive", [queue.url, 20]]]
    (messages,) = in_airflow(airflow, "ask_dispatcher", calls, AWS_ENDPOINT_URL=engine.endpoint)
    ((runs, entries, problems),) = in_airflow(airflow, "ask_dispatcher", [["group_by_dag_run", [messages, []]]])
    assert sorted(run["trigger_run_id"] for run in runs) == ["event__a", "event__b"]
    assert sorted(len(one) for one in entries) == [1, 2]
    assert len(problems) == 1
    gone = [entry for one in entries for entry in one]
    calls = [["delete", [queue.url, gone]], ["delete", [f"{queue.url}-nowhere", gone]]]
    kept, failed = in_airflow(airflow, "ask_dispatcher", calls, AWS_ENDPOINT_URL=engine.endpoint)
    assert kept == []
    assert queue.left() == 1
    assert len(failed) == 3
    assert all("its run exists, but SQS did not delete it" in line for line in failed)


@pytest.mark.parametrize("version", ["2.11.0"])
def test_message_with_a_used_id_and_another_conf_is_a_problem(version: str, tmp_path: Path) -> None:
    messages = [
        {"MessageId": f"sqs-{number}", "ReceiptHandle": f"receipt-{number}", "Body": body}
        for number, body in enumerate([good("a", n=1, m=2), good("a", m=2, n=1), good("a", n=3), good("b", n=3)])
    ]
    calls = [["group_by_dag_run", [messages, []]]]
    ((runs, entries, problems),) = in_airflow(Airflow(version, tmp_path), "ask_dispatcher", calls)
    assert [run["trigger_run_id"] for run in runs] == ["event__a", "event__b"]
    assert [[one["Id"] for one in sources] for sources in entries] == [["sqs-0", "sqs-1"], ["sqs-3"]]
    (problem,) = problems
    assert problem == (
        "message sqs-2: DAG my_downstream_dag, run event__a has another conf in another message. "
        "Its producer reused a message_id. The run keeps its conf, and this message stays in the queue"
    )


@pytest.mark.parametrize("version", ["2.11.0", "3.3.2"])
def test_queue_starts_only_the_listed_dags(version: str, tmp_path: Path) -> None:
    messages = [
        {"MessageId": dag_id, "ReceiptHandle": dag_id, "Body": json.dumps({"dag_id": dag_id})}
        for dag_id in ("load_a", "load", "other", "LOAD_B")
    ]
    airflow = Airflow(version, tmp_path)

    def started(listed: str) -> tuple[list[str], list[str]]:
        (allowed,) = in_airflow(airflow, "ask_dispatcher", [["_allowed_dags", []]], **{ALLOWED: listed})
        ((runs, _, problems),) = in_airflow(airflow, "ask_dispatcher", [["group_by_dag_run", [messages, allowed]]])
        return [run["trigger_dag_id"] for run in runs], problems

    assert started(" load_*,\nother\n")[0] == ["load_a", "other"]
    names, problems = started("load")
    assert names == ["load"]
    expected = "expected one that the Airflow Variable mwaa_trigger_allowed_dags lists"
    assert problems[0] == f"message load_a: dag_id: found 'load_a', {expected}"
    assert in_airflow(airflow, "ask_dispatcher", [["_allowed_dags", []]]) == [[]]
    for wrong in ("", '["load"]', "load;other"):
        with pytest.raises(AssertionError, match="expected DAG ids with a comma between them"):
            started(wrong)


@pytest.mark.parametrize("version", ["2.11.0"])
def test_line_end_in_the_queue_variable_is_ignored(version: str, tmp_path: Path) -> None:
    airflow = Airflow(version, tmp_path)
    variables = {"AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL": " http://127.0.0.1/1/q\n"}
    assert in_airflow(airflow, "ask_dispatcher", [["_queue_url", []]], **variables) == ["http://127.0.0.1/1/q"]


@pytest.mark.parametrize("version", ["2.11.0"])
def test_waiting_ends_with_the_first_message_or_the_time(engine: Engine, version: str, tmp_path: Path) -> None:
    queue = Queue(engine, "waiting", 60, receives=9)
    calls = [["receive", [queue.url, 3]], ["receive_late", [queue.url, 100, good("late"), 3]]]
    nothing, (messages, seconds) = in_airflow(
        Airflow(version, tmp_path), "ask_dispatcher", calls, AWS_ENDPOINT_URL=engine.endpoint
    )
    assert nothing == []
    assert [message["Body"] for message in messages] == [good("late")]
    assert 3 <= seconds < 90


@pytest.mark.parametrize("version", ["2.11.0"])
def test_silent_sqs_is_tried_twice(version: str, tmp_path: Path) -> None:
    """botocore's ``max_attempts`` would count retries in legacy mode; two attempts are meant."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/1/q"
        (attempts,) = in_airflow(
            Airflow(version, tmp_path), "ask_dispatcher", [["attempts", [url]]], AWS_ENDPOINT_URL=url
        )
    assert attempts == 2


@pytest.mark.parametrize("version", ["2.11.0"])
def test_region_comes_from_the_queue_url(version: str, tmp_path: Path) -> None:
    urls = {
        "https://sqs.eu-west-1.amazonaws.com/1/q": "eu-west-1",
        "https://us-gov-west-1.queue.amazonaws.com/1/q": "us-gov-west-1",
        "https://sqs.cn-north-1.amazonaws.com.cn/1/q": "cn-north-1",
        "http://127.0.0.1:4566/1/q": "us-west-1",
    }
    airflow = Airflow(version, tmp_path)
    assert in_airflow(airflow, "ask_dispatcher", [["region", [url]] for url in urls]) == list(urls.values())
