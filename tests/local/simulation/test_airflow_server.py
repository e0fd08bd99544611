"""The Airflow server may start after the stack: the watch prints its first answer, and each refusal once."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.engine.airflow_api import AirflowApi, AirflowApiError
from local.simulation import airflow_server
from local.simulation.airflow_server import Watch, airflow_instructions, connect
from local.simulation.simulator import Simulator
from tests.local.engine.test_airflow_api import AIRFLOW_3, serving
from tests.local.helpers import wait_until

NOWHERE = AirflowApi("http://127.0.0.1:1", "u", "p")


def test_silent_server_is_no_error_but_a_refusal_is() -> None:
    assert connect(NOWHERE) is None
    with serving({}) as url, pytest.raises(AirflowApiError, match="found no REST API"):
        connect(AirflowApi(url, "u", "p"))


def test_watch_prints_a_refusal_once_and_then_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(airflow_server, "_SECONDS", 0.01)
    lines: list[str] = []
    answers = {"GET /api/v2/version": (200, "{}")}
    seen: list[tuple[str, str]] = []
    with serving(answers, seen) as url:
        watch = Watch(AirflowApi(url, "u", "p"), lines.append)
        watch.start()
        wait_until(lambda: len(seen) > 6)
        answers.update(AIRFLOW_3)
        wait_until(lambda: len(lines) > 1)
        watch.stop()
    assert len(lines) == 2
    assert "answered 404 to the login of u" in lines[0]
    assert lines[1] == f"AIRFLOW  {url} answers: Airflow 3"


@pytest.mark.parametrize(("version", "words"), [(3, "It answers: Airflow 3."), (None, "It does not answer yet.")])
def test_instructions_name_the_queue_and_the_state(simulator: Simulator, version: int | None, words: str) -> None:
    text = airflow_instructions(simulator, NOWHERE, version)
    assert words in text
    assert f"AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL={simulator.stack.queue_url}\n" in text
    assert Path("dags/event_dispatcher.py").name in text
