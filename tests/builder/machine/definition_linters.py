"""Definition gates, and broken variants of the real definition: who catches what.

``python -m tests.builder.machine.definition_linters`` prints the table.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from statelint.linter import Linter

from builder.machine import definition_checks
from builder.machine.definition import render
from tests.node_programs import NodeProgram, running

TEXT = render(
    (Path(__file__).parents[3] / "statemachines" / "downstream_orchestrator.asl.json").read_text(),
    {
        "glue_run_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:glue-run",
        "mwaa_dag_function_arn": "arn:aws:lambda:us-west-1:123456789012:function:mwaa-dag",
    },
)
Definition = dict[str, Any]


def statelint(text: str) -> list[str]:
    """Problems that statelint finds; it knows no filter expressions, which are therefore taken out before."""
    try:
        return list(Linter.validate(json.loads(re.sub(r"\[\?\([^)]*\)\]", "[*]", text))))
    except Exception as error:  # noqa: BLE001 - it stumbles over some broken definitions: that is a catch, too
        return [f"{type(error).__name__}: {error}"]


def moto_parser(text: str) -> list[str]:
    """Problems that moto's parser finds."""
    try:
        AmazonStateLanguageParser.parse(text)
    except Exception as error:  # noqa: BLE001 - a linter may raise any error for a broken definition
        return [f"{type(error).__name__}: {error}"]
    return []


def gates(validator: NodeProgram | None) -> dict[str, Callable[[str], list[str]]]:
    """The linters by name; asl-validator only if Node is installed."""
    found: dict[str, Callable[[str], list[str]]] = {
        "own": definition_checks.problems,
        "statelint": statelint,
        "moto": moto_parser,
    }
    if validator is not None:
        found["asl-validator"] = lambda text: list(validator.ask(text))
    return found


def _edit(change: Callable[[Definition, Definition], Any]) -> str:
    """The real definition with ``change(definition, states of the item processor)`` made to it."""
    definition = copy.deepcopy(json.loads(TEXT))
    change(definition, definition["States"]["Start every trigger"]["ItemProcessor"]["States"])
    return json.dumps(definition)


GLUE, SFN, SQS = "Start Glue job run", "Start nested execution", "Send message to MWAA trigger queue"
CHOICE, RECORD, MAP = "Which type of trigger?", "Record failure", "Start every trigger"

EVENTS, COLLECT = "Put event on EventBridge bus", "Collect failed triggers"


def _selects(expression: str) -> str:
    """The real definition whose item processor takes a run id by ``expression``."""
    return _edit(lambda d, s: s[EVENTS]["ResultSelector"].update({"id.$": expression}))


DISAGREEING: dict[str, str] = {
    "wildcard before a field": _selects("$.Entries[*].EventId"),
    "item of a wildcard": _selects("States.ArrayGetItem($.Entries[*].EventId, 0)"),
    "length of a wildcard": _selects("States.ArrayLength($.Entries[*].EventId)"),
    "slice before a field": _selects("$.Entries[0:1].EventId"),
    "wildcard over an object": _selects("$.Entries[0].*"),
    "recursive descent": _selects("$..EventId"),
    "index from the end": _selects("$.Entries[-1].EventId"),
    "union of elements": _selects("$.Entries[0,1].EventId"),
    "filter that may match nothing": _selects("$.Entries[?(@.EventId)]"),
    "filter before a field": _edit(
        lambda d, s: d["States"][COLLECT]["Parameters"].update({"failed.$": "$.outcomes[?(@.error)].error"})
    ),
    "contains of a wildcard": _edit(
        lambda d, s: d["States"][MAP]["ResultSelector"].update(
            {"any_failed.$": "States.ArrayContains($[*].result.status, 'FAILED')"}
        )
    ),
    "split at several characters": _selects("States.ArrayGetItem(States.StringSplit($.Entries[0].EventId, '-:'), 0)"),
    "input of the execution": _edit(lambda d, s: s[GLUE]["Parameters"].update({"Job.$": "$$.Execution.Input.event"})),
    "item of the Map in a state": _edit(lambda d, s: s[GLUE]["Parameters"].update({"Job.$": "$$.Map.Item.Value.id"})),
    "intrinsic as CausePath": _edit(
        lambda d, s: d["States"]["Some triggers failed"].update(CausePath="States.Format('{}', $.cause)")
    ),
    "pattern with a brace": _edit(
        lambda d, s: s[CHOICE]["Choices"].append(
            {"Variable": "$.outcome.type", "StringMatches": "{*", "Next": "Note unknown trigger type"}
        )
    ),
    "JSONata": _edit(
        lambda d, s: s.update(
            {"Note unknown trigger type": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {}, "Next": RECORD}}
        )
    ),
}
"""Forms that AWS accepts and that other interpreters read differently, each in the real definition."""

