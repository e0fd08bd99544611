"""The Airflow versions that are installed, and homes for them to run in."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest

from local.airflow_api import AirflowApi, AirflowApiError

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("2.10.3", "2.11.0", "3.0.6", "3.3.2")
USER = "tester"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


class Airflow:
    """One Airflow with a separate database.

    Attributes:
        version: of Airflow.
        home: its folder.
        variables: environment variables of all its processes.
        password: of the user of its REST API.
    """

    def __init__(self, version: str, home: Path, **variables: str) -> None:
        self.version = version
        self.home = home
        self.major = int(version.split(".", maxsplit=1)[0])
        self.bin = ROOT / ".venv-airflow" / version / "bin"
        if not (self.bin.parent / ".synced").exists():
            say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            say(f"Airflow {version} is not installed: make airflow-{version}")
        self.password = secrets.token_hex(16)  # not token_urlsafe: a leading hyphen reads as an option
        self.port = free_port()
        self.variables = {**_neutral(), **self._settings(), **variables}
        self._running: dict[str, tuple[subprocess.Popen[bytes], IO[bytes]]] = {}

    @property
    def url(self) -> str:
        """Of the web server."""
        return f"http://127.0.0.1:{self.port}"

    def _settings(self) -> dict[str, str]:
        settings = {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home}/airflow.db",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "5",
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "PYTHONWARNINGS": "ignore",
        }
        if self.major == 2:
            return settings | {
                "AIRFLOW__CORE__EXECUTOR": "SequentialExecutor",  # the only one of 2.x that goes with SQLite
                "AIRFLOW__API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
                "AIRFLOW__WEBSERVER__WORKERS": "1",
                "AIRFLOW__WEBSERVER__SECRET_KEY": secrets.token_hex(16),
            }
        return settings | {
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "2",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home / "passwords.json"),
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(16),
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW__API__BASE_URL": self.url,
        }

    def prepare(self) -> None:
        """Make the database, with every DAG in it."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.command("db", "migrate")
        with closing(sqlite3.connect(self.home / "airflow.db")) as database:
            # Otherwise a reader makes all writers wait for five seconds.
            assert database.execute("pragma journal_mode = wal").fetchone() == ("wal",)
        self.command("dags", "reserialize")

    def command(self, *arguments: str) -> str:
        """Output of ``airflow``."""
        return self._output("airflow", *arguments)

    def python(self, program: str) -> str:
        """Output of a Python program in Airflow's environment."""
        return self._output("python", "-c", program)

    def _output(self, *command: str) -> str:
        answer = subprocess.run(
            [self.bin / command[0], *command[1:]],
            env=self.variables,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert answer.returncode == 0, f"{' '.join(command)}:\n{answer.stdout[-2000:]}\n{answer.stderr[-2000:]}"
        return answer.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``airflow ...`` in a new process group: Airflow's programs leave orphans when they end."""
        name = arguments[0]
        output = (self.home / f"{name}.log").open("ab")
        process = subprocess.Popen(
            [self.bin / "airflow", *arguments],
            env=self.variables,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._running[name] = process, output
        return process

    def start_web(self) -> AirflowApi:
        """Start the web server; its REST API, logged in."""
        if self.major == 2:
            names = ("--firstname", "T", "--lastname", "T", "--email", "tester@example.com")
            self.command("users", "create", "--username", USER, "--role", "Admin", "--password", self.password, *names)
            self.start("webserver", "--hostname", "127.0.0.1", "--port", str(self.port))
        else:
            (self.home / "passwords.json").write_text(json.dumps({USER: self.password}))
            self.start("api-server", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1")
        deadline = time.monotonic() + 90
        while True:
            api = AirflowApi(self.url, USER, self.password)
            try:
                assert api.connect() == self.major
            except AirflowApiError:
                assert time.monotonic() < deadline, self.log("webserver") + self.log("api-server")
                time.sleep(0.5)
            else:
                return api

    def start_scheduler(self) -> None:
        """Start what runs DAGs; Airflow 3 needs its web server for that."""
        self.start("scheduler")
        if self.major == 3:
            self.start("dag-processor")

    def kill(self, name: str) -> None:
        """End a program with all that it started, at once."""
        process, output = self._running.pop(name)
        end_group(process)
        output.close()

    def log(self, name: str, length: int = 3000) -> str:
        """The end of what a program wrote."""
        path = self.home / f"{name}.log"
        return path.read_text(errors="replace")[-length:] if path.exists() else ""

    def says(self, name: str, words: str) -> bool:
        """Return True if a program wrote ``words``; Airflow 3 colours and wraps its output."""
        written = re.sub(r"\x1b\[[0-9;]*m|\s", "", self.log(name, 1_000_000))
        return "".join(words.split()) in written

    def close(self) -> None:
        """End everything that was started."""
        for name in list(self._running):
            self.kill(name)


def end_group(process: subprocess.Popen[Any]) -> None:
    """Kill all that ``process`` started, and wait for it.

    Ending the process group is not enough: Airflow 2 gives each task a new group in the same session.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for one in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            session = int(one.read_text().rpartition(")")[2].split()[3])
            if session == process.pid:
                os.kill(int(one.parent.name), signal.SIGKILL)
    process.wait(timeout=30)


def _neutral() -> dict[str, str]:
    """This environment, without what would lead Airflow or boto3 elsewhere."""
    prefixes = ("AWS_", "AIRFLOW", "PYTHON", "VIRTUAL_ENV", "COV_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)} | {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        # macOS forbids a fork after its proxy settings were looked up.
        **({"no_proxy": "*", "NO_PROXY": "*"} if sys.platform == "darwin" else {}),
    }
