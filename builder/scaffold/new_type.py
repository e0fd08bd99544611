"""Adds a trigger type to a checkout.

The command writes new files with places to fill in, and a line in each file that lists the types.
"""

from __future__ import annotations

import json
import keyword
import re
from importlib.resources import files
from pathlib import Path

from builder.scaffold import templates
from orchestration.input.item import BATCH
from orchestration.triggers import BY_TYPE
from orchestration.values.strictjson import JsonObject

_NAME = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
_INTERNAL = ("rejected", "paused", "skipped", BATCH)
"""Item types of the state machine that no configuration names."""

REGISTRY = "orchestration/triggers/__init__.py"
VARIABLES = "terraform/variables.tf"
POLICIES = "terraform/iam_lambda_events.tf"
_BEFORE_VARIABLE = 'variable "airflow_role" {\n'
_LINE = 120


class NewTypeError(Exception):
    """The type cannot be added or built. The person who runs the command acts: another name, or a place to fill in."""


def files_of(kind: str) -> dict[str, str]:
    """Path of each file of a trigger type to its template."""
    return {
        f"orchestration/triggers/{kind}.py": templates.TYPE,
        f"local/simulation/targets/{kind}.py": templates.TARGET,
        f"tests/trigger_types/{kind}.py": templates.CASES,
    }


def open_places(path: str, root: Path) -> list[str]:
    """Places to fill in of a file, each as ``path:line: text``; empty if the file does not exist."""
    if not (root / path).exists():
        return []
    lines = enumerate(_read(root, path).splitlines(), 1)
    return [f"{path}:{number}: {line.strip()}" for number, line in lines if re.search(r"\bTODO\b|\bTodo", line)]


def refuse_open_places(root: Path) -> None:
    """Refuse to build from a type whose file has places to fill in.

    Raises:
        NewTypeError: names the first place.
    """
    for kind in BY_TYPE:
        places = open_places(f"orchestration/triggers/{kind}.py", root)
        if places:
            raise NewTypeError(f"{places[0]}: {len(places)} places of the type are not filled in. Fill in each TODO")


def add(kind: str, root: Path) -> list[str]:
    """Write the files of a new type; returns the lines to print.

    Raises:
        NewTypeError: the name is malformed or used, or a file of the checkout has another form. No file was written.
    """
    _refuse(kind, root)
    values = {"@type@": kind, "@Class@": _class_name(kind), "@list@": f"{kind}s"}
    written = {path: _filled(text, values) for path, text in files_of(kind).items()}
    changed = {
        REGISTRY: _registered(_read(root, REGISTRY), kind),
        VARIABLES: _with_variable(_read(root, VARIABLES), values),
        POLICIES: _narrowed(_read(root, POLICIES), values),
    }
    for path, text in (written | changed).items():
        (root / path).write_text(text, encoding="utf-8")
    return [*(f"new: {path}" for path in written), *(f"changed: {path}" for path in changed), *_steps(kind)]


def _refuse(kind: str, root: Path) -> None:
    if not re.fullmatch(_NAME, kind) or len(kind) > 40:
        raise NewTypeError(
            f"--new-type: found {kind!r:.80}, expected at most 40 lower-case letters and digits, with single '_' between words"
        )
    if keyword.iskeyword(kind):
        raise NewTypeError(f"--new-type: {kind} is a keyword of Python, so no module can have the name. Choose another")
    if kind in BY_TYPE:
        raise NewTypeError(f"--new-type: the type {kind} exists: orchestration/triggers/{kind}.py. Choose another name")
    if f'variable "{kind}s" {{' in _read(root, VARIABLES):
        raise NewTypeError(f"--new-type: {VARIABLES} has the variable {kind}s already. Choose another name")
    if kind in _INTERNAL or kind in _definitions():
        raise NewTypeError(
            f"--new-type: the name {kind} has another meaning in the configuration or the state machine. Choose another"
        )
    existing = [path for path in files_of(kind) if (root / path).exists()]
    if existing:
        raise NewTypeError(f"--new-type: {existing[0]} exists. Choose another name, or delete the file")


def _definitions() -> JsonObject:
    """Definitions of the configuration's schema, among which a type has one of its name."""
    text = files("orchestration").joinpath("workflow_config.schema.json").read_text(encoding="utf-8")
    schema: dict[str, JsonObject] = json.loads(text)
    return schema["$defs"]


def _steps(kind: str) -> list[str]:
    return [
        "",
        "Remaining steps:",
        "1. Fill in each TODO in these files (docs/adding-a-trigger-type.md). A target that shares a list in Terraform:",
        "   name the existing variable in ALLOW_LIST, and remove the new lines from terraform/.",
        "2. make build",
        f"3. .venv/bin/pytest tests/contract -k {kind}   (names each missing facet and its file)",
        "4. make test",
        "5. Name the type in README.md and CHANGELOG.md.",
    ]


def _class_name(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("_"))


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _read(root: Path, path: str) -> str:
    return (root / path).read_text(encoding="utf-8")


def _registered(text: str, kind: str) -> str:
    """The registry with the import and the class of the new type."""
    imports = re.findall(r"^from orchestration\.triggers\..*\n", text, re.MULTILINE)
    registry = re.search(r"^(REGISTRY: .* = )\(([^)]*)\)$", text, re.MULTILINE)
    if registry is None or "".join(imports) not in text:
        raise NewTypeError(f"{REGISTRY}: found no tuple REGISTRY below one block of imports. Add the type by hand")
    added = sorted([*imports, f"from orchestration.triggers.{kind} import {_class_name(kind)}\n"])
    names = [*(name.strip() for name in registry[2].split(",") if name.strip()), _class_name(kind)]
    line = f"{registry[1]}({', '.join(names)})"
    if len(line) > _LINE:
        line = f"{registry[1]}(\n" + "".join(f"    {name},\n" for name in names) + ")"
    return text.replace("".join(imports), "".join(added)).replace(registry[0], line)


def _with_variable(text: str, values: dict[str, str]) -> str:
    """The variables with the allow-list of the new type, after the other allow-lists."""
    if _BEFORE_VARIABLE not in text:
        raise NewTypeError(f"{VARIABLES}: found no variable airflow_role after the allow-lists. Add the list by hand")
    return text.replace(_BEFORE_VARIABLE, _filled(templates.VARIABLE, values) + _BEFORE_VARIABLE)


def _narrowed(text: str, values: dict[str, str]) -> str:
    """The policies with the resources to which the list narrows the permission."""
    block = re.search(r"^  narrowed = \{\n.*?(?=^  \}\n)", text, re.MULTILINE | re.DOTALL)
    if block is None:
        raise NewTypeError(f"{POLICIES}: found no map narrowed. Add the resources by hand")
    return text.replace(block[0], block[0] + _filled(templates.NARROWED, values))
