"""docs/values.md: every row of its tables, as the code reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.errors import ResolutionError
from orchestration.triggers.mwaa_dag import MwaaDag
from orchestration.values import paths, templating
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import read

PAGE = (Path(__file__).parents[2] / "docs" / "values.md").read_text(encoding="utf-8")
EVENT, MAPPING = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))


def rows(heading: str) -> list[list[str]]:
    """Cells of the table with a heading, without code marks."""
    table = PAGE.partition(f"| {heading} |\n")[2].partition("\n\n")[0].splitlines()[1:]
    assert table
    return [
        [cell.strip().strip("`").replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table
    ]


@pytest.mark.parametrize(("path", "value"), rows("Path | Value"))
def test_path_has_the_value_of_the_page(path: str, value: str) -> None:
    found = paths.lookup(EVENT, path)
    assert found is paths.MISSING if value == "missing" else found == json.loads(value)


@pytest.mark.parametrize(("text", "spelling"), rows("Refused | Write"))
def test_refused_text_has_the_spelling_of_the_page(text: str, spelling: str) -> None:
    assert paths.reason(text)
    assert paths.meant(text) == ("" if spelling.startswith("no path") else spelling)


def rendered(render: Callable[[Json, JsonObject, str], Json], text: str) -> Json:
    try:
        return render(text, EVENT, "here")
    except ResolutionError:
        return "rejected"


@pytest.mark.parametrize(("text", "argument", "conf"), rows("Text | In `arguments` | In `conf`"))
def test_template_gives_the_values_of_the_page(text: str, argument: str, conf: str) -> None:
    assert rendered(templating.render_text, text) == (argument if argument == "rejected" else json.loads(argument))
    assert rendered(templating.render, text) == (conf if conf == "rejected" else json.loads(conf))


def test_mapping_of_the_page_is_valid() -> None:
    entry: JsonObject = {"environment_name": "e", "dag_id": "d", "parameter_mapping": MAPPING}
    trigger, problems = read(MwaaDag, entry, "t")
    assert trigger is not None, problems
