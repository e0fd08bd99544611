"""Every suite of ``make test`` passes with a scaffolded type, in a copy of the repository.

The places are filled in as docs/tutorials/add-a-trigger-type.md does it.
"""

from __future__ import annotations

import difflib
import time
from pathlib import Path

import pytest

from builder.scaffold import new_type
from tests.docs_site.tutorial import NEW_TYPE, PAGES, Shell, begin, perform, steps

KIND = "sns_topic"
PYTHON = ".venv/bin/python"
BY_HAND = (*new_type.files_of(KIND), new_type.VARIABLES, new_type.POLICIES)
EXAMPLE = '{"workflows": {"transform_images": {"on_success": [{"type": "sns_topic", "target": "t"}]}}}'


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell in a copy of the repository with the scaffolded type."""
    variables = begin(NEW_TYPE, tmp_path)
    shell = Shell(tmp_path)
    shell.environment |= variables
    shell.run(f"{PYTHON} -m builder --new-type {KIND}")
    imported = shell.run(f"{PYTHON} -c 'import orchestration, tests; print(orchestration.__file__, tests.__file__)'")
    assert imported.count(str(tmp_path)) == 2, "the copy must not test the checkout's packages"
    return shell


@pytest.mark.timeout(600)
def test_every_test_is_collected_while_the_type_is_filled_in(shell: Shell) -> None:
    collect = f"{PYTHON} -m pytest --collect-only -q >/dev/null"
    shell.run(".venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy")
    shell.run(collect)
    (shell.folder / "example.json").write_text(EXAMPLE)
    for path in (f"local/simulation/targets/{KIND}.py", f"tests/trigger_types/{KIND}.py"):
        (shell.folder / path).unlink()
    shell.run(collect)
    simulate = f"{PYTHON} -m cli.main simulate --config example.json --event local/events/success.json || echo $?"
    assert shell.run(simulate) == (
        "orchestrator: sns_topic: the local engine cannot create its targets. Add local/simulation/targets/sns_topic.py.\n2\n"
    )
    report = shell.run(f"{PYTHON} -m pytest tests/contract/test_registry.py -k every_file || true")
    assert f"tests/trigger_types/{KIND}.py" in report


@pytest.mark.timeout(3600)
def test_scaffolded_example_passes_every_suite(shell: Shell) -> None:
    scaffold = {path: (shell.folder / path).read_text() for path in BY_HAND}
    for step in steps((PAGES / NEW_TYPE).read_text()):
        if step.lang == "python" or "sed -i" in step.body:
            perform(step, shell)
    lines = [
        line
        for path, text in scaffold.items()
        for line in difflib.ndiff(text.splitlines(), (shell.folder / path).read_text().splitlines())
        if line.startswith("+ ")
    ]
    started = time.monotonic()
    shell.run("make build")
    built = time.monotonic()
    shell.run("make test")
    tested = time.monotonic()
    print(  # noqa: T201 - shown by pytest -rP
        f"scaffolded_example: {len(BY_HAND)} files edited by hand, {len(lines)} lines; make build {built - started:.0f} s, "
        f"make test {(tested - built) / 60:.1f} minutes"
    )
