"""Builds the Lambda functions' zip files: the handler and the modules that it imports, the same bytes every time.

Docstrings and comments are left out line by line, so a traceback has the line numbers of the checkout. A zip contains no
dependency: the Lambda runtime has boto3 (docs/adr/0001-standard-library-at-run-time.md), so a zip runs on any architecture.
``manifest`` describes a release. Terraform reads it from the code bucket and refuses a checkout that differs.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import tokenize
import zipfile
from dataclasses import dataclass
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

from orchestration.triggers.facets import TOOL_FACETS, TOOL_METHODS, TOOL_MODULES

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ("downstream_orchestrator", "glue_run", "mwaa_dag")
"""Handler modules in ``tasks/``, each a function and a zip of that name."""

GENERATED = (
    "downstream_orchestrator.asl.json",
    "downstream_orchestrator.iam.json",
    "downstream_orchestrator_waiting.asl.json",
    "glue_run.iam.json",
    "join_deadline.asl.json",
    "join_deadline.iam.json",
    "joins.iam.json",
    "mwaa_dag.iam.json",
    "state_machine.iam.json",
    "state_machine_waiting.iam.json",
)
"""Files of ``statemachines/`` that Terraform deploys from the checkout."""

SHIPPED = ("orchestration", "tasks")
"""Packages whose modules go into a zip; boto3 is the runtime's own."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_FILE_MODE = 0o100644


class _OwnModules(ModuleFinder):
    """Finds the packages that ship to Lambda. An installed tool has every other package in the same folder."""

    def find_module(self, name: str, path: Any, parent: Any = None) -> Any:
        """The module's file, or ImportError: ModuleFinder then leaves the module out."""
        package = (parent.__name__ if parent else name).partition(".")[0]
        module = f"{parent.__name__}.{name}" if parent else name
        # A package that was found asks for its __init__ without a parent.
        if package not in (*SHIPPED, "__init__") or module in TOOL_MODULES:
            raise ImportError(name)
        return super().find_module(name, path, parent)

    def load_module(self, fqname: str, fp: Any, pathname: str, file_info: Any) -> Any:
        """The module, without the imports that only mypy reads: they need no file in the zip."""
        if fp is not None:
            fp = io.StringIO(_run_time_part(fp.read()))
        return super().load_module(fqname, fp, pathname, file_info)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One function's code.

    Attributes:
        name: the handler's module in ``tasks/``.
        body: the zip file.
        content: SHA-256 (hex) of the names and texts in it: two zip libraries may compress the same content differently.
    """

    name: str
    body: bytes
    content: str

    @property
    def code_sha256(self) -> str:
        """Base64 SHA-256 of the zip, as Lambda's ``CodeSha256`` has it.

        Source: docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html.
        """
        return base64.b64encode(hashlib.sha256(self.body).digest()).decode()


def build(name: str, root: Path = ROOT) -> Package:
    """The package of ``tasks/<name>.py``, built from the modules under ``root``: a checkout or site-packages."""
    finder = _OwnModules(path=[str(root)])
    finder.run_script(str(root / "tasks" / f"{name}.py"))
    modules: list[Any] = list(finder.modules.values())
    found = {Path(module.__file__) for module in modules if module.__file__} | {root / "tasks" / "__init__.py"}
    files = {path.relative_to(root).as_posix(): _code_only(path.read_text("utf-8")) for path in found}
    content, buffer = hashlib.sha256(), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in sorted(files.items()):
            content.update(f"{path}\0{len(text)}\0".encode() + text)
            archive.writestr(_entry(path), text, compresslevel=9)
    return Package(name=name, body=buffer.getvalue(), content=content.hexdigest())


def manifest(version: str, packages: list[Package], root: Path = ROOT) -> dict[str, Any]:
    """A release's description: its packages and the generated files that belong to them."""
    return {
        "version": version,
        "packages": {one.name: {"content": one.content, "code_sha256": one.code_sha256} for one in packages},
        "statemachines": {
            name: hashlib.sha256((root / "statemachines" / name).read_bytes()).hexdigest() for name in GENERATED
        },
    }


def _run_time_part(source: bytes) -> str:
    """The source without the bodies of ``if TYPE_CHECKING``."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return ast.unparse(tree)


def _code_only(source: str) -> bytes:
    """The source without comments and without the facets of trigger types that no function reads.

    A docstring becomes a short string. Every line keeps its number.

    The string is not empty, because ``dataclass`` writes the signature of a class with an empty docstring into it. That slowed
    the cold start by 4 ms.
    """
    lines = io.StringIO(source, newline="").readlines()
    for token in tokenize.generate_tokens(iter(lines).__next__):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            lines[first] = lines[first].encode()[: node.col_offset].decode() + '"_"\n'
            lines[first + 1 : last + 1] = ["\n"] * (last - first)
    for node in ast.walk(tree):
        for left_out in filter(_is_for_tools, node.body if isinstance(node, ast.ClassDef | ast.Module) else ()):
            first, last = _first_line(left_out) - 1, (left_out.end_lineno or left_out.lineno) - 1
            lines[first : last + 1] = ["\n"] * (last - first + 1)
    return "".join(lines).encode()


def _first_line(statement: ast.stmt) -> int:
    decorators = statement.decorator_list if isinstance(statement, ast.FunctionDef) else []
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _is_for_tools(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.module in TOOL_MODULES
    if isinstance(statement, ast.FunctionDef):
        return statement.name in TOOL_METHODS
    target = statement.target if isinstance(statement, ast.AnnAssign) else None
    return isinstance(target, ast.Name) and target.id in TOOL_FACETS


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, on any system: the mode below means nothing elsewhere
    entry.external_attr = _FILE_MODE << 16
    return entry
