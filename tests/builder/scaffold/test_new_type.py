"""``python -m builder --new-type NAME``: the files that it writes, and the names that it refuses."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builder.__main__ import main
from builder.scaffold import new_type
from orchestration.triggers import REGISTRY

ROOT = Path(__file__).parents[3]
CHANGED = (new_type.REGISTRY, new_type.VARIABLES, new_type.POLICIES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with the files that the command changes."""
    for name in (*CHANGED, "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in new_type.files_of("x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    return tmp_path


def contents(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "found ''"),
        ("CarrierPigeon", "found 'CarrierPigeon'"),
        ("sns-topic", "found 'sns-topic'"),
        ("sns__topic", "found 'sns__topic'"),
        ("_sns", "found '_sns'"),
        ("9sns", "found '9sns'"),
        ("../sns", "found '../sns'"),
        ("a" * 41, f"found '{'a' * 41}', expected at most 40"),
        ("glue_job", "the type glue_job exists: orchestration/triggers/glue_job.py"),
        ("batch", "the name batch has another meaning"),
        ("rejected", "the name rejected has another meaning"),
        ("workflow", "the name workflow has another meaning"),
    ],
)
def test_bad_name_is_refused_in_one_line(
    root: Path, capsys: pytest.CaptureFixture[str], name: str, reason: str
) -> None:
    before = contents(root)
    assert main(["--new-type", name], root) == 2
    line = capsys.readouterr().err
    assert line.startswith(f"python -m builder: --new-type: {reason}")
    assert line.endswith(".\n")
    assert line.count("\n") == 1
    assert contents(root) == before


@pytest.mark.parametrize("path", new_type.files_of("carrier_pigeon"))
def test_existing_file_is_kept(root: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    (root / path).write_text("mine")
    before = contents(root)
    assert main(["--new-type", "carrier_pigeon"], root) == 2
    assert capsys.readouterr().err.startswith(f"python -m builder: --new-type: {path} exists.")
    assert contents(root) == before


def test_written_files_are_listed_with_the_remaining_steps(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(root)
    assert main(["--new-type", "carrier_pigeon"], root) == 0
    lines = capsys.readouterr().out.splitlines()
    after = contents(root)
    assert [line for line in lines if line.startswith("new: ")] == [
        f"new: {path}" for path in new_type.files_of("carrier_pigeon")
    ]
    assert set(after) - set(before) == set(new_type.files_of("carrier_pigeon"))
    assert {path for path in before if after[path] != before[path]} == set(CHANGED)
    assert [line for line in lines if line.startswith("changed: ")] == [f"changed: {path}" for path in CHANGED]
    assert [line[0] for line in lines if re.match(r"\d\. ", line)] == ["1", "2", "3", "4", "5"]


def test_written_python_passes_ruff(root: Path) -> None:
    for name in ("carrier_pigeon", "a", "kinesis_data_stream_of_another_account_x"):
        new_type.add(name, root)
    packages = (
        'lint.isort.known-first-party = ["local", "orchestration", "tests"]'  # the folder has few of their modules
    )
    for command in (["format", "--check", "--diff"], ["check", "--config", packages]):
        answer = subprocess.run(
            [Path(sys.executable).parent / "ruff", *command, "."], cwd=root, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr


def test_registry_has_the_class_at_its_end(root: Path) -> None:
    for name in ("carrier_pigeon", "a_type_with_a_name_of_forty_characters_xx"[:40], "another_type_with_a_long_name"):
        new_type.add(name, root)
    tree = ast.parse((root / new_type.REGISTRY).read_text())
    (registry,) = (
        node.value for node in tree.body if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "REGISTRY"
    )
    assert isinstance(registry, ast.Tuple)
    names = [ast.unparse(element) for element in registry.elts]
    assert names[: len(REGISTRY)] == [trigger.__name__ for trigger in REGISTRY]
    assert names[len(REGISTRY)] == "CarrierPigeon"
    assert len(names) == len(REGISTRY) + 3
    imported = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert set(names) <= imported


def test_registry_of_another_form_changes_nothing(root: Path) -> None:
    (root / new_type.REGISTRY).write_text("REGISTRY = tuple(found())\n")
    before = contents(root)
    with pytest.raises(new_type.NewTypeError, match="found no tuple REGISTRY"):
        new_type.add("carrier_pigeon", root)
    assert contents(root) == before


@pytest.mark.parametrize(
    ("path", "text"), [(new_type.VARIABLES, 'variable "airflow_role"'), (new_type.POLICIES, "narrowed = {")]
)
def test_terraform_of_another_form_changes_nothing(root: Path, path: str, text: str) -> None:
    (root / path).write_text((root / path).read_text().replace(text, "other"))
    before = contents(root)
    with pytest.raises(new_type.NewTypeError, match=re.escape(path)):
        new_type.add("carrier_pigeon", root)
    assert contents(root) == before


def test_each_written_file_has_open_places(root: Path) -> None:
    new_type.add("carrier_pigeon", root)
    for path in (*new_type.files_of("carrier_pigeon"), new_type.VARIABLES, new_type.POLICIES):
        assert new_type.open_places(path, root), path
    assert new_type.open_places(new_type.REGISTRY, root) == []


@pytest.mark.parametrize("option", [[], ["--check"]])
def test_builder_refuses_a_type_with_open_places(
    root: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    path = f"orchestration/triggers/{REGISTRY[0].TYPE}.py"
    (root / path).write_text("# fine\nX = 'TODO: a name'\n")
    before = contents(root)
    assert main(option, root) == 2
    expected = (
        f"python -m builder: {path}:2: X = 'TODO: a name': 1 places of the type are not filled in. Fill in each TODO.\n"
    )
    assert capsys.readouterr().err == expected
    assert contents(root) == before
