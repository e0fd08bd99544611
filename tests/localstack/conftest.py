"""Runs all cases on three interpreters, once for all tests, and prints the summary at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.engine.engine import run_engine
from tests.localstack import cases, differences, summary
from tests.localstack.interpreters import Case, Result, Service, mock_file, run_second
from tests.localstack.server import LocalStack
from tests.localstack.server import running as localstack
from tests.node_programs import NodeProgram
from tests.node_programs import running as second_interpreter
from tests.state_machine.harness import REQUESTS, Machine, shortened, trigger
from tests.state_machine.matrix import TIMEOUT

AT_ONCE = 12
"""Executions that LocalStack runs at the same time. Most of them wait for a retry."""


@dataclass(frozen=True)
class Comparison:
    """Results of every case.

    Attributes:
        embedded: id of the case to the embedded engine's result.
        others: interpreter to id of the case to its result.
    """

    embedded: dict[str, Result] = field(default_factory=dict)
    others: dict[str, dict[str, Result]] = field(default_factory=dict)

    def equal(self) -> dict[str, dict[str, bool]]:
        """Case to interpreter to whether its result is the embedded engine's."""
        return {
            case: {name: of[case] == result for name, of in self.others.items()}
            for case, result in self.embedded.items()
        }


_SUMMARY = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A running LocalStack."""
    with localstack(tmp_path_factory.mktemp("localstack")) as started:
        yield started


@pytest.fixture(scope="session")
def second() -> Iterator[NodeProgram]:
    """The second interpreter."""
    with second_interpreter("interpret.mjs") as program:
        yield program


@pytest.fixture(scope="session")
def comparison(server: LocalStack, second: NodeProgram, request: pytest.FixtureRequest) -> Comparison:
    """Every case on every interpreter. LocalStack runs the scripted cases while the embedded engine runs the matrix."""
    committed = json.loads((cases.FILES / "MockConfigFile.json").read_text())
    scripted = [*cases.mocked(), *cases.single(), *cases.waiting()]
    server.write_mocks(json.dumps(_merged(committed, mock_file(scripted))))
    service = Service(server.client())
    for case in scripted:
        service.create(case.machine, case.definition)

    def on_localstack(case: Case) -> Result:
        return service.run(case, case.name if case.group == cases.MOCKED else "")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        first = pool.map(on_localstack, scripted)
        recorded, found = _on_the_engine(scripted)
        server.write_mocks(json.dumps(_merged(committed, mock_file([*scripted, *recorded]))))
        service.create("matrix", recorded[0].definition)
        results = [*first, *pool.map(on_localstack, recorded)]
    everything = [*scripted, *recorded]
    made = Comparison(
        found,
        {
            differences.SECOND: {case.id: run_second(second, case) for case in everything},
            differences.LOCALSTACK: {case.id: result for case, result in zip(everything, results, strict=True)},
        },
    )
    request.config.stash[_SUMMARY] = [*summary.table(made.equal()), *summary.reasons(made.embedded)]
    return made


def _on_the_engine(scripted: list[Case]) -> tuple[list[Case], dict[str, Result]]:
    """The cells of the matrix with the answers that their Tasks received, and the engine's result of every case."""
    with run_engine("us-west-1") as engine:
        machine = Machine(engine)
        machine.run([trigger(kind) for kind in REQUESTS])  # cold clients take longer than the shortened timeout
        with shortened(TIMEOUT):
            recorded = list(cases.matrix(machine))
            mocked = mock_file(scripted)
            tests = {name: test for one in mocked["StateMachines"].values() for name, test in one["TestCases"].items()}
            engine.patch_context.mocks = {**mocked, "StateMachines": {"every": {"TestCases": tests}}}
            service = Service(engine.client("stepfunctions"))
            found = {case.id: service.run(case) for case in scripted}
    return recorded, found | {case.id: case.engine for case in recorded if case.engine is not None}


def _merged(first: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    machines = {**other["StateMachines"]}
    for name, one in first["StateMachines"].items():
        machines[name] = {"TestCases": {**one["TestCases"], **machines.get(name, {"TestCases": {}})["TestCases"]}}
    return {"StateMachines": machines, "MockedResponses": {**other["MockedResponses"], **first["MockedResponses"]}}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the summary."""
    for line in config.stash.get(_SUMMARY, []):
        terminalreporter.write_line(line)
