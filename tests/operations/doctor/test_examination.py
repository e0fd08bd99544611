"""``orchestrator doctor``: it runs every check, refused questions are unknown, and the text has advice.

``tests/terraform/test_cycle.py`` examines the stack that Terraform deploys, whole and with one thing after the other broken.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

from operations.doctor import CHECKS, ExaminedStack, examine
from operations.doctor.examination import refused
from operations.stack.deployed_router import DeployedRouter
from tests.cli.conftest import orchestrator
from tests.cli.helpers import Orchestrator
from tests.operations.doctor.conftest import MISSING, ROUTER, Examined

__all__ = ["orchestrator"]


def test_text_has_problems_with_advice(orchestrator: Orchestrator) -> None:
    result = orchestrator("doctor", "--function", ROUTER)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    missing = lines.index(f"problem  targets: glue_job {MISSING}: does not exist")
    assert lines[missing + 1] == "    Create the target, or correct its name in the configuration."
    assert any(line.startswith("problem  alarms:") and "the stack has no alarms" in line for line in lines)
    assert not any(line.startswith("ok") for line in lines)
    well = orchestrator("doctor", "--function", ROUTER, "--verbose").stdout.splitlines()
    assert sum(line.startswith("ok") for line in well) == int(well[-1].split()[0]) > 8


def test_unknown_function_exits_2_with_one_line(orchestrator: Orchestrator) -> None:
    result = orchestrator("doctor", "--function", "nobody")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_checks_run_in_order_with_progress(examined: Examined) -> None:
    names: list[str] = []
    findings = list(examine(examined(), names.append))
    assert names == list(CHECKS)
    assert names[0] == "configuration"  # the others read its triggers
    order = [names.index(finding.check) for finding in findings]
    assert order == sorted(order)
    assert {finding.status for finding in findings} == {"ok", "problem"}
    assert all(bool(finding.advice) is (finding.status == "problem") for finding in findings)


class Refused(ExaminedStack):
    """A stack whose caller may not ask about Glue jobs and topics."""

    def client(self, service: str, region: str = "") -> Any:
        client = super().client(service, region)
        if service in ("glue", "sns"):
            client.meta.events.register("before-call", refuse)
        return client


def refuse(model: Any, **_: Any) -> None:
    error = {"Error": {"Code": "AccessDeniedException", "Message": "the caller may not"}}
    raise ClientError(error, model.name)


def test_refused_questions_are_unknown_and_others_go_on() -> None:
    findings = list(examine(Refused(DeployedRouter.find(ROUTER))))
    unknown = {(one.check, one.subject): one for one in findings if one.status == "unknown"}
    assert set(unknown) == {("targets", f"glue_job {MISSING}"), ("subscriptions", ROUTER)}
    assert "Allow GetJob to the caller's role" in unknown["targets", f"glue_job {MISSING}"].advice
    assert {"state machine", "permissions", "alarms", "dispatcher"} <= {one.check for one in findings}


def test_refusal_names_the_operation_in_one_line() -> None:
    finding = refused("alarms", "s", ClientError({"Error": {"Code": "C", "Message": "a\n  b"}}, "DescribeAlarms"))
    assert (finding.check, finding.subject, finding.status) == ("alarms", "s", "unknown")
    assert finding.message.endswith("DescribeAlarms operation: a b")
    assert finding.advice == "Allow DescribeAlarms to the caller's role, then run this command again"
    unreachable = refused("alarms", "s", EndpointConnectionError(endpoint_url="https://x"))
    assert unreachable.advice.startswith("Allow the call to the caller's role")
