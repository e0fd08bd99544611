"""Every command keeps its exit code under cp1252, the C locale and a closed pipe, without a traceback."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import COMMANDS
from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from tests.cli.helpers import COMMAND, ROOT, accept_interrupts

ROUTER = "local-downstream-orchestrator"
JOB = "Łódź → ✓"
GONE = "brak ← ✗"
LOAD = {"type": "glue_job", "job_name": "ładuj", "arguments": {"--path": "${artifacts.path}"}}
DOCUMENT: dict[str, Any] = {
    "workflows": {JOB: {"on_success": [LOAD, {"type": "sqs_mwaa", "dag_id": "d", "conf": {"→": "✓"}}]}},
    "joins": {GONE: {"all_of": [JOB, "other"], "key": "${job_run_id}", "on_complete": [LOAD]}},
}
EVENT = {"job_name": JOB, "job_run_id": "1 →", "status": "SUCCESS", "artifacts": {"path": "Łódź → ✓"}}

UTF_8 = {"PYTHONIOENCODING": "utf-8"}
CP1252 = {"PYTHONIOENCODING": "cp1252"}
# Python replaces the C locale by UTF-8 unless it is told not to: PEP 538 and PEP 540.
C_LOCALE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}

ARGUMENTS: dict[str, list[str]] = {
    "validate": ["CONFIG", "BROKEN"],
    "plan": ["--config", "CONFIG", "--event", "EVENT", "--event", "OTHER", "--event", "REFUSED"],
    "test": ["CASES", "--config", "CONFIG"],
    "graph": ["CONFIG"],
    "iam": ["CONFIG"],
    "simulate": ["--config", "CONFIG", "--event", "EVENT"],
    "publish": ["EVENT", "--function", ROUTER, "--wait"],
    "demo": [],
    "executions": ["--function", ROUTER],
    "inspect": [JOB, "1 →", "--requests", "--function", ROUTER],
    "doctor": ["--function", ROUTER],
    "replay": ["--failed", "--since", "1h", "--dry-run", "--function", ROUTER],
    "redrive-dlq": [ROUTER, "--dry-run"],
    "upload": [
        "--config-only",
        "--dry-run",
        "--bucket",
        "b",
        "--version",
        "1",
        "--region",
        "us-west-1",
        "--config",
        "CONFIG",
    ],
}
EXIT_CODES = {"validate": 2, "plan": 1, "test": 1, "doctor": 1, "replay": 3, "upload": 2}
"""Exit codes of the commands with these arguments; 0 for all others."""

SERVERS: dict[str, list[str]] = {
    "local": ["--config", "CONFIG", "--console-port", "PORT"],
    "console": ["--function", ROUTER, "--port", "PORT"],
}
"""Commands that run until Ctrl-C, with the port that answers when they are ready."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ended."""

    code: int
    out: bytes
    err: bytes

    def check(self) -> None:
        for text in (self.out, self.err):
            assert b"Traceback" not in text, self.err.decode(errors="replace")
            assert b"Exception ignored" not in text, self.err.decode(errors="replace")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("żółw")
    cases = folder / "cases"
    cases.mkdir()
    texts = {
        "CONFIG": DOCUMENT,
        "BROKEN": {"workflows": {JOB: {"on_success": [LOAD | {"ż →": "✓"}]}}},
        "EVENT": EVENT,
        "OTHER": EVENT | {"job_name": GONE},
        "REFUSED": EVENT | {"job_run_id": ""},
    }
    for name, value in texts.items():
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    (cases / "→.event.json").write_text(json.dumps(EVENT, ensure_ascii=False), encoding="utf-8")
    (cases / "→.expected.json").write_text('{"status": "✗"}', encoding="utf-8")
    return {"CASES": cases} | {name: folder / f"{name}.json" for name in texts}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with run_engine("us-west-1") as started:
        Simulator.deploy(started, DOCUMENT).publish(json.dumps(EVENT))  # the commands in any order find it
        yield started


def command(name: str, arguments: list[str], files: dict[str, Path], **texts: str) -> list[str]:
    return [*COMMAND, name, *(texts.get(word, str(files.get(word, word))) for word in arguments)]


def environment(engine: Engine, variables: dict[str, str]) -> dict[str, str]:
    aws = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    return {**os.environ, **aws, **keys, **variables}


def closed_pipe() -> int:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def run(words: list[str], variables: dict[str, str], *, closed: bool = False) -> Ended:
    output = closed_pipe() if closed else subprocess.PIPE
    process = subprocess.run(
        words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, check=False, env=variables
    )
    if closed:
        os.close(output)
    ended = Ended(process.returncode, process.stdout or b"", process.stderr)
    ended.check()
    return ended


def test_every_command_is_listed() -> None:
    assert {*ARGUMENTS, *SERVERS} == set(COMMANDS)


