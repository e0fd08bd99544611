"""Runs the programs of one installed Airflow: database, scheduler, web server. Benchmark and tests use it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from bench.postgres import Postgres, free_port
from local.engine.airflow_api import AirflowApi, AirflowApiError

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("2.10.3", "2.11.0", "3.0.6", "3.3.2")
USER = "tester"
COMMAND_SECONDS = 300
START_SECONDS = 240
"""Limits for a busy machine. Alone, a command takes 5 to 15 s, and the web server starts in 10 s."""


class AirflowMissingError(Exception):
    """This version of Airflow is not installed. The person who runs the tests or the benchmark acts."""


class AirflowServer:
    """One Airflow with a separate database: SQLite for a single process, PostgreSQL for a scheduler.

    Attributes:
        version: of Airflow.
        home: its folder.
        database: PostgreSQL, or None for SQLite.
        variables: environment variables of all its processes.
        password: of the user of its REST API.
    """

    def __init__(self, version: str, home: Path, database: Postgres | None = None, **variables: str) -> None:
        self.version = version
        self.home = home
        self.database = database
        self.major = int(version.split(".", maxsplit=1)[0])
        self.bin = ROOT / ".venv-airflow" / version / "bin"
        if not (self.bin.parent / ".synced").exists():
            raise AirflowMissingError(f"Airflow {version} is not installed: make airflow-{version}")
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
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.database.url if self.database else f"sqlite:///{self._file}",
            "AIRFLOW__CORE__PARALLELISM": "2" if self.database is None else "4",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "5",
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "PYTHONWARNINGS": "ignore",
        }
        if self.major == 2:
            return settings | {
                # The only executor of 2.x that SQLite allows.
                "AIRFLOW__CORE__EXECUTOR": "SequentialExecutor" if self.database is None else "LocalExecutor",
                "AIRFLOW__API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
                "AIRFLOW__WEBSERVER__WORKERS": "1",
                "AIRFLOW__WEBSERVER__SECRET_KEY": secrets.token_hex(16),
            }
        return settings | {
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home / "passwords.json"),
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(16),
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW__API__BASE_URL": self.url,
        }

    @property
    def _file(self) -> Path:
        return self.home / "airflow.db"

    def rows(self, sql: str) -> list[list[str]]:
        """Return the rows of a query to Airflow's database, as text. No program of Airflow needs to run."""
        if self.database:
            return self.database.query(sql)
        with closing(sqlite3.connect(self._file, timeout=30)) as database:
            return [[str(value) for value in row] for row in database.execute(sql)]

    def prepare(self) -> None:
        """Make the database, with every DAG in it."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.command("db", "migrate")
        if self.database is None:
            with closing(sqlite3.connect(self._file)) as database:
                # Otherwise a reader makes all writers wait for five seconds.
                database.execute("pragma journal_mode = wal")
        self.command("dags", "reserialize")

    def command(self, *arguments: str) -> str:
        """Output of ``airflow``."""
        return self._output("airflow", *arguments)

    def python(self, program: str) -> str:
        """Output of a Python program in Airflow's environment."""
        return self._output("python", "-c", program)

    def _output(self, *command: str) -> str:
        answer = subprocess.run(  # noqa: S603
            [self.bin / command[0], *command[1:]],
            env=self.variables,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        if answer.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{answer.stdout[-2000:]}\n{answer.stderr[-2000:]}")
        return answer.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``airflow ...`` in a new process group: Airflow's programs leave orphans when they end."""
        name = arguments[0]
        output = (self.home / f"{name}.log").open("ab")
        process = subprocess.Popen(  # noqa: S603
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
        deadline = time.monotonic() + START_SECONDS
        while True:
            api = AirflowApi(self.url, USER, self.password)
            try:
                api.connect()
            except AirflowApiError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{error}\n{self.log('webserver')}{self.log('api-server')}") from error
                time.sleep(0.5)
            else:
                return api

    def start_scheduler(self) -> None:
        """Start what runs DAGs; Airflow 3 needs its web server for that."""
        self.start("scheduler")
        if self.major == 3:
            self.start("dag-processor")

    def cpu_seconds(self) -> float:
        """Return the CPU time that all programs of this Airflow have used, with their ended children."""
        sessions = {process.pid for process, _ in self._running.values()}
        fields = (stat for stat in processes().values() if int(stat[3]) in sessions)
        return sum(sum(map(int, stat[11:15])) for stat in fields) / os.sysconf("SC_CLK_TCK")

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
    for pid, stat in processes().items():
        if int(stat[3]) == process.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    process.wait(timeout=30)


def processes() -> dict[int, list[str]]:
    """Return the fields of each process in /proc/PID/stat, after its name."""
    found = {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            found[int(one.parent.name)] = one.read_text().rpartition(")")[2].split()
    return found


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
