"""The waiting times of event_dispatcher fit into each other, and into the queue of the Terraform file."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
INFRA = (ROOT / "terraform/sqs_mwaa_triggers.tf.infra").read_text(encoding="utf-8")


def constants() -> dict[str, ast.expr]:
    """Return the module's assignments."""
    tree = ast.parse((ROOT / "dags/event_dispatcher.py").read_text(encoding="utf-8"))
    return {
        one.targets[0].id: one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }


def number(name: str) -> int:
    return int(ast.literal_eval(constants()[name]))


def timeout_seconds() -> int:
    call = constants()["DAGRUN_TIMEOUT"]
    assert isinstance(call, ast.Call)
    (minutes,) = call.keywords
    assert minutes.arg == "minutes"
    return 60 * int(ast.literal_eval(minutes.value))


def test_wait_leaves_half_of_the_run_for_its_batch() -> None:
    assert number("WAIT_SECONDS") <= 20  # the most that SQS allows
    assert number("IDLE_SECONDS") + number("WAIT_SECONDS") + number("MAX_SECONDS") <= timeout_seconds() * 0.6


def test_visibility_timeout_exceeds_the_longest_run() -> None:
    variable = INFRA.partition('variable "mwaa_trigger_visibility_timeout_seconds"')[2].partition("\nvariable ")[0]
    default = re.search(r"default += (\d+)", variable)
    smallest = re.search(r"timeout_seconds > (\d+) &&", variable)
    assert default is not None
    assert smallest is not None
    assert int(smallest[1]) == timeout_seconds()
    assert int(default[1]) >= 1.5 * timeout_seconds()


def test_alarm_on_waiting_messages_is_later_than_a_retry() -> None:
    """A message whose run died returns after the visibility timeout. It must not raise the alarm."""
    alarm = INFRA.partition("mwaa_triggers_not_polled")[2]
    threshold = re.search(r"threshold += (\d+) \* (\d+)", alarm)
    assert threshold is not None
    assert int(threshold[1]) * int(threshold[2]) > 2 * 900
