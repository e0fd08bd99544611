"""Compares two state machines on the cases of test_glue_once.py: today's, and one that starts Glue jobs without a look.

The baseline starts Glue jobs as the state machine before the look-up did: by the optimized integration, with its retriers. A
person replays what failed, once, when every list is complete.

    python -m tests.state_machine.lost_answers [--events 50]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable

from builder.machine.definition import committed
from local import stack
from local.engine.engine import run_engine
from local.engine.patches.replace import replaced
from orchestration.event.identity import downstream_run_id
from tests.state_machine.test_glue_once import LAGS, SCALE, TRIGGERS, Storm

START = "Start Glue job run"
RETRIERS = [
    {
        "ErrorEquals": ["Glue.ConcurrentRunsExceededException", "Glue.ResourceNumberLimitExceededException"],
        "IntervalSeconds": 60,
        "MaxAttempts": 30,
        "BackoffRate": 1.0,
    },
    {
        "ErrorEquals": ["Glue.ThrottlingException"],
        "IntervalSeconds": 2,
        "MaxAttempts": 5,
        "BackoffRate": 2.0,
        "MaxDelaySeconds": 30,
    },
]
"""Of the Glue state of commit ba0920a."""


def without_look(*, waiting: bool) -> str:
    """The committed definition with the Glue state of the baseline."""
    definition = json.loads(committed(waiting=waiting))
    (each,) = (state for state in definition["States"].values() if state["Type"] == "Map")
    state = each["ItemProcessor"]["States"][START]
    state["Resource"] = "arn:aws:states:::glue:startJobRun"
    state["Retry"] = RETRIERS
    state["Catch"] = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.outcome.error", "Next": "Record failure"}]
    return json.dumps(definition)


def figures(storm: Storm, label: str, events: int, *, again: bool) -> str:
    """Publish the events, replay what failed, and count the runs of each trigger.

    Args:
        again: a replay starts failed triggers without a look at earlier runs.
    """
    names = []
    with storm.lagging(2):
        for number in range(events):
            (name,) = storm.publish(f"{label}-{number}")
            names.append(name)
            storm.outcomes(name)
    time.sleep(LAGS["listed-after-every-wait"] * SCALE)
    failed = {name: [one.id for one in storm.outcomes(name) if one.status == "FAILED"] for name in names}
    errors = Counter(one.error for name in names for one in storm.outcomes(name) if one.status == "FAILED")
    runs = storm.runs()
    first = Counter(min(count_of(name, trigger)(runs), 2) for name in names for trigger in ids(storm, name))
    started = sum(count_of(name, trigger)(runs) > 0 for name in names for trigger in failed[name])
    with storm.lagging(3, (None,)):
        for number, name in enumerate(names):
            if failed[name]:
                request = {"of": name, "only": failed[name], "again": again}
                for replay in storm.publish(f"{label}-{number}", **{"$replay": request}):
                    storm.outcomes(replay)
    runs = storm.runs()
    last = Counter(min(count_of(name, trigger)(runs), 2) for name in names for trigger in ids(storm, name))
    return (
        f"{label}: {events * len(TRIGGERS)} triggers, {sum(map(len, failed.values()))} FAILED {dict(errors)}, of which {started} "
        f"had a run; doubled before a replay {first[2]}; after it: lost {last[0]}, doubled {last[2]}"
    )


def ids(storm: Storm, name: str) -> list[str]:
    """Ids of an execution's triggers."""
    return [item.id for item in storm.executions.describe(name).input.triggers]


def count_of(name: str, trigger: str) -> Callable[[Counter[str]], int]:
    """Counts the runs of a trigger, over its generations."""
    starts = [downstream_run_id(name, trigger, generation) for generation in range(9)]
    return lambda runs: sum(runs[start] for start in starts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50, help="events of 20 triggers")
    events = parser.parse_args().events
    with run_engine("us-west-1") as engine:
        print(figures(Storm(engine), "look", events, again=False), flush=True)  # noqa: T201
    with replaced(stack, "committed", without_look), run_engine("us-west-1") as engine:
        print(figures(Storm(engine), "no-look", events, again=True), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
