"""All drills, in the order of the page. Add new ones here."""

from __future__ import annotations

from tests.drills import (
    chains,
    configuration_chaos,
    crash_points,
    dead_letters,
    deliveries,
    dispatcher,
    joins,
    poison,
    replays,
    sizes,
    throttling,
)
from tests.drills.model import Drill

DRILLS: tuple[Drill, ...] = (
    Drill(
        name="deliveries",
        title="Repeated and shuffled deliveries",
        text="Each event arrives one to five times. All deliveries are shuffled, and 16 are in progress at a time. "
        "Every fifth event has a trigger of each type. Each target must start once.",
        unit="events",
        size=1_000,
        small=12,
        run=deliveries.run,
    ),
    Drill(
        name="crash-points",
        title="Crash points and configuration changes",
        text="The router dies at one of its AWS calls, before or after the call takes effect. The configuration changes before "
        "Lambda tries again: it grows, shrinks, or loses the workflow. Most cases run in memory, half of them with a second "
        "death. The others kill the router's process on the local stack. An event that began must start whole under its first "
        "configuration. Any other event must start under the second one.",
        unit="cases",
        size=500,
        small=12,
        run=crash_points.run,
    ),
    Drill(
        name="configuration-chaos",
        title="Configuration chaos",
        text="S3 and SSM deny, fail, delay and cut their answers. Uploads are valid, broken, empty, or not an object, and each "
        "replaces the one before while events are being routed. Some phases begin with new processes. One redrive follows. "
        "Each event must start once and whole under one configuration, and none may be ignored.",
        unit="events",
        size=160,
        small=10,
        run=configuration_chaos.run,
    ),
    Drill(
        name="poison",
        title="Poison",
        text="Hostile events meet random configurations, two events each: templates, escape sequences, forged log lines, "
        "deep and large values. Each entry of a workflow must end as a start, a rejection or a skip. An event must never "
        "choose a target. Each log record must be one line of bounded length.",
        unit="events",
        size=20_000,
        small=600,
        run=poison.run,
    ),
    Drill(
        name="throttling",
        title="Throttling storm",
        text="Half of all calls are throttled, of the router and of the state machine, to all services. The state machine's "
        "retries do not wait, which is the hardest case. Throttled calls have the error names of AWS "
        "([Error names](error-names.md)), so most triggers start by retries. A throttled `step_function` trigger fails, "
        "because its error also stands for lost answers. One redrive and one `replay --failed` follow. Each target must "
        "start once.",
        unit="events",
        size=100,
        small=6,
        run=throttling.run,
    ),
    Drill(
        name="sizes",
        title="Sizes and Unicode",
        text="Payloads of 128, 224, 255, 256 and 257 KiB at each boundary: SNS, direct invocation, StartExecution, and each "
        "type of target. The text is ASCII, two or four bytes a character, or escaped. One event for each Unicode category "
        "goes to all targets. Each trigger must end once and visibly: its target receives the whole text, or an error names "
        "the reason. No call may exceed the quota of its service.",
        unit="cases",
        size=200,
        small=8,
        run=sizes.run,
    ),
    Drill(
        name="replays",
        title="Parallel replays under edits",
        text="Half of the calls of each event's first delivery are refused. Then four replays of each event run, 16 at a time, "
        "while uploads insert, move, change and remove triggers. Each target must start once. A trigger that an edit "
        "inserted must not start.",
        unit="events",
        size=120,
        small=8,
        run=replays.run,
    ),
    Drill(
        name="dead-letters",
        title="Dead letters",
        text="Events and approvals end in the delivery DLQ or the failure bucket, because the function is missing, S3 or Step "
        "Functions refuses, or an answer is lost after the start. One `orchestrator redrive-dlq` must bring all back and "
        "empty both stores. Each target must start once.",
        unit="events",
        size=160,
        small=8,
        run=dead_letters.run,
    ),
    Drill(
        name="dispatcher",
        title="Killed dispatcher",
        text="500 messages, 25 of them malformed and 25 duplicates. Airflow's dispatcher is killed twice: in version 2.11 the "
        "process of the run, in version 3.0 the scheduler with its tasks. Each different good message must have one DAG run, "
        "and each malformed one must be in the dead-letter queue.",
        unit="Airflow versions",
        size=2,
        small=1,
        run=dispatcher.run,
    ),
    Drill(
        name="joins",
        title="Joins under fire",
        text="Five jobs succeed for each key. Each success arrives one to three times, shuffled, 16 at a time. The first router "
        "of each delivery dies at one of its calls. Every tenth key lacks a job. Each complete key must start once, and no "
        "other may.",
        unit="keys",
        size=400,
        small=20,
        run=joins.run,
    ),
    Drill(
        name="chains",
        title="Chains under fire",
        text="Four levels of targets wait for their runs and publish their success. SNS delivers each event three times. "
        "Router processes are killed, a tenth of the calls is throttled, and StartExecution loses answers. One redrive and "
        "replays follow. Each level of each chain must start once.",
        unit="chains",
        size=60,
        small=4,
        run=chains.run,
    ),
)


def drill(name: str) -> Drill:
    """The drill of that name."""
    return next(one for one in DRILLS if one.name == name)
