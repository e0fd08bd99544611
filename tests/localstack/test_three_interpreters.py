"""Three interpreters end every case alike: status, error, outcomes, and number of calls of each state."""

from __future__ import annotations

import pytest

from tests.localstack import cases, differences, summary
from tests.localstack.conftest import Comparison

IDS = cases.ids()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("case", IDS)
def test_case(comparison: Comparison, case: str) -> None:
    for name in differences.INTERPRETERS:
        found, embedded = comparison.others[name][case], comparison.embedded[case]
        if differences.reason(name, case):
            assert found != embedded, f"{name} no longer differs. Remove the reason from differences.py."
        else:
            assert found == embedded, name


def test_summary_is_the_documented_one(comparison: Comparison) -> None:
    assert sorted(comparison.embedded) == sorted(IDS)
    assert summary.table(comparison.equal()) == summary.documented()
