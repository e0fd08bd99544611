"""Counts the cases that interpreters run equally and differently. ``docs/testing.md`` has the same table.

``python -m tests.localstack.summary`` writes the table: a new trigger type adds cases. ``make build`` runs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.localstack import differences
from tests.localstack.cases import GROUPS

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
BEGIN, END = "<!-- three interpreters: make test-localstack prints and checks this table -->", "<!-- end -->"


def group_of(case: str) -> str:
    """The group of a case's id."""
    (group,) = (one for one in GROUPS if case.startswith(f"{one.replace(' ', '_')}-"))
    return group


def table(equal: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """Lines of a Markdown table.

    Args:
        equal: id of a case to interpreter to whether it ends the case as the embedded engine does.
    """
    heads = [f"{name}: {word}" for name in differences.INTERPRETERS for word in ("equal", "different")]
    lines = [f"| Cases | Embedded engine | {' | '.join(heads)} |", f"|---|{'---|' * (1 + len(heads))}"]
    rows = [_row(group, [of for case, of in equal.items() if group_of(case) == group]) for group in GROUPS]
    return [*lines, *rows, _row("all", list(equal.values()))]


def expected(cases: Iterable[str]) -> list[str]:
    """The table if every case is equal, except for the known differences."""
    return table({one: {name: not differences.reason(name, one) for name in differences.INTERPRETERS} for one in cases})


def _row(name: str, cases: list[Mapping[str, bool]]) -> str:
    cells: list[int] = [len(cases)]
    for interpreter in differences.INTERPRETERS:
        same = sum(case[interpreter] for case in cases)
        cells += [same, len(cases) - same]
    return f"| {name} | {' | '.join(map(str, cells))} |"


def reasons(cases: Iterable[str]) -> list[str]:
    """One line for each reason of a difference, with the number of cases."""
    found = Counter(
        (name, why) for case in cases for name in differences.INTERPRETERS if (why := differences.reason(name, case))
    )
    return [f"{name}, {count} cases: {why}" for (name, why), count in found.items()]


def documented() -> list[str]:
    """The table's lines in ``docs/testing.md``."""
    text = PAGE.read_text()
    return text.partition(BEGIN)[2].partition(END)[0].strip().splitlines()


def page() -> str:
    """``docs/testing.md`` with the table of the cases that exist now."""
    from tests.localstack import cases  # noqa: PLC0415 - it imports every case, which the table of a run does not need

    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    return "\n".join([f"{before}{BEGIN}", "", *expected(cases.ids()), "", f"{END}{after}"])


if __name__ == "__main__":
    PAGE.write_text(page())
