"""Runs inside Airflow's own environment: one ``dag.test()`` of event_dispatcher for each line of standard input.

A line is the age of the run in seconds: 0 for a run that starts now.

Imports nothing of this repository. Each answer is one line of JSON; what Airflow itself prints goes to the file that is
the only argument.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    with open(sys.argv[1], "ab") as log:  # noqa: PTH123
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    dispatcher = load()
    for line in sys.stdin:
        if line.strip():
            answers.write(json.dumps(once(dispatcher, float(line))) + "\n")
            answers.flush()


def load() -> Any:
    """The DAG, out of the folder that Airflow is told of."""
    sys.path.insert(0, os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    import event_dispatcher

    return event_dispatcher.event_dispatcher()


def once(dispatcher: Any, age: float) -> dict[str, Any]:
    """Run the dispatcher; returns its state, its task instances and all DAG runs."""
    from airflow.models import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    began = time.monotonic()
    run = run_of_age(dispatcher, age) if age else dispatcher.test()
    seconds = time.monotonic() - began
    with create_session() as session:
        runs = session.query(DagRun).filter(DagRun.dag_id != "event_dispatcher").all()
        instances = session.query(TaskInstance).filter(TaskInstance.run_id == run.run_id).all()
        return {
            "run_id": run.run_id,
            "state": str(run.state),
            "seconds": seconds,
            "tasks": sorted([one.task_id, one.map_index, str(one.state)] for one in instances),
            "runs": [{"dag_id": one.dag_id, "run_id": one.run_id, "conf": one.conf} for one in runs],
        }


def run_of_age(dispatcher: Any, age: float) -> Any:
    """Run the dispatcher; ``dag.test()`` sets the start of the run to its logical date."""
    moment = datetime.now(UTC) - timedelta(seconds=age)
    names = inspect.signature(dispatcher.test).parameters
    return dispatcher.test(**{"logical_date" if "logical_date" in names else "execution_date": moment})


if __name__ == "__main__":
    main()
