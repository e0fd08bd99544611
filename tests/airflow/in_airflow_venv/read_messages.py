"""Runs inside Airflow's own environment: what event_dispatcher makes of each body in a JSON list on standard input."""

from __future__ import annotations

import json
import sys
from typing import Any


def verdict(dispatcher: Any, body: str) -> dict[str, Any]:
    """The DAG run that the body means, or why it means none."""
    try:
        return {"run": dispatcher.parse_message(body, "sqs-id")}
    except dispatcher.MessageError as error:
        return {"refused": str(error)}


def main() -> None:
    """Answer with a JSON list, in the same order."""
    sys.path.insert(0, sys.argv[1])
    import event_dispatcher

    bodies = json.load(sys.stdin)
    sys.stdout.write("\n" + json.dumps([verdict(event_dispatcher, body) for body in bodies]))


if __name__ == "__main__":
    main()
