"""One table of conf values, ``dag_conf.json``: ``orchestrator validate``, the router and ``event_dispatcher`` agree about each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LITERAL_LEVELS = 60
"""Levels of a deep conf that stand in the configuration. The event has the others: neither may have 120."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfCase:
    """A DAG id and a conf, with the verdict of each path. A verdict is words of the refusal, or empty.

    Attributes:
        name: name of the rule.
        conf: JSON text, which may be invalid; ``LEVELS n`` for ``n`` objects and a number.
        sqs_mwaa: verdict of the router for ``sqs_mwaa``.
        mwaa_dag: verdict of the router for ``mwaa_dag``.
        dispatcher: verdict of ``event_dispatcher``.
    """

    name: str
    conf: str
    dag_id: str = "my_downstream_dag"
    sqs_mwaa: str = ""
    mwaa_dag: str = ""
    dispatcher: str = ""

    @property
    def levels(self) -> int:
        """Levels of a deep conf; 0 for any other."""
        return int(self.conf.removeprefix("LEVELS ")) if self.conf.startswith("LEVELS ") else 0

    @property
    def text(self) -> str:
        """The conf as JSON text."""
        return nested(self.levels, "1") if self.levels else self.conf.replace("NINES", "9" * 5000)

    @property
    def message(self) -> str:
        """The SQS message with the conf."""
        return f'{{"dag_id": {json.dumps(self.dag_id)}, "conf": {self.text}, "message_id": "m"}}'

    def literal(self, kind: str) -> str:
        """A configuration with the conf, as text."""
        return self._configuration(kind, self.text)

    def by_event(self, kind: str) -> tuple[str, str]:
        """Texts of a configuration and an event. The conf comes from the event: one level deeper, but of a deep one half."""
        half = min(self.levels, _LITERAL_LEVELS)
        conf, value = nested(half, '"${v}"') if half else '{"v": "${v}"}', self.text
        value = nested(self.levels - half, "1") if half else value
        event = f'{{"job_name": "load", "job_run_id": "r", "status": "SUCCESS", "v": {value}}}'
        return self._configuration(kind, conf), event

    def _configuration(self, kind: str, conf: str) -> str:
        where = {
            "sqs_mwaa": '"queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q"',
            "mwaa_dag": '"environment_name": "e"',
        }[kind]
        trigger = f'{{"type": "{kind}", "dag_id": {json.dumps(self.dag_id)}, {where}, "conf": {conf}}}'
        return f'{{"workflows": {{"load": {{"on_success": [{trigger}]}}}}}}'


def nested(levels: int, innermost: str) -> str:
    """JSON text of ``levels`` objects around a value."""
    return '{"a": ' * levels + innermost + "}" * levels


CONF_CASES = tuple(ConfCase(**one) for one in json.loads(Path(__file__).with_name("dag_conf.json").read_text()))


def accepted_conf(kind: str) -> dict[str, Any]:
    """One conf of everything that a path accepts, for a DAG that returns it through XCom.

    Deep values are left out: no reader of a test's output wants them.
    """
    cases = [one for one in CONF_CASES if not getattr(one, kind) and not one.levels]
    return {one.name: json.loads(one.text) for one in cases if "XCom" not in one.sqs_mwaa}
