"""Warnings about texts that look like a template of another system, and about secrets in plain text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import ValidationProblem

_ROOT = r"(?:artifacts|metrics|job_name|job_run_id|start_date|end_date|created_by)\b"
_PATH = rf"{_ROOT}(?:\.[\w-]+)*"
_FOREIGN = re.compile(
    rf"(?P<jinja>\{{\{{[^{{}}]*\}}\}})"
    rf"|(?<![$\w])\$(?P<bare>{_PATH})"
    rf"|(?<![$\w])\$\.(?P<jsonpath>{_PATH})"
    rf"|(?<![$\w{{])\{{(?P<braces>{_PATH})\}}"
    r"|(?<![$\w])(?P<environment>\$[A-Z][A-Z0-9_]+\b)"
)
_MESSAGES = {
    "jinja": "A template is ${{path}}",
    "bare": "A template has braces: ${{{0}}}",
    "jsonpath": "A template is not JSONPath: write ${{{0}}}",
    "braces": "A template begins with '$': ${{{0}}}",
    "environment": "Nothing reads the environment: write a fixed text, or a template such as ${{start_date}}",
}
_SECRET_WORDS = ("password", "passwd", "passphrase", "pwd", "secret", "token", "apikey")
_SECRET_PAIRS = (("api", "key"), ("access", "key"), ("private", "key"), ("secret", "key"))
_SECRET_VALUE = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b[a-z][a-z0-9+]{0,20}://[^/\s:@]+:[^/\s:@${}]+@"
)
_REFERENCE = re.compile(
    r"^(?:arn:|ssm:|secretsmanager:|s3://|vault:|env:|/)|^\s*$|\$\{|\{\{|^[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)+$"
)
"""Values that name a secret and do not contain it: an ARN, a parameter, a path of words, a template."""
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")

_PAYLOAD = ("arguments", "conf")
"""Fields whose values the target receives."""


def warnings(entry: JsonObject, path: str) -> Iterator[ValidationProblem]:
    """Warnings about the texts of one trigger."""
    for name, value in entry.items():
        if name in _PAYLOAD:
            yield from _value(value, name, f"{path}.{name}")
        elif isinstance(value, str) and name != "description" and ("$" in value or "{" in value):
            yield from templates(value, f"{path}.{name}")


def _value(value: Json, key: str, path: str) -> Iterator[ValidationProblem]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _value(item, name, f"{path}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value(item, key, f"{path}[{index}]")
    elif isinstance(value, str):
        if "$" in value or "{" in value:
            yield from templates(value, path)
        if _SECRET_VALUE.search(value) or (_names_secret(key) and not _REFERENCE.search(value)):
            message = (
                "found a secret in plain text, which everybody who reads the configuration or the execution sees. Pass the name "
                "of a secret in AWS Secrets Manager"
            )
            yield ValidationProblem(path, message, code="plain-text-secret")


def templates(text: str, path: str) -> Iterator[ValidationProblem]:
    """Warnings about one text that looks like a template."""
    for match in _FOREIGN.finditer(text):
        kind = match.lastgroup or "jinja"
        message = f"found {match[0]!r:.80}, which is sent as it is. {_MESSAGES[kind].format(match[kind])}"
        yield ValidationProblem(path, message, code="looks-like-template")


@functools.lru_cache(maxsize=4096)
def _names_secret(key: str) -> bool:
    """True if the last words of a key are those of a secret: ``db_password``, ``--apiKey``; not ``secret_name``."""
    words = [word.lower() for word in _WORDS.findall(key)]
    return bool(words) and (words[-1] in _SECRET_WORDS or tuple(words[-2:]) in _SECRET_PAIRS)
