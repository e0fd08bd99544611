"""A stack with a success, a failure, batches and a hostile event, and the console that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from console.app import create_app
from console.stack import ConsoleStack
from local.engine.engine import Engine, run_engine
from local.simulation.simulator import Simulator
from tests.browser.scene import DOCUMENT, HOSTILE_JOB, HOSTILE_TEXT
from tests.cli.conftest import orchestrator
from tests.cli.test_inspect import send

__all__ = ["orchestrator"]

PORT = 4567
HOST = f"127.0.0.1:{PORT}"
ORIGIN = {"Host": HOST, "Origin": f"http://{HOST}"}
ROUTER = "local-downstream-orchestrator"


class Console:
    """A console without a server, as a browser of this machine would use it."""

    def __init__(self, *, allow_replay: bool = True, local: bool = True) -> None:
        opened = ConsoleStack.open(ROUTER, allow_replay=allow_replay)
        stack = ConsoleStack(router=opened.router, executions=opened.executions, local=local, allow_replay=allow_replay)
        self.client: FlaskClient = create_app(stack, PORT).test_client()

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers={"Host": HOST})
        assert answer.status_code == status, answer.text
        return answer.text

    @property
    def token(self) -> str:
        """The token in the form of the publish page."""
        found = re.search(r'name="token" value="([^"]+)"', self.get("/configuration"))
        assert found is not None
        return found[1]

    def post(self, path: str, status: int = 200, **fields: str) -> str:
        answer = self.client.post(path, data={"token": self.token, **fields}, headers=ORIGIN)
        assert answer.status_code == status, answer.text
        return answer.text


def text_of(page: str) -> str:
    """The page's text without tags, in one line."""
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", page).split()))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The running stack."""
    with run_engine("us-west-1") as started:
        Simulator.deploy(started, DOCUMENT, ["glue_job:build_features"])
        send(started, "ingest_orders", "1", artifacts={"path": "s3://lake/"})
        send(started, "clean_orders", "1")
        send(started, "load_warehouse", "1")
        send(started, HOSTILE_JOB, "\u202edi-nur", artifacts={"text": HOSTILE_TEXT})
        send(started, "nobody", "1")
        yield started


@pytest.fixture(autouse=True)
def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point boto3 to the engine."""
    variables: dict[str, Any] = {"AWS_ENDPOINT_URL": engine.endpoint, "AWS_DEFAULT_REGION": engine.region}
    for name, value in {**variables, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def console() -> Console:
    """The console of the local stack."""
    return Console()
