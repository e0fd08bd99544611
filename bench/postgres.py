"""Runs a PostgreSQL server for the metadata database of an Airflow, as MWAA has."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
"""A database that lives for minutes needs no durability."""


class PostgresMissingError(Exception):
    """No PostgreSQL server is installed. The person who runs the tests or the benchmark acts."""


PORTS = range(20000, 32768)
"""Ports that neither Linux nor macOS gives to outgoing connections."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server with one database.

    Attributes:
        port: of the server, at 127.0.0.1.
        programs: folder of ``psql``.
    """

    port: int
    programs: Path

    @property
    def url(self) -> str:
        """Address for SQLAlchemy with psycopg2."""
        return f"postgresql+psycopg2://airflow@127.0.0.1:{self.port}/postgres"

    def query(self, sql: str) -> list[list[str]]:
        """Return the rows of a query as text."""
        address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "airflow", "-d", "postgres")
        command = [
            str(self.programs / "psql"),
            "-X",
            "-A",
            "-t",
            "-F",
            "\t",
            "-v",
            "ON_ERROR_STOP=1",
            *address,
            "-c",
            sql,
        ]
        answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)  # noqa: S603
        if answer.returncode:
            raise RuntimeError(f"psql: {answer.stderr.strip()}. The query was: {sql}")
        return [line.split("\t") for line in answer.stdout.splitlines()]


def free_port() -> int:
    """Return a free TCP port of 127.0.0.1.

    The server starts seconds or minutes later. Linux gives ports from 32768 on to outgoing connections, macOS from 49152 on, so
    a connection could use such a port by then.

    Raises:
        OSError: a hundred ports in a row are in use.
    """
    ports = random.sample(PORTS, 100)
    for port in ports:
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError(f"127.0.0.1: found 100 used ports from {PORTS.start} to {PORTS.stop - 1}, expected a free one")


def programs() -> Path:
    """Return the folder of ``initdb`` and ``postgres``. Debian keeps them out of the PATH.

    Raises:
        PostgresMissingError: no such folder exists.
    """
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    for folder in reversed(folders):
        if (folder / "initdb").exists() and (folder / "postgres").exists() and (folder / "psql").exists():
            return folder
    raise PostgresMissingError("PostgreSQL is missing. Install its server (Debian: apt-get install postgresql).")


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """Run a server with one empty database until the context closes.

    Raises:
        PostgresMissingError: no server is installed.
        TimeoutError: the server did not start within 30 seconds.
    """
    folder, port = programs(), free_port()
    # PostgreSQL refuses to run as root. Its own user owns the data then.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="airflow-postgres-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        if user:
            shutil.chown(home, user)
        data, log = home / "data", home / "log"
        command = [
            str(folder / "initdb"),
            "--pgdata",
            str(data),
            "--username",
            "airflow",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ]
        subprocess.run([*command, "--no-sync", "--locale", "C"], user=user, cwd=home, check=True, capture_output=True)  # noqa: S603
        options = [option for setting in SETTINGS for option in ("-c", setting)]
        with log.open("wb") as output:
            server = subprocess.Popen(  # noqa: S603
                [str(folder / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", "", *options],
                user=user,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait(port, log)
            yield Postgres(port, folder)
        finally:
            # An immediate shutdown: it also ends the server's children.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGQUIT)
            server.wait(timeout=30)


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        text = log.read_text(errors="replace")
        if "ready to accept connections" in text:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"PostgreSQL on port {port}: not ready within 30 s. Its log ends with: {text[-500:]}")
        time.sleep(0.1)
