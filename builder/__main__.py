"""``python -m builder`` writes the generated files; ``--check`` compares them, and fails on any difference."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path
from typing import Any

from builder import definition_checks, diagram, docs, iam, mocks, quotas, schema, state_machine

ROOT = Path(__file__).resolve().parent.parent


def artifacts() -> dict[str, str]:
    """Every generated file: path from the repository's root, and its text."""
    definition = state_machine.build()
    return {
        "statemachines/downstream_orchestrator.asl.json": _json(definition),
        "statemachines/downstream_orchestrator.svg": diagram.build(definition),
        "statemachines/MockConfigFile.json": _json(mocks.build()),
        **{f"statemachines/{name}.iam.json": _json(policy) for name, policy in iam.build().items()},
        "orchestration/workflow_config.schema.json": _json(schema.build()),
        "docs/triggers.md": docs.build(),
        "docs/quotas.md": quotas.build(),
    }


def write(root: Path) -> list[str]:
    """Write the files that differ; returns their paths."""
    changed = [path for path, text in artifacts().items() if _read(root / path) != text]
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(artifacts()[path], encoding="utf-8")
    return changed


def differences(root: Path) -> list[str]:
    """Unified diffs of the files that are not what the builder would write."""
    found = []
    for path, text in artifacts().items():
        before = _read(root / path)
        if before != text:
            lines = difflib.unified_diff(before.splitlines(), text.splitlines(), path, f"{path} (built)", lineterm="")
            found.append("\n".join(lines))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code: 1 where ``--check`` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m builder", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    if not parser.parse_args(arguments).check:
        changed = write(ROOT)
        sys.stdout.write(
            f"{len(changed)} of {len(artifacts())} generated files changed: {', '.join(changed) or 'none'}\n"
        )
        return 0
    found = differences(ROOT)
    for difference in found:
        sys.stderr.write(f"{difference[:4000]}\n")
    wrong = definition_checks.problems(artifacts()["statemachines/downstream_orchestrator.asl.json"])
    for problem in wrong:
        sys.stderr.write(f"statemachines/downstream_orchestrator.asl.json: {problem}\n")
    if found:
        sys.stderr.write(f"{len(found)} generated files are not what the builder writes: run make build\n")
    return 1 if found or wrong else 0


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
