"""Makes the page docs/benchmarks.md from the results."""

from __future__ import annotations

from bench.results import Cell, Figure, Goal, Report, Section, Table

HEADER = """# Benchmarks

<!-- Written by `make bench`. Do not edit: `bench/render.py` makes this page from `benchmarks.json`, and a test compares them. -->

`make bench` measures everything on this page and writes it. `make bench QUICK=1` takes fewer runs, and
`.venv/bin/python -m bench.NAME` runs one section without writing. The raw values are in [benchmarks.json](benchmarks.json).

Each figure is the median, with the smallest and the largest value in parentheses. Variants that a ratio compares run in turn,
in the same command.
"""


def render(report: Report) -> str:
    """The page."""
    return "\n".join([HEADER, _environment(report), _goals(report), *map(section, report.sections)])


def section(one: Section) -> str:
    """Heading, text and tables of one section."""
    measured = f"{one.seconds:,.0f} s, {one.date}, load of the machine before it {one.load:.1f}"
    parts = [f"## {one.title}\n", f"`.venv/bin/python -m bench.{one.name}`, {measured}\n", f"{one.about}\n"]
    if one.seeds:
        parts.append(f"Seeds: {', '.join(map(str, one.seeds))}.\n")
    return "\n".join(parts + [table(each) for each in one.tables])


def table(one: Table) -> str:
    """A Markdown table with its note."""
    lines = [_line(one.columns), _line(["---"] * len(one.columns))]
    lines += [_line([show(cell) for cell in row]) for row in one.rows]
    return "\n".join([*lines, ""] + ([f"{one.note}\n"] if one.note else []))


def show(cell: Cell) -> str:
    """A cell's text: of a figure the median, the smallest and the largest value."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    unit = f" {cell.unit}" if cell.unit else ""
    if len(cell.values) == 1:
        return f"{number(cell.median)}{unit} (one run)"
    return f"{number(cell.median)}{unit} ({number(min(cell.values))}\N{EN DASH}{number(max(cell.values))})"


def number(value: float) -> str:
    """A number with three significant digits, or whole if it has more digits before the point."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3g}" if abs(value) < 0.01 else f"{value:.3f}"


def _environment(report: Report) -> str:
    versions = report.versions | {name: value for one in report.sections for name, value in one.versions.items()}
    rows: list[list[Cell]] = [
        ["date", report.date],
        ["machine", report.machine],
        ["duration", f"{sum(one.seconds for one in report.sections) / 60:.1f} minutes"],
        ["versions", ", ".join(f"{name} {value}" for name, value in versions.items())],
    ]
    if report.quick:
        rows.append(["runs", "**quick**: fewer runs than the page needs"])
    return "## Environment\n\n" + table(Table(columns=["Environment", "Value"], rows=rows))


def _goals(report: Report) -> str:
    rows = [_goal(one, goal) for one in report.sections for goal in one.goals]
    missed = [goal for one in report.sections for goal in one.goals if not goal.met]
    lines = [f"- {goal.name}: {goal.tried}\n" for goal in missed]
    heading = "Missed goals, and the improvements tried:\n\n" if missed else ""
    columns = ["Section", "Goal", "Limit", "Found", "Result"]
    return "## Goals\n\n" + table(Table(columns=columns, rows=rows)) + "\n" + heading + "".join(lines)


def _goal(one: Section, goal: Goal) -> list[Cell]:
    limit = f"{goal.bound} {number(goal.limit)} {goal.found.unit}".strip()
    result = "met" if goal.met else f"missed by {100 * goal.distance:.0f} %"
    return [one.name, goal.name, limit, Figure(values=goal.found.values, unit=goal.found.unit), result]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
