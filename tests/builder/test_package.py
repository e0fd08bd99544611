"""The functions' zips: the same bytes every time, small, whole, and without what they do not need."""

from __future__ import annotations

import ast
import io
import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from builder import package
from orchestration.triggers.facets import TOOL_FACETS, TOOL_METHODS, TOOL_MODULES

ROOT = Path(__file__).parents[2]
KB = 1024


@pytest.fixture(scope="module", params=package.FUNCTIONS)
def built(request: pytest.FixtureRequest) -> package.Package:
    return package.build(request.param)


def names(built: package.Package) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(built.body)).namelist()


def test_two_builds_are_the_same_bytes(built: package.Package) -> None:
    """The second build runs in a separate process, with another hash seed, time zone and directory."""
    program = "import sys; from builder import package; sys.stdout.buffer.write(package.build(sys.argv[1]).body)"
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, built.name]
    again = subprocess.run(command, env=environment, cwd="/", capture_output=True, check=True).stdout
    assert again == built.body


def test_the_router_has_at_most_104_kb() -> None:
    """A larger zip needs a reason in ADR 20, because each module adds to the cold start."""
    sizes = {name: len(package.build(name).body) for name in package.FUNCTIONS}
    print(sizes)  # noqa: T201 - shown by pytest -rP
    assert sizes["downstream_orchestrator"] <= 104 * KB


def test_zip_contains_the_imported_modules_exactly() -> None:
    assert names(package.build("mwaa_dag")) == [
        "orchestration/__init__.py",
        "orchestration/errors.py",
        "orchestration/mwaa/__init__.py",
        "orchestration/mwaa/answers.py",
        "orchestration/mwaa/client.py",
        "tasks/__init__.py",
        "tasks/mwaa_dag.py",
    ]
    assert names(package.build("glue_run")) == [
        "orchestration/__init__.py",
        "orchestration/errors.py",
        "orchestration/event/__init__.py",
        "orchestration/event/identity.py",
        "orchestration/glue_runs.py",
        "orchestration/values/__init__.py",
        "orchestration/values/strictjson.py",
        "tasks/__init__.py",
        "tasks/glue_run.py",
    ]
    router = names(package.build("downstream_orchestrator"))
    assert not {f"{module.replace('.', '/')}.py" for module in TOOL_MODULES} & set(router)
    assert "orchestration/mwaa/client.py" not in router
    assert router == sorted(router)


def test_shipped_modules_read_facets_of_the_router_only(built: package.Package) -> None:
    """The zip leaves these class attributes out, so reading one would fail on Lambda only."""
    archive = zipfile.ZipFile(io.BytesIO(built.body))
    for name in archive.namelist():
        nodes = ast.walk(ast.parse(archive.read(name)))
        read = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
        assert not read & {*TOOL_FACETS, *TOOL_METHODS}, name


def test_the_zip_alone_can_be_imported(built: package.Package, tmp_path: Path) -> None:
    """Without this checkout: -S leaves out the path file of the editable installation, and only boto3's folder is added."""
    path = tmp_path / "code.zip"
    path.write_bytes(built.body)
    program = (
        f"import sys; sys.path[:0] = [{str(path)!r}]; sys.path.append({sysconfig.get_paths()['purelib']!r}); "
        f"import tasks.{built.name} as m, json; print(json.dumps([m.__file__, callable(m.handler)]))"
    )
    answer = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == [f"{path}/tasks/{built.name}.py", True]


def test_zip_keeps_line_numbers_of_the_checkout(built: package.Package) -> None:
    """So that a traceback in CloudWatch matches the source."""
    archive = zipfile.ZipFile(io.BytesIO(built.body))
    for name in archive.namelist():
        packed, source = archive.read(name).decode().splitlines(), (ROOT / name).read_text().splitlines()
        assert len(packed) == len(source)
        kept = [(number, line) for number, line in enumerate(packed) if line.strip() not in ("", '"_"')]
        assert all(source[number].partition("  #")[0] == line for number, line in kept), name
        assert not [line for line in packed if '"""' in line or line.lstrip().startswith("#")], name


def test_manifest_changes_with_deployed_files(built: package.Package, tmp_path: Path) -> None:
    for room in ("orchestration", "tasks", "statemachines"):
        for path in (ROOT / room).rglob("*.*"):
            if path.suffix in (".py", ".json"):
                target = tmp_path / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    same = package.manifest("1", [package.build(built.name, tmp_path)], tmp_path)
    assert same == package.manifest("1", [built])
    (tmp_path / "orchestration/errors.py").write_text((ROOT / "orchestration/errors.py").read_text() + "MORE = 1\n")
    (tmp_path / "statemachines/mwaa_dag.iam.json").write_text("{}")
    other = package.manifest("1", [package.build(built.name, tmp_path)], tmp_path)
    assert other["packages"][built.name]["content"] != same["packages"][built.name]["content"]
    assert [name for name, digest in other["statemachines"].items() if digest != same["statemachines"][name]] == [
        "mwaa_dag.iam.json"
    ]


def test_zip_leaves_out_other_installed_packages(built: package.Package, tmp_path: Path) -> None:
    """In an installed tool, our packages have boto3 and everything else next to them."""
    for room in package.SHIPPED:
        shutil.copytree(ROOT / room, tmp_path / room)
    (tmp_path / "boto3").mkdir()
    (tmp_path / "boto3" / "__init__.py").write_text("import orchestration\n")
    (tmp_path / "botocore.py").write_text("")
    assert package.build(built.name, tmp_path) == built
