"""Runs the tutorials of the docs site, and writes their outputs: ``python -m tests.docs_site.tutorial``.

A tutorial is a page in docs/tutorials/. Its blocks are steps:

- ``sh``: a command of the reader's shell. A block ``text`` after it is its output.
- ``sh title="Terminal 1"``: a command that runs until the end of the page. The shell then has the variables that it exports.
- ``diff``: a patch of the checkout.
- any other block with a title: a file that the reader writes.

A line ``…`` of an output stands for lines that the page leaves out. Values that differ from run to run are replaced.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs_site.site import ROOT, listed
from tests.terraform.harness import _cli_configuration

PAGES = ROOT / "docs" / "tutorials"
TOOLS = (ROOT / ".venv" / "bin", ROOT / ".venv-awscli" / "bin")
ENVIRONMENTS = (".venv", "tests/node_programs/node_modules")
"""Installed packages, which git ignores. A copy of the checkout links to them."""

READY = "# Stop with Ctrl-C."
LEFT_OUT = "…"

_LEFT_OUT_LINE = re.compile(rf"^{LEFT_OUT}\n", re.MULTILINE)
_BLOCK = re.compile(r'^```(?P<lang>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<body>.*?)^```$', re.DOTALL | re.MULTILINE)
_VARYING = (
    (re.compile(r"\x1b\[[0-9;]*m"), ""),  # colours
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "5d0c…"),
    (re.compile(r"jr_[0-9a-f]{20,}"), "jr_0a1b…"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "2025-11-24T01:00:00Z"),
    (re.compile(r"(?<=\()\d+\.\d s(?=\))"), "0.5 s"),
    (re.compile(r", [\d.]+ s$", re.MULTILINE), ", 0 s"),
    (re.compile(r"^\d+ passed in .*$", re.MULTILINE), "1200 passed in 60.00s"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:45091"),
    (re.compile(r"(?<=Request ID: )\w+"), "x"),
    (re.compile(r"(?<=\()[\d,]{4,} bytes"), "… bytes"),
    (re.compile(r" +$", re.MULTILINE), ""),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A block of a tutorial, with the place of its output in the page."""

    lang: str
    title: str
    body: str
    output: tuple[int, int] | None = None


def steps(page: str) -> list[Step]:
    """The blocks of a page, in order; an output belongs to the command before it."""
    found: list[Step] = []
    end = 0
    for match in _BLOCK.finditer(page):
        if match["lang"] == "text" and not page[end : match.start()].strip() and found and found[-1].lang == "sh":
            found[-1] = Step("sh", found[-1].title, found[-1].body, match.span("body"))
        else:
            found.append(Step(match["lang"], match["title"] or "", match["body"]))
        end = match.end()
    return found


def stable(text: str) -> str:
    """The text with one value for everything that differs from run to run."""
    for pattern, replacement in _VARYING:
        text = pattern.sub(replacement, text)
    return text if not text or text.endswith("\n") else f"{text}\n"


def shortened(text: str, shown: str) -> str:
    """The output with the lines left out that the page leaves out, by number of lines before and after."""
    place = _LEFT_OUT_LINE.search(shown)
    if place is None:
        return text
    before, after = shown[: place.start()], shown[place.end() :]
    lines = text.splitlines(keepends=True)
    head, tail = before.count("\n"), after.count("\n")
    return "".join([*lines[:head], f"{LEFT_OUT}\n", *lines[len(lines) - tail :]])


