"""The router's log of a drill, in Lambda's text format, and the rules for its lines."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from orchestration import log_lines


@dataclass
class Log:
    """The lines of the router's log, in Lambda's text format."""

    stream: io.StringIO = field(default_factory=io.StringIO)
    records: int = 0
    lines: int = 0
    longest: int = 0

    def start(self) -> None:
        self.stream.seek(0)
        self.stream.truncate()
        self.records = 0

    def filter(self, record: logging.LogRecord) -> bool:
        self.records += 1
        return True

    def problems(self) -> Iterator[str]:
        """Yield the lines that are forged, too long or unsafe, and unexpected errors."""
        lines = self.stream.getvalue().splitlines()
        self.lines += len(lines)
        self.longest = max(self.longest, *map(len, lines), 0)
        if len(lines) != self.records:
            yield f"{self.records} log records are {len(lines)} lines, such as {lines[-1]!r:.200}"
        for line in lines:
            _, _, message = line.partition("\t")
            if len(message) > log_lines.MAX_LINE or "\x1b" in message or "\u202e" in message:
                yield f"a log line is unsafe, or has {len(message):,} characters: {message[:80]!r}"


@contextmanager
def logged() -> Iterator[Log]:
    log, root = Log(), logging.getLogger()
    handler, product = logging.StreamHandler(log.stream), logging.getLogger("orchestration")
    handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(message)s"))
    handler.addFilter(log.filter)
    level, others = product.level, root.handlers[:]
    root.handlers[:] = [handler]
    product.setLevel(logging.INFO)
    log_lines.keep_single_lines()
    try:
        yield log
    finally:
        root.handlers[:] = others
        product.setLevel(level)
