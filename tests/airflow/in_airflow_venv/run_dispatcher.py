"""Runs inside Airflow's own environment: one ``dag.test()`` of event_dispatcher for each line of standard input.

Imports nothing of this repository. Each answer is one line of JSON; what Airflow itself prints goes to the file that is
the only argument.
"""

from __future__ import annotations

import json
import os
import sys
import time
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
            answers.write(json.dumps(once(dispatcher)) + "\n")
            answers.flush()


def load() -> Any:
    """The DAG, out of the folder that Airflow is told of."""
    sys.path.insert(0, os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    import event_dispatcher

    return event_dispatcher.event_dispatcher()


def once(dispatcher: Any) -> dict[str, Any]:
    """Run the dispatcher; returns its state, its task instances and all DAG runs."""
    from airflow.models import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    began = time.monotonic()
    run = dispatcher.test()
    seconds = time.monotonic() - began
    with create_session() as session:
        runs = session.query(DagRun).filter(DagRun.dag_id != "event_dispatcher").all()
        instances = session.query(TaskInstance).filter(TaskInstance.run_id == run.run_id).all()
        return {
            "state": str(run.state),
            "seconds": seconds,
            "tasks": sorted([one.task_id, one.map_index, str(one.state)] for one in instances),
            "runs": [{"dag_id": one.dag_id, "run_id": one.run_id, "conf": one.conf} for one in runs],
        }


if __name__ == "__main__":
    main()
