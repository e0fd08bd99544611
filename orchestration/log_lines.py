"""Keeps each log record on one line of bounded length, for any event.

An event's text may have line ends, terminal escape sequences and characters that reverse the direction of text. In Lambda's
text format they would forge a log line, or change the terminal of the person who reads the log.
"""

from __future__ import annotations

import logging
import re
import traceback

MAX_LINE = 250_000
"""Characters of a line, at most 1,000,000 bytes. An event of CloudWatch Logs has at most 1 MB:
docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html."""

# Control characters, line and paragraph separators, marks and overrides of the text direction, unpaired surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def single_line(text: str) -> str:
    r"""The text on one line: unsafe characters become JSON's escapes such as ``\n``, ``\u001b`` and ``\u202e``."""
    return text if text.isprintable() else _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"


class SingleLines(logging.Filter):
    """Rewrites a handler's records: one line for the message, and an indented traceback that cannot forge a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; returns True, because no record is dropped."""
        text = single_line(record.getMessage())
        if len(text) > MAX_LINE:
            text = f"{text[: MAX_LINE - 100]}... (the first {MAX_LINE - 100:,} of {len(text):,} characters)"
        record.msg, record.args = text, ()
        if record.exc_info:  # Even if another handler has cached the text of the traceback.
            lines = "".join(traceback.format_exception(*record.exc_info)).splitlines()
            record.exc_text = "\n".join(f"  {single_line(line)}" for line in lines)[-MAX_LINE:]
        return True


_FILTER = SingleLines()


def keep_single_lines() -> None:
    """Apply the filter to the handlers of the root logger; Lambda's runtime and the local worker install them."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(_FILTER)  # a handler has a filter once
