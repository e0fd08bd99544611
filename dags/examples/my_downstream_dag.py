"""A target DAG for the orchestrator's triggers ``mwaa_dag`` and ``sqs_mwaa``: it reads the conf as any DAG run's conf.

Copy it, and put its ``dag_id`` into the workflow configuration. Runs on Airflow 2.10, 2.11 and 3.
"""

from __future__ import annotations

import logging

try:  # Airflow 3
    from airflow.sdk import dag, get_current_context, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
    from airflow.operators.python import get_current_context

log = logging.getLogger(__name__)


@task
def read_conf():  # type: ignore[no-untyped-def] # an annotation "-> dict" would mean multiple outputs
    """Log and return the conf of the run."""
    conf = get_current_context()["dag_run"].conf or {}
    # .get: the orchestrator omits a mapped parameter if the event does not have its field.
    log.info(
        "Triggered by %s, run %s, for %s to %s",
        conf.get("triggered_by_job"),
        conf.get("triggered_by_run_id"),
        conf.get("start_date"),
        conf.get("end_date"),
    )
    log.info("Artifacts: %s; metrics: %s", conf.get("source_artifacts", {}), conf.get("source_metrics", {}))
    return conf


@dag(dag_id="my_downstream_dag", schedule=None, catchup=False, is_paused_upon_creation=False, tags=["example"])
def my_downstream_dag():  # type: ignore[no-untyped-def] # Airflow gives the function another type
    """One task that reads the conf."""
    read_conf()


my_downstream_dag()
