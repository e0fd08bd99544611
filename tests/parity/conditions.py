"""Random conditions ``when`` over the fields of ``events.ordinary``: every operator, and mistakes."""

from __future__ import annotations

import random
from typing import Any

FIELDS = (
    ("status",), ("start_date",), ("created_by",), ("metrics", "rows"), ("metrics", "ok"), ("artifacts", "path"), ("tags",),
    ("artifacts", "files", "name"), ("artifacts", "files", "rows"), ("artifacts", "count"), ("ip",), ("absent",),
    ("absent", "deep"),
)  # fmt: skip
WORDS = (
    "SUCCESS",
    "ada",
    "ADA",
    "2026-01-0",
    "s3://b/",
    "/",
    "daily",
    "a.csv",
    ".csv",
    "10",
    "",
    "Weekly",
    "full*load",
)
OPERATORS = ("equal", "prefix", "suffix", "equals-ignore-case", "wildcard", "numeric", "cidr", "exists", "anything-but")
OPERANDS: dict[str, tuple[Any, ...]] = {
    "cidr": ("10.0.0.0/8", "10.0.0.1/31", "::/0", "192.168.0.0/30"),
    "exists": (True, False),
    "wildcard": ("*", "s3://*/", "*.csv", "2026-*-0*", "full\\*load", "a*a", "S*S"),
}
MISTAKES: tuple[Any, ...] = (
    {}, [], "text", 7, None, {"status": "SUCCESS"}, {"status": []}, {"$or": [{"a": [1]}]}, {"a": [{"prefx": "a"}]},
    {"a": [{"numeric": [">", "x"]}]}, {"a": [{"numeric": [">", 9, "<", 1]}]}, {"a": [{"cidr": "10.0.0.0"}]},
    {"a": [{"exists": 1}]}, {"a": [{"wildcard": "**"}]}, {"a": [{"wildcard": "\\x"}]}, {"a": ["${b}"]}, {"a": [[1]]},
    {"a": [{"prefix": "x", "suffix": "y"}]}, {"a": {"b": [1]}, "a.b": [2]}, {"a": [{"anything-but": ["x", 1]}]},
    {"a": [{"anything-but": {"prefix": ""}}]}, {"$or": [{"prefix": ["a"]}, {"b": [1]}]}, {"a": [float("nan")]},
    {"$or": [{f"f{number}": [1]} for number in range(32)], "x": {"$or": [{f"f{number}": [1]} for number in range(32)]}},
)  # fmt: skip


def matcher(rng: random.Random) -> Any:
    """One matcher with a random operator."""
    operator, word, low = rng.choice(OPERATORS), rng.choice(WORDS), rng.choice((-5, 0, 1, 5, 9.5, 10))
    if operator == "equal":
        return rng.choice((word, low, True, False, None, 10.0, "10"))
    return {operator: _operand(rng, operator, word, low)}


def _operand(rng: random.Random, operator: str, word: str, low: float) -> Any:
    if operator == "numeric":
        one = [rng.choice(("=", "<", "<=", ">", ">=")), low]
        return rng.choice((one, [rng.choice((">", ">=")), low, rng.choice(("<", "<=")), low + 7]))
    if operator == "anything-but":
        nested = {
            rng.choice(("prefix", "suffix", "equals-ignore-case")): rng.choice((word or "x", [word or "x", "ada"]))
        }
        return rng.choice((word, [word, "x"], low, [low, 1], nested, {"wildcard": "*.csv"}))
    if operator in ("prefix", "suffix"):
        return {"equals-ignore-case": word} if rng.random() < 0.3 else word
    return rng.choice(OPERANDS.get(operator, (word,)))


def pattern(rng: random.Random, count: int = 0) -> dict[str, Any]:
    """A pattern over a few fields, mostly valid."""
    result: dict[str, Any] = {}
    for path in rng.sample(FIELDS, count or rng.randint(1, 3)):
        matchers = [matcher(rng) for _ in range(rng.randint(1, 3))]
        if len(path) > 1 and rng.random() < 0.2:
            result.setdefault(".".join(path), matchers)
            continue
        node = result
        for key in path[:-1]:
            below = node.setdefault(key, {})
            node = below if isinstance(below, dict) else {}
        node.setdefault(path[-1], matchers)
    if rng.random() < 0.2:
        options = [pattern(rng, 1) for _ in range(rng.randint(2, 3))]
        result["$or"] = options
    return result


def when(rng: random.Random) -> Any:
    """A condition: often one that an ordinary event meets, sometimes a mistake."""
    kind = rng.random()
    if kind < 0.1:
        return rng.choice(MISTAKES)
    if kind < 0.4:
        return rng.choice(
            (
                {"status": ["SUCCESS"]}, {"job_run_id": [{"exists": True}]}, {"artifacts": {"path": [{"prefix": "s3://"}]}},
                {"status": [{"anything-but": "FAILED"}]}, {"metrics.rows": [{"exists": True}, {"exists": False}]},
                {"$or": [{"status": ["SUCCESS"]}, {"decision": ["APPROVED"]}]},
            )
        )  # fmt: skip
    return pattern(rng)
