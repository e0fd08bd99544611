"""Addresses of pages in the AWS console: of an execution, and of a run that a trigger started.

Airflow's links to Glue runs and executions have the same form (its Amazon provider, links/glue.py and
links/step_function.py).
"""

from __future__ import annotations

from urllib.parse import quote

from orchestration.triggers import BY_TYPE
from orchestration.values.strictjson import JsonObject


def execution_url(arn: str) -> str:
    """Page of an execution in the AWS console."""
    region = arn.split(":")[3]
    return f"{_host(arn, region)}/states/home?region={region}#/v2/executions/details/{arn}"


def run_url(kind: str, request: JsonObject, run_id: str, execution: str) -> str:
    """Page of a run in the AWS console, or of its target; empty if there is none.

    Args:
        kind: trigger type.
        request: request of the trigger's item.
        run_id: id that the service returned.
        execution: ARN of the orchestrator's execution, for partition and region.
    """
    page = BY_TYPE[kind].INTEGRATION.run_page if kind in BY_TYPE and run_id else ""
    region = str(request.get("region") or execution.split(":")[3])
    started = run_id
    if not run_id.startswith("arn:") and "StateMachineArn" in request:
        # The call found its own earlier execution, so the service gave no ARN (step_function.already_started_id).
        started = f"{':'.join(str(request['StateMachineArn']).split(':')[:7]).replace(':stateMachine:', ':execution:')}:{run_id}"
    fields = {key: value for key, value in request.items() if isinstance(value, str)}
    fields |= {"id": run_id, "region": region, "execution_arn": started}
    filled = page.format_map({key: quote(value, safe=":") for key, value in fields.items()})
    return f"{_host(execution, region)}/{filled}" if filled else ""


def _host(arn: str, region: str) -> str:
    host = {
        "aws-cn": "console.amazonaws.cn",
        # docs.aws.eu/general/latest/gr/endpoints.html
        "aws-eusc": f"{region}.console.amazonaws-eusc.eu",
        "aws-us-gov": "console.amazonaws-us-gov.com",
    }.get(arn.split(":")[1], f"{region}.console.aws.amazon.com")
    return f"https://{host}"