VARIANTS: dict[str, str] = {
    **DISAGREEING,
    "unknown Next": _edit(lambda d, s: d["States"][MAP].update(Next="Nowhere")),
    "unknown Next in the item processor": _edit(lambda d, s: s["Note unknown trigger type"].update(Next="Nowhere")),
    "unknown Choice target": _edit(lambda d, s: s[CHOICE]["Choices"][0].update(Next="Nowhere")),
    "unknown Default": _edit(lambda d, s: s[CHOICE].update(Default="Nowhere")),
    "unknown Catch target": _edit(lambda d, s: s[GLUE]["Catch"][0].update(Next="Nowhere")),
    "unknown StartAt": _edit(lambda d, s: d.update(StartAt="Nowhere")),
    "unknown StartAt of the item processor": _edit(
        lambda d, s: d["States"][MAP]["ItemProcessor"].update(StartAt="Nowhere")
    ),
    "Next out of the item processor": _edit(
        lambda d, s: s["Note unknown trigger type"].update(Next="All triggers started")
    ),
    "missing End": _edit(lambda d, s: s[GLUE].pop("End")),
    "Next and End": _edit(lambda d, s: s[GLUE].update(Next=RECORD)),
    "missing StartAt": _edit(lambda d, s: d.pop("StartAt")),
    "missing States": _edit(lambda d, s: d.pop("States")),
    "missing Type": _edit(lambda d, s: s[RECORD].pop("Type")),
    "unknown Type": _edit(lambda d, s: s[RECORD].update(Type="Passe")),
    "unknown field": _edit(lambda d, s: s[GLUE].update(Retries=[])),
    "unreachable state": _edit(lambda d, s: s.update(Orphan={"Type": "Pass", "End": True})),
    "duplicate key": TEXT.replace('"MaxConcurrency": 40,', '"MaxConcurrency": 40,\n"MaxConcurrency": 1,', 1),
    "name of 81 characters": TEXT.replace(RECORD, "R" * 81),
    "States.ALL not last in Catch": _edit(lambda d, s: s[SFN]["Catch"].reverse()),
    "States.ALL not alone": _edit(lambda d, s: s[GLUE]["Catch"][1]["ErrorEquals"].append("States.Timeout")),
    "States.ALL not last in Retry": _edit(
        lambda d, s: s[GLUE]["Retry"].insert(0, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1})
    ),
    "unknown States error": _edit(lambda d, s: s[GLUE]["Catch"][0].update(ErrorEquals=["States.Everything"])),
    "no catch-all": _edit(lambda d, s: s[SQS].pop("Catch")),
    "no timeout": _edit(lambda d, s: s[SQS].pop("TimeoutSeconds")),
    "path under a plain key": _edit(lambda d, s: s[GLUE]["Parameters"].update(JobName="$.request.JobName")),
    "text under a key with .$": _edit(lambda d, s: s[GLUE]["Parameters"].update({"JobName.$": "job"})),
    "malformed path": _edit(lambda d, s: s[GLUE]["Parameters"].update({"JobName.$": "$.request.[JobName"})),
    "malformed intrinsic": _edit(
        lambda d, s: s[SFN]["Parameters"].update({"Name.$": "States.Format('{}', $$.Execution.Name"})
    ),
    "unknown intrinsic": _edit(lambda d, s: s[SFN]["Parameters"].update({"Name.$": "States.Concat('a', 'b')"})),
    "malformed ResultPath": _edit(lambda d, s: s[GLUE].update(ResultPath="outcome.result")),
    "negative MaxConcurrency": _edit(lambda d, s: d["States"][MAP].update(MaxConcurrency=-1)),
    "TimeoutSeconds as text": _edit(lambda d, s: s[GLUE].update(TimeoutSeconds="60")),
    "BackoffRate below one": _edit(lambda d, s: s[GLUE]["Retry"][0].update(BackoffRate=0.5)),
    "empty Choices": _edit(lambda d, s: s[CHOICE].update(Choices=[])),
    "unknown comparison": _edit(lambda d, s: s[CHOICE]["Choices"][0].update(StringIs="x")),
    "unknown service": _edit(lambda d, s: s[GLUE].update(Resource="arn:aws:states:::glu:startJobRun")),
    "not JSON": TEXT[:-3],
    "over one megabyte": _edit(lambda d, s: d.update(Comment="x" * 1_048_576)),
}


def table(validator: NodeProgram | None) -> dict[str, dict[str, list[str]]]:
    """Variant to gate to what that gate says of it."""
    return {name: {gate: check(text) for gate, check in gates(validator).items()} for name, text in VARIANTS.items()}


def main() -> None:
    """Print who catches what."""
    with running("validate.mjs") as validator:
        found = table(validator)
        names = list(gates(validator))
    width = max(map(len, found))
    sys.stdout.write(f"{'variant':{width}}  {'  '.join(f'{name:13}' for name in names)}\n")
    for variant, verdicts in found.items():
        row = "  ".join(f"{'caught' if verdicts[name] else '-':13}" for name in names)
        sys.stdout.write(f"{variant:{width}}  {row}\n")
    missed = [variant for variant, verdicts in found.items() if not any(verdicts.values())]
    sys.stdout.write(
        f"{len(found)} variants, {len(found) - len(missed)} caught{': missed ' + ', '.join(missed) if missed else ''}\n"
    )


if __name__ == "__main__":
    main()
