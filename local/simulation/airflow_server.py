"""The Airflow server of ``orchestrator local --airflow``: it may start after the stack, whose address it needs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.engine.airflow_api import AirflowApi, AirflowApiError, AirflowUnreachableError

if TYPE_CHECKING:
    from local.simulation.simulator import Simulator

_SECONDS = 1.0
"""Time between two attempts to reach the server."""


def connect(api: AirflowApi) -> int | None:
    """Major version of the server, or None if it does not answer yet.

    Raises:
        AirflowApiError: the server is not an Airflow, or refuses the credentials.
    """
    try:
        return api.connect()
    except AirflowUnreachableError:
        return None


def airflow_instructions(simulator: Simulator, api: AirflowApi, version: int | None) -> str:
    """The environment of the Airflow server, for event_dispatcher, and whether the server answers.

    Args:
        simulator: the running stack.
        api: the server.
        version: its major version, or None if it does not answer yet.
    """
    engine = simulator.engine
    state = (
        f"It answers: Airflow {version}."
        if version
        else "It does not answer yet. mwaa_dag triggers fail until it does."
    )
    return (
        f"# All MWAA environments use the Airflow server at {api.url}. {state}\n"
        "# For sqs_mwaa it needs dags/event_dispatcher.py in its DAG folder, and these variables when it starts:\n"
        f"#   export AWS_ENDPOINT_URL={engine.endpoint}\n"
        f"#   export AWS_DEFAULT_REGION={engine.region}\n"
        "#   export AWS_ACCESS_KEY_ID=testing\n"
        "#   export AWS_SECRET_ACCESS_KEY=testing\n"
        f"#   export AIRFLOW_VAR_MWAA_TRIGGER_QUEUE_URL={simulator.stack.queue_url}\n"
    )


@dataclass(slots=True)
class Watch:
    """Prints a line when the server answers for the first time, or when it refuses the credentials.

    Attributes:
        api: the server.
        print_line: prints one line.
    """

    api: AirflowApi
    print_line: Callable[[str], None]
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Ask in the background until the server answers."""
        threading.Thread(target=self._run, name="airflow", daemon=True).start()

    def stop(self) -> None:
        """Stop asking. A call in progress ends with the process."""
        self._stopped.set()

    def _run(self) -> None:
        refused = ""
        while not self._stopped.wait(_SECONDS):
            try:
                version = connect(self.api)
            except AirflowApiError as error:
                # A server that is starting may answer with errors. Print each reason once.
                if str(error) != refused:
                    refused = str(error)
                    self.print_line(f"AIRFLOW  {refused}")
                continue
            if version:
                self.print_line(f"AIRFLOW  {self.api.url} answers: Airflow {version}")
                return
