"""Pastes a printed command into a real shell, in which a fake ``orchestrator`` records its arguments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HOSTILE = (
    "2026-01-31; touch hacked #",
    "$(touch hacked)",
    "`touch hacked`",
    "a && touch hacked",
    "a | touch hacked",
    "a > hacked",
    "a\ntouch hacked\n",
    "'; touch hacked; '",
    '"; touch hacked; "',
    'it\'s "quoted" \\ and $HOME ~ * ?',
    "a\\",
    "'\n'; touch hacked",
    "$'\\n'",
    "!x",
    "-x",
    "--help",
    "--",
    "=ls",
    "#",
    "tab\t, \x1b[31mred\x07, \x7f, \u202etxt, \u2028 and \xa0",
    "größe 日本",
)
"""Texts that a shell would read as more than one word, or that would change the terminal or the line."""


def pasted(text: str, folder: Path) -> list[list[str]]:
    """The arguments of each call of ``orchestrator`` after bash has read the text; nothing else may leave a file."""
    programs, here = folder / "programs", folder / "here"
    programs.mkdir(exist_ok=True)
    here.mkdir(exist_ok=True)
    log = folder / "calls.jsonl"
    log.write_text("")
    fake = programs / "orchestrator"
    fake.write_text(
        f"#!{sys.executable}\nimport json, sys\nopen({str(log)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
    )
    fake.chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-c", text], cwd=here, env=environment, capture_output=True, check=False)
    assert not list(here.iterdir()), text
    return [json.loads(line) for line in log.read_text().splitlines()]
