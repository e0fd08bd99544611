"""Intended differences between the two revisions, each with its reason.

Add a row for each intended change of a text.
"""

from __future__ import annotations

REPEATED_SOURCE = "issue 22, finding 6: an error of the router no longer repeats its source"
JOIN_DEADLINE = "issue 22, finding 6: $join_deadline is refused by name in a message from SNS"
RUN_IDS = "issue 23, finding 5: no two ids share a downstream run id"
EXECUTION_ARGUMENT = "issue 23: every Glue job run has the argument --triggered_by_execution"
NESTED_RUNS = "issue 23, finding 4: a replay reads the nested execution of the attempt that failed"
QUEUING = "issue 23: JobRunQueuingEnabled is sent only if it is configured, so the job keeps its own setting"

TEXTS: tuple[tuple[str, str, str], ...] = (
    (
        r"(SNS message (?:m-\d+|\(no id\))|direct invocation|Records\[\d+\]): EventError: \1: (?!not an SNS record)",
        r"\1: EventError: event: ",
        REPEATED_SOURCE,
    ),
    (
        r"(Records\[\d+\]): EventError: \1: ",
        r"\1: EventError: ",
        REPEATED_SOURCE,
    ),
    (r',\s?\\*"--triggered_by_execution\\*":\s?\\*"[A-Za-z0-9_-]+\\*"', "", EXECUTION_ARGUMENT),
    (r"found a request of [0-9,]+ bytes, expected at most [0-9,]+", "found a request of N bytes", EXECUTION_ARGUMENT),
    (r',\s?\\*"JobRunQueuingEnabled\\*":\s?false', "", QUEUING),
    (
        r"(-[0-9a-f]{16})-(?:[A-Za-z0-9_-]{12}|(?:[A-Za-z0-9_-]*-)?r[0-9]+|[bp][0-9]+)(?=[^A-Za-z0-9_-])",
        r"\1-(id)",
        RUN_IDS,
    ),
)
"""Pattern, replacement and reason. Two lines are equal if they are equal after every replacement in both."""

ADDED: tuple[tuple[str, str], ...] = ((r'^\["call", "DescribeExecution", .*METADATA_ONLY', NESTED_RUNS),)
"""Pattern of a line that only one revision may have, and the reason."""

TAGGED: tuple[tuple[str, str, str], ...] = (
    ("join deadline from SNS", r"EventError: .*\$join_deadline", JOIN_DEADLINE),
)
"""Tag of a delivery that may differ as a whole, a pattern that one of the new lines must have, and the reason."""
