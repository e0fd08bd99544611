"""Three interpreters end every case alike: status, error, outcomes, and number of calls of each state."""

from __future__ import annotations

import pytest

from tests.localstack import cases, differences, summary
from tests.localstack.conftest import Comparison

IDS = cases.ids()


@pytest.mark.timeout(900)  # the first test runs every case, while other tests may run on the same machine
@pytest.mark.parametrize("case", IDS)
def test_case(comparison: Comparison, case: str) -> None:
    for name in differences.INTERPRETERS:
        found, embedded = comparison.others[name][case], comparison.embedded[case]
        if differences.reason(name, case):
            assert found != embedded, f"{name} no longer differs. Remove the reason from differences.py."
        else:
            assert found == embedded, name


@pytest.mark.timeout(900)
def test_id_of_an_event_is_text(comparison: Comparison) -> None:
    (case,) = (one for one in IDS if one.endswith("eventbridge-starts"))
    for results in (comparison.embedded, *comparison.others.values()):
        (outcome,) = results[case].outcomes
        assert outcome["result"] == {"status": "TRIGGERED", "id": "11710aed-b79e-4468-a20b-bb3c0c3b4860"}


@pytest.mark.timeout(900)
def test_summary_is_the_documented_one(comparison: Comparison) -> None:
    assert sorted(comparison.embedded) == sorted(IDS)
    assert summary.table(comparison.equal()) == summary.documented()