@dataclass(slots=True)
class Shell:
    """The reader's shell: each command sees the variables and the folder that earlier ones left.

    Attributes:
        folder: the folder in which the reader starts.
        environment: variables of the next command.
        terminals: programs that run until the end.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    terminals: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with the tools, without AWS settings, and without ``CI``: pytest prints longer summaries with it."""
        left_out = ("AWS_", "PYTEST", "COV")
        kept = {name: text for name, text in os.environ.items() if name != "CI" and not name.startswith(left_out)}
        path = ":".join([*map(str, TOOLS), os.environ["PATH"]])
        self.environment = kept | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONPATH": str(self.folder)}

    def run(self, command: str) -> str:
        """Run a command to its end; returns its output and its errors."""
        state = self.folder / ".state"
        script = f"set -a\n{command}\ncode=$?\nenv -0 > '{state}'\nexit $code\n"
        answer = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, f"$ {command}exit code {answer.returncode}\n{answer.stdout}"
        pairs = (pair.partition("=") for pair in state.read_text(encoding="utf-8").split("\0") if pair)
        self.environment = {name: value for name, _, value in pairs}
        state.unlink()
        return answer.stdout

    def start(self, command: str) -> str:
        """Start a command in another terminal, and take over the variables that it prints."""
        log = self.folder / ".terminal"
        with log.open("w", encoding="utf-8") as output:
            self.terminals.append(
                subprocess.Popen(
                    ["bash", "-c", f"exec {command}"],
                    cwd=self.folder,
                    env=self.environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    text=True,
                    start_new_session=True,
                )
            )
        deadline = time.monotonic() + 60
        while READY not in (text := log.read_text(encoding="utf-8")):
            assert self.terminals[-1].poll() is None and time.monotonic() < deadline, f"$ {command}{text}"  # noqa: PT018
            time.sleep(0.1)
        self.environment |= dict(re.findall(r"^export (\w+)=(\S+)$", text, re.MULTILINE))
        return text

    def stop(self) -> None:
        """End the programs of the other terminals, each with its process group."""
        for process in self.terminals:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def play(page: str, folder: Path, **environment: str) -> str:
    """Do what the page says; returns the page with the real outputs."""
    shell = Shell(folder)
    shell.environment |= environment
    written, end = [], 0
    with ExitStack() as stack:
        stack.callback(shell.stop)
        for step in steps(page):
            output = perform(step, shell)
            if step.output is not None:
                start, stop = step.output
                written += [page[end:start], shortened(stable(output), page[start:stop])]
                end = stop
    return "".join([*written, page[end:]])


def perform(step: Step, shell: Shell) -> str:
    """Perform one step; returns its output."""
    if step.lang == "sh":
        return shell.start(step.body) if step.title else shell.run(step.body)
    if step.lang == "diff":
        command = ["patch", "-p1", "--no-backup-if-mismatch"]
        answer = subprocess.run(command, cwd=shell.folder, input=step.body, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, f"{step.body}{answer.stdout}{answer.stderr}"
    elif step.title:
        path = shell.folder / step.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.body, encoding="utf-8")
    return ""


def checkout(folder: Path) -> Path:
    """A copy of the checkout, with this environment and the packages of the second interpreter."""
    for name in listed():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in ENVIRONMENTS:
        (folder / name).symlink_to(ROOT / name)
    return folder


def terraform_environment(folder: Path) -> dict[str, str]:
    """Variables with which Terraform finds its provider on this machine, as in tests/terraform."""
    configuration = folder / ".terraform.rc"
    configuration.write_text(_cli_configuration(), encoding="utf-8")
    return {"TF_CLI_CONFIG_FILE": str(configuration), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}


NEW_TYPE = "add-a-trigger-type.md"
NEEDS_CHECKOUT = ("deploy.md", NEW_TYPE)
"""Tutorials that work in a checkout; the others begin in an empty folder."""

NO_INSTALLATION = {"MAKEFLAGS": "--no-print-directory -- STAMP=", "MAKELEVEL": "0"}
"""Variables with which make uses the linked environment as it is. It would otherwise install the copy into it."""


def begin(page: str, folder: Path) -> dict[str, str]:
    """Prepare the folder in which a tutorial begins; returns the variables of its shell."""
    if page in NEEDS_CHECKOUT:
        checkout(folder)
    if page == NEW_TYPE:
        repository(folder)
    return terraform_environment(folder) | (NO_INSTALLATION if page == NEW_TYPE else {})


def repository(folder: Path) -> None:
    """Make a git repository of a copy: the prose rules read the files that git lists."""
    for arguments in (["init", "-q"], ["add", "--all"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


def main() -> None:
    """Write the outputs of the named tutorials, or of all."""
    for path in sorted(PAGES.glob("*.md")):
        if sys.argv[1:] and path.name not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            environment = begin(path.name, Path(temporary))
            page = play(path.read_text(encoding="utf-8"), Path(temporary), **environment)
        path.write_text(page, encoding="utf-8")
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
