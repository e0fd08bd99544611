"""Errors: one root, and a docstring that says who acts."""

from __future__ import annotations

import inspect

import pytest

from orchestration import errors
from orchestration.errors import ExecutionLookupError, MwaaUnavailableError, OrchestrationError

CLASSES = [member for _, member in inspect.getmembers(errors, inspect.isclass) if member.__module__ == errors.__name__]


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_has_the_root(error: type[Exception]) -> None:
    assert issubclass(error, OrchestrationError)


@pytest.mark.parametrize("error", [error for error in CLASSES if error is not OrchestrationError])
def test_docstring_names_who_acts(error: type[Exception]) -> None:
    assert "act" in (error.__doc__ or "") or "The state machine retries" in (error.__doc__ or "")


def test_lookup_error_says_if_the_execution_is_missing() -> None:
    assert not ExecutionLookupError("m").missing
    assert ExecutionLookupError("m", missing=True).missing


def test_unavailable_airflow_says_if_the_call_was_sent() -> None:
    assert not MwaaUnavailableError("m").sent
    assert MwaaUnavailableError("m", sent=True).sent
    assert str(MwaaUnavailableError("m", sent=True)) == "m"
