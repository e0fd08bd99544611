"""Builds every generated file, writes it and compares it with the committed one."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

from builder import aws_partitions
from builder.machine import definition_checks, join_deadline, mocks, state_machine
from builder.machine.definition import DEADLINE_NAME, NAME, WAITING_NAME
from builder.pages import diagram, error_names, packages, problem_codes, quotas, terraform_page
from builder.pages import trigger_types as docs
from builder.policies import iam, people
from builder.schemas import configuration_schema as schema
from builder.schemas import event_schema

DEFINITION, WAITING, DEADLINE = (f"statemachines/{name}" for name in (NAME, WAITING_NAME, DEADLINE_NAME))

CONTRIBUTING = "CONTRIBUTING.md"
"""A page that people write, with one generated part."""


def artifacts() -> dict[str, str]:
    """Every generated file: its path from the repository's root, and its text."""
    definition = state_machine.build()
    machines = {
        DEFINITION: _json(definition),
        WAITING: _json(state_machine.build(waiting=True)),
        DEADLINE: _json(join_deadline.build()),
        "statemachines/MockConfigFile.json": _json(mocks.build()),
    }
    return {
        **machines,
        "statemachines/downstream_orchestrator.svg": diagram.build(definition),
        **{f"statemachines/{name}.iam.json": _json(policy) for name, policy in iam.build().items()},
        "orchestration/workflow_config.schema.json": _json(schema.build()),
        "orchestration/job_event.schema.json": _json(event_schema.build()),
        "docs/error-names.md": error_names.build(machines),
        "docs/problem-codes.md": problem_codes.build(),
        "docs/triggers.md": docs.build(),
        "docs/quotas.md": quotas.build(),
        **aws_partitions.build(),
        **{f"terraform/policies/{name}.json": _json(iam.policy(allows)) for name, allows in people.PEOPLE.items()},
        "docs/terraform.md": terraform_page.build(),
        **_contributing(),
    }


def _contributing() -> dict[str, str]:
    """The page with the diagram of the packages; a copy of the packages alone has none."""
    text = _read(packages.ROOT / CONTRIBUTING)
    return {CONTRIBUTING: packages.build(text)} if text else {}


def write(root: Path) -> list[str]:
    """Write the files that differ; returns their paths."""
    changed = {path: text for path, text in artifacts().items() if _read(root / path) != text}
    for path, text in changed.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(changed)


def differences(root: Path) -> list[str]:
    """Unified diffs between committed files and generated ones."""
    found = []
    for path, text in artifacts().items():
        before = _read(root / path)
        if before != text:
            lines = difflib.unified_diff(before.splitlines(), text.splitlines(), path, f"{path} (built)", lineterm="")
            found.append("\n".join(lines))
    return found


def problems() -> list[str]:
    """Problems of the definition that the builder would write."""
    made = artifacts()
    return [
        f"{path}: {problem}"
        for path in (DEFINITION, WAITING, DEADLINE)
        for problem in definition_checks.problems(made[path])
    ]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
