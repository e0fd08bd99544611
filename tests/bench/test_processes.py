"""Programs that the benchmarks run, and the parts of them that need no measurement."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench import cold_start, environment, hot_path, routing
from bench.glue_service import GlueService
from bench.processes import AWS, clean_environment, run
from bench.rig import CAREFUL_LOOP, LOOP, OURS, POOL, run_rig


def test_run_reports_processor_time_and_output() -> None:
    used = run([sys.executable, "-c", "sum(range(3_000_000)); print('done')"])
    assert used.output == "done\n"
    assert 0.01 < used.cpu < 20


def test_run_reports_command_and_errors_of_a_failure() -> None:
    with pytest.raises(RuntimeError, match=r"exit code 3.*\nno such thing"):
        run([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"])


def test_clean_environment_has_no_foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("PYTHONPATH", "mine")
    monkeypatch.setenv("MAKEFLAGS", "-j")
    found = clean_environment(X="1")
    assert not {"AWS_PROFILE", "PYTHONPATH", "MAKEFLAGS"} & found.keys()
    assert found["X"] == "1"


def test_lock_has_the_versions_of_the_checkout() -> None:
    """Otherwise the comparison of cold starts would compare versions of boto3."""
    ours = (environment.ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    for name in ("boto3", "botocore", "pydantic"):
        assert f"\n{name}=={cold_start.locked(name)} " in ours


@pytest.mark.slow
def test_hot_path_measures_every_event(tmp_path: Path) -> None:
    cases = [
        one | {"events": 3, "configurations": one["configurations"][:2]}
        for one in routing.cases(tmp_path)
        if "10 workflows" in one["name"] or "400 triggers" in one["name"] or "200 KB" in one["name"]
    ]
    answer = subprocess.run(
        [sys.executable, "-P", hot_path.__file__],
        input=json.dumps(cases),
        env=clean_environment(**AWS),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert {name: len(values) for name, values in found.items()} == {
        one["name"]: 3 * len(one["configurations"]) for one in cases
    }
    assert len(cases) == 2 * 4
    assert all(value > 0 for values in found.values() for value in values)


@pytest.mark.slow
def test_variants_start_the_same_targets() -> None:
    service = GlueService(0.01)
    with run_rig(3, service) as rig:
        events = {variant: rig.publish(variant) for variant in (OURS, LOOP, CAREFUL_LOOP, POOL)}
    for variant, event in events.items():
        assert event.starts == Counter({"job_0": 1, "job_1": 1, "job_2": 1}), variant
        assert event.last >= 0.01
        assert (event.invocations, event.failed) == (1, "")


@pytest.mark.slow
def test_missing_target_stops_the_loops_that_raise() -> None:
    with run_rig(3, GlueService(), missing="job_1") as rig:
        events = {variant: rig.publish(variant) for variant in (OURS, LOOP, CAREFUL_LOOP, POOL)}
    assert events[POOL].starts == Counter({"job_0": 3, "job_2": 3})
    assert events[LOOP].starts == Counter({"job_0": 3})
    assert events[LOOP].invocations == 3
    for variant in (OURS, CAREFUL_LOOP):
        assert events[variant].starts == Counter({"job_0": 1, "job_2": 1}), variant
    assert events[OURS].failed
    assert not events[CAREFUL_LOOP].failed


@pytest.mark.slow
def test_slow_targets_overlap_in_the_state_machine() -> None:
    service = GlueService(slow={"job_0": 0.4, "job_1": 0.4, "job_2": 0.4})
    with run_rig(3, service) as rig:
        ours, loop, pool = rig.publish(OURS), rig.publish(LOOP), rig.publish(POOL)
    assert loop.last >= 1.2
    assert 0.4 <= ours.last < loop.last
    assert 0.4 <= pool.last < loop.last
