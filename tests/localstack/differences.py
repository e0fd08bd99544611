"""Known differences of an interpreter from the embedded engine, each with its reason."""

from __future__ import annotations

from tests.state_machine.matrix import loses_id

SECOND, LOCALSTACK = "aws-local-stepfunctions", "LocalStack"
INTERPRETERS = (SECOND, LOCALSTACK)


NO_ID = (
    "a successful answer without its id: the path to it fails with States.Runtime, which this interpreter lets no state "
    "catch. Each of these fields is required in its service's answer"
)
MOCKED_TIMEOUT = "a mocked case cannot raise States.Timeout: a mock's error has no name that begins with States."


def reason(interpreter: str, case: str) -> str:
    """Reason why the interpreter ends the case differently from the embedded engine; empty if it does not.

    Args:
        interpreter: one of ``INTERPRETERS``.
        case: id of the case.
    """
    if interpreter == SECOND and "-malformed_response-" in case and loses_id(case.split("-")[1]):
        return NO_ID
    # The machine looks for a Glue run after every error without an answer, also under the name of a mock.
    if interpreter == LOCALSTACK and "-timeout-" in case and "-glue_job-" not in case:
        return MOCKED_TIMEOUT
    return ""
