"""The stores of the configuration fail in every way while events arrive, and the configuration is swapped."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from orchestration.values import strictjson
from tests.drills.boundary import Call, Disturb, Disturbance
from tests.drills.ground import Ground, expected, open_ground
from tests.drills.model import Progress, Tally
from tests.drills.recovery import redrive

PER_PHASE = 4
"""Events that are published in one phase."""

DEATH_RATE = 0.3
"""Share of the phases that begin with new processes, which remember no configuration."""


def document(version: int) -> dict[str, Any]:
    """A configuration whose targets all have the version in their name."""
    triggers = [
        {"type": "glue_job", "id": "glue", "job_name": f"job-{version}"},
        {"type": "sqs_mwaa", "id": "sqs", "dag_id": f"dag-{version}"},
    ]
    return {"workflows": {"j": {"on_success": triggers}, "k": {"on_success": triggers[:1]}}}


def _faults(rng: random.Random) -> dict[str, Callable[[], Disturbance]]:
    return {
        "working": Disturbance,
        "denied": lambda: Disturbance(status=403, code="AccessDenied"),
        "missing": lambda: Disturbance(status=404, code="NoSuchKey"),
        "slow": lambda: Disturbance(delay=rng.uniform(0.2, 1.0)),
        "500": lambda: Disturbance(status=500, code="InternalError"),
        "503": lambda: Disturbance(status=503, code="SlowDown"),
        "truncated": lambda: Disturbance(cut=True),
        "mixed": lambda: rng.choice(
            [Disturbance(), Disturbance(cut=True), Disturbance(status=503, code="SlowDown"), Disturbance(delay=0.2)]
        ),
    }


SSM = {
    "no parameter": Disturbance(status=400, code="ParameterNotFound"),
    "denied": Disturbance(status=400, code="AccessDeniedException"),
    "500": Disturbance(status=500, code="InternalServerError"),
    "throttled": Disturbance(status=400, code="ThrottlingException"),
    "working": Disturbance(),
}


def run(count: int, seed: int, progress: Progress) -> Tally:
    """Publish ``count`` events under changing faults, then redrive once; returns the tally."""
    rng = random.Random(seed)
    tally = Tally(events=count, deliveries=count)
    phases = Counter[str]()
    versions = -(-count // PER_PHASE) + 1
    every = {"workflows": {f"v{one}": document(one)["workflows"]["j"] for one in range(versions)}}
    with open_ground(every, workers=4) as ground:
        runs: dict[str, str] = {}
        for version in range(versions - 1):
            phases[_begin(ground, version, rng)] += 1
            for _ in range(min(PER_PHASE, count - len(runs))):
                job, name = rng.choice("jk"), f"run-{len(runs)}"
                runs[name] = job
                ground.publish({"job_name": job, "job_run_id": name, "status": "SUCCESS"})
            # Some phases end while their events are being routed, so that a swap meets a delivery.
            if rng.random() < 0.5:
                ground.engine.runtime.drain()
            else:
                time.sleep(rng.uniform(0, 0.3))
            progress("events under fire", len(runs), count)
        ground.settle()
        ground.boundary.disturb = lambda call: None
        final = versions - 1
        ground.upload(document(final))
        stored = len(ground.failures())
        code, reports = redrive(ground)
        tally.found = ground.starts()
        _expect(tally, runs, versions)
        tally.facts = {
            "phases": sum(phases.values()),
            "kinds of phases": len(phases),
            "calls disturbed": sum(ground.boundary.disturbed.values()),
            "in the failure bucket": stored,
            "started by the redrive": sum(one["status"] == "STARTED" for one in reports),
        }
        if code or ground.failures():
            tally.wrong.append(f"redrive-dlq: exit code {code}, and {len(ground.failures())} dead letters remain")
        ignored = [one for one in ground.engine.runtime.invocations if "Ignored: " in one.logs]
        tally.wrong += [f"an event was ignored: {one.logs.splitlines()[-1]:.200}" for one in ignored]
    return tally


def _begin(ground: Ground, version: int, rng: random.Random) -> str:
    """Upload a version, and disturb S3 and SSM in the next phase; returns its name."""
    text = strictjson.dumps(document(version))
    invalid = {"valid": text, "broken": text[: len(text) // 2], "not an object": "[]", "empty": ""}
    upload = rng.choice(["valid", "valid", "valid", *invalid])
    uri = ground.simulator.stack.config_uri.removeprefix("s3://")
    bucket, _, key = uri.partition("/")
    ground.engine.client("s3").put_object(Bucket=bucket, Key=key, Body=invalid[upload].encode())
    parameter = ground.simulator.settings.config_ssm_parameter
    value = rng.choice([text, text, "{", '{"workflows": {}}'])
    ground.engine.client("ssm").put_parameter(Name=parameter, Value=value, Type="String", Overwrite=True)
    faults = _faults(rng)
    s3, ssm = rng.choice(list(faults)), rng.choice(list(SSM))
    ground.boundary.disturb = _disturb(faults[s3], SSM[ssm])
    if rng.random() < DEATH_RATE:
        ground.engine.runtime.recycle()
    return f"upload {upload}, S3 {s3}, SSM {ssm}"


def _disturb(s3: Callable[[], Disturbance], ssm: Disturbance) -> Disturb:
    def disturb(call: Call) -> Disturbance | None:
        found = s3() if call.operation == "s3.GetObject" else ssm if call.operation.startswith("ssm.") else None
        return None if found == Disturbance() else found

    return disturb


def _expect(tally: Tally, runs: dict[str, str], versions: int) -> None:
    """Expect each event whole under the version that it started with, whichever that is."""
    for name, job in runs.items():
        wanted = [expected(document(one)["workflows"][job]["on_success"], name) for one in range(versions)]
        tally.expected += next((one for one in wanted if one & tally.found), wanted[-1])