# They start a process in each environment, and an engine or a server in it.
SECONDS = ("demo", "simulate", "redrive-dlq", "doctor", "publish", "inspect", "replay", "upload", "executions")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SECONDS else ()) for name in ARGUMENTS]
)
def test_command_keeps_its_exit_code(engine: Engine, files: dict[str, Path], name: str) -> None:
    words = command(name, ARGUMENTS[name], files)
    narrow = run(words, environment(engine, CP1252))
    unread = run(words, environment(engine, C_LOCALE), closed=True)
    found = [narrow, unread]
    if name not in ("demo", "simulate"):  # they start an engine each time
        found += [run(words, environment(engine, variables)) for variables in (UTF_8, C_LOCALE)]
    assert [one.code for one in found] == [EXIT_CODES.get(name, 0)] * len(found), narrow.err
    assert b"Broken pipe" not in unread.err


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("variables", [CP1252, C_LOCALE], ids=["cp1252", "C"])
def test_server_without_a_reader_runs_until_ctrl_c(
    engine: Engine, files: dict[str, Path], name: str, variables: dict[str, str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = command(name, SERVERS[name], files, PORT=str(port))
    output = closed_pipe()
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        stdout=output,
        stderr=subprocess.PIPE,
        env=environment(engine, variables),
        preexec_fn=accept_interrupts,  # noqa: PLW1509 - it only sets a signal's disposition
    )
    os.close(output)
    try:
        deadline = time.monotonic() + 120
        while process.poll() is None and not _answers(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert process.poll() is None
        time.sleep(1)  # it prints after the port answers
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    Ended(process.returncode, b"", err).check()
    assert process.returncode == 0, err


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.mark.parametrize("name", ["plan", "inspect"])
def test_json_is_ascii_in_every_encoding(engine: Engine, files: dict[str, Path], name: str) -> None:
    if name == "inspect":  # it shows an event of this test, whichever test ran before
        run(command("publish", ARGUMENTS["publish"], files), environment(engine, UTF_8))
    words = [*command(name, ARGUMENTS[name], files), "--json"]
    wide, narrow = run(words, environment(engine, UTF_8)), run(words, environment(engine, CP1252))
    assert wide.out == narrow.out
    assert wide.out.isascii()
    assert JOB in json.dumps(json.loads(narrow.out), ensure_ascii=False)


def test_case_of_cp1252_is_printed_with_replacements(engine: Engine, files: dict[str, Path], tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"workflows": {"only_glue": {"on_success": [LOAD]}}}))
    event = ROOT / "tests" / "events" / "cp1252.event.json"
    words = [*COMMAND, "plan", "--config", str(config), "--event", str(event)]
    ended = run(words, environment(engine, CP1252))
    assert ended.code == 0
    assert rb'"--path": "\u0141' + "ód".encode("cp1252") + rb"\u017a \u2192 \u2713" in ended.out


def test_option_in_the_c_locale_is_read_as_utf_8(engine: Engine, files: dict[str, Path]) -> None:
    words = [*COMMAND, "publish", "--function", ROUTER, "--job", JOB, "--run-id", "option", "--artifact", "path=ż"]
    ended = run([*words, "--wait", "--json"], environment(engine, C_LOCALE))
    assert ended.code == 0, ended.err
    trigger = json.loads(ended.out)["executions"][0]["outcomes"][0]["name"]
    assert trigger == "ładuj"


@pytest.mark.parametrize("words", [["graph"], ["graph", "--format", "svg"], ["graph", "--format", "json"], ["iam"]])
def test_file_on_standard_output_is_utf_8(engine: Engine, files: dict[str, Path], words: list[str]) -> None:
    ended = run([*COMMAND, *words, str(files["CONFIG"])], environment(engine, CP1252))
    assert (ended.code, "ładuj" in ended.out.decode()) == (0, True)


def test_both_streams_may_be_closed(engine: Engine, files: dict[str, Path]) -> None:
    words = command("plan", ARGUMENTS["plan"], files)
    variables = environment(engine, UTF_8)
    expected = run(words, variables).code
    pipe = closed_pipe()
    process = subprocess.run(words, cwd=ROOT, stdout=pipe, stderr=pipe, check=False, env=variables)
    os.close(pipe)
    assert process.returncode == expected == 1
    # The shell can close them too: then they do not exist in the process.
    shell = ["sh", "-c", '"$@" >&- 2>&-', "sh", *words]
    assert subprocess.run(shell, cwd=ROOT, check=False, env=variables).returncode == expected


def test_follower_without_a_reader_ends(engine: Engine, files: dict[str, Path]) -> None:
    run(command("publish", ARGUMENTS["publish"], files), environment(engine, UTF_8))
    words = [*COMMAND, "executions", "--function", ROUTER, "--follow"]
    assert run(words, environment(engine, UTF_8), closed=True).code == 0
