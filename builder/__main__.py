"""``python -m builder`` writes the generated files; ``--check`` compares them, and fails on any difference.

``--new-type NAME`` writes the files of a new trigger type.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; returns its exit code: 1 if ``--check`` found a difference, 2 if it cannot run here."""
    parser = argparse.ArgumentParser(prog="python -m builder", description="Write the generated files.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    choice.add_argument("--new-type", metavar="NAME", help="write the files of a new trigger type, as sns_topic")
    options = parser.parse_args(arguments)
    try:
        from builder import generated_files  # noqa: PLC0415 - a plain install has none of the extra's packages
        from builder.scaffold import new_type  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        return _refuse(f"the extra 'build' is not installed (no module {error.name}). Run in a checkout: make build")
    if not (root / "pyproject.toml").exists():
        return _refuse(f"{root} is not a checkout of the repository. Run in a checkout: make build")
    try:
        if options.new_type is not None:
            sys.stdout.write("\n".join(new_type.add(options.new_type, root)) + "\n")
            return 0
        new_type.refuse_open_places(root)
    except new_type.NewTypeError as error:
        return _refuse(f"{error}.")
    if options.check:
        return _report(generated_files.differences(root), generated_files.problems())
    changed = generated_files.write(root)
    total = len(generated_files.artifacts())
    sys.stdout.write(f"{len(changed)} of {total} generated files changed: {', '.join(changed) or 'none'}\n")
    return 0


def _report(found: list[str], wrong: list[str]) -> int:
    """Write differences and problems; returns the exit code."""
    for difference in found:
        sys.stderr.write(f"{difference[:4000]}\n")
    for problem in wrong:
        sys.stderr.write(f"{problem}\n")
    if found:
        sys.stderr.write(f"{len(found)} generated files differ from the registry. Run: make build\n")
    return 1 if found or wrong else 0


def _refuse(reason: str) -> int:
    sys.stderr.write(f"python -m builder: {reason}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
