"""The status of a trigger is that of its newest run."""

from __future__ import annotations

import pytest

from operations.executions.inspected import InspectedTrigger, Run


@pytest.mark.parametrize("statuses", [["FAILED"], ["FAILED", "TRIGGERED"], ["TRIGGERED", "FAILED", "RUNNING"]])
def test_newest_run_decides(statuses: list[str]) -> None:
    runs = [Run(number=number, execution="e", status=status) for number, status in enumerate(statuses)]
    trigger = InspectedTrigger(id="a", type="glue_job", name="n", batch="", runs=runs)
    assert trigger.status == statuses[-1]
