"""Shows the orchestrator's main task: five events go through the whole path, with the committed configuration."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.defaults import EXAMPLE_CONFIG, EXAMPLE_EVENTS
from local.engine.engine import run_engine
from local.simulation.result import Simulation
from local.simulation.result_reader import Progress
from local.simulation.simulator import Simulator
from local.validation import read_config, region_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step of the demo.

    Attributes:
        title: the event, in a few words.
        expected: the expected result, in a few words.
        simulation: the result of the event.
        passed: true if the result is the expected one.
    """

    title: str
    expected: str
    simulation: Simulation
    passed: bool


def scenes(progress: Progress = lambda _: None) -> Iterator[Scene]:
    """Run the demo and yield each scene when it ends."""
    document = read_config(EXAMPLE_CONFIG.read_text(encoding="utf-8"))
    success, approval, failure = (_event(name) for name in ("success", "approval", "failure"))
    with run_engine(region_of(document)) as engine:
        simulator = Simulator.deploy(engine, document)
        for title, expected, event, passed in (
            ("a job succeeds", "five triggers start, one of each type", success, _all_triggered(5)),
            ("a person approves the run", "the on_approval trigger starts", approval, _all_triggered(1)),
            ("a job fails", "the subscription filter drops the event", failure, _dropped),
            (
                "the first event again",
                "a duplicate, no trigger starts",
                success,
                _duplicate(_glue_run_count(simulator)),
            ),
        ):
            yield _scene(title, expected, simulator.publish(json.dumps(event), progress), passed)
        simulator.create_targets(without=["glue_job:load_images_to_redshift"])
        broken = simulator.publish(json.dumps(success | {"job_run_id": "spark-transform-0002"}), progress)
        yield _scene("one target is missing", "its trigger fails, the other four start", broken, _one_failed)


def _glue_run_count(simulator: Simulator) -> Callable[[], int]:
    """Return a function that counts the runs of the demo's Glue job; a duplicate must not add a run."""
    glue = simulator.engine.client("glue")
    return lambda: len(glue.get_job_runs(JobName="load_images_to_redshift")["JobRuns"])


def _scene(title: str, expected: str, simulation: Simulation, passed: Callable[[Simulation], bool]) -> Scene:
    return Scene(title=title, expected=expected, simulation=simulation, passed=passed(simulation))


def _event(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EXAMPLE_EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def _all_triggered(number: int) -> Callable[[Simulation], bool]:
    return lambda simulation: simulation.exit_code == 0 and len(simulation.triggers) == number


def _dropped(simulation: Simulation) -> bool:
    return simulation.status == "FILTERED"


def _duplicate(runs: Callable[[], int]) -> Callable[[Simulation], bool]:
    """Return a check for a duplicate; the Glue job has two runs, of the success and of the approval."""
    return lambda simulation: simulation.status == "DUPLICATE" and runs() == 2


def _one_failed(simulation: Simulation) -> bool:
    statuses = sorted(trigger.status for trigger in simulation.triggers)
    return statuses == ["FAILED", *["TRIGGERED"] * 4] and simulation.executions[0].execution_status == "FAILED"
