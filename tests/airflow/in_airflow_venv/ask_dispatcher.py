"""Runs inside Airflow's own environment: calls functions of event_dispatcher, as a JSON list on standard input says.

Each call is ``[name, arguments]``; what takes an SQS client gets a real one, against ``AWS_ENDPOINT_URL``.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def answer(dispatcher: Any, name: str, arguments: list[Any]) -> Any:
    """The function's result, as JSON values."""
    if name == "region":
        return dispatcher.sqs_client(*arguments).meta.region_name
    if name in ("receive", "delete"):
        return getattr(dispatcher, name)(dispatcher.sqs_client(arguments[0]), *arguments)
    return getattr(dispatcher, name)(*arguments)


def main() -> None:
    """Answer with a JSON list, in the same order."""
    sys.path.insert(0, sys.argv[1])
    import event_dispatcher

    calls = json.load(sys.stdin)
    sys.stdout.write("\n" + json.dumps([answer(event_dispatcher, *call) for call in calls]))


if __name__ == "__main__":
    main()
