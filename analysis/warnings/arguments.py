"""Warnings about the keys of job arguments, by the facet ``KEY_PREFIXES`` of a trigger type."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.triggers import BY_TYPE
from orchestration.triggers.facets import KeyPrefix
from orchestration.values.strictjson import JsonObject
from orchestration.values.validation import ValidationProblem


def warnings(entry: JsonObject, path: str) -> Iterator[ValidationProblem]:
    """Warnings about the keys of one trigger's fields that have a ``KeyPrefix``."""
    kind = entry.get("type")
    cls = BY_TYPE.get(kind) if isinstance(kind, str) else None
    for name, rule in cls.KEY_PREFIXES.items() if cls else ():
        keys = entry.get(name)
        if not isinstance(keys, dict) or cls is None:
            continue
        for key in keys:
            place = f"{path}.{name}.{key}"
            if not key.startswith(rule.prefix):
                yield _without_prefix(key, rule, place)
                continue
            if key in rule.doubtful:
                code, message = rule.doubtful[key]
                yield ValidationProblem(place, f"found {key!r}. {message}", at="key", code=code)
            if rule.abbreviation:
                yield from _abbreviation(key, rule, tuple(cls.RESERVED_FIELDS), place)
            if rule.hyphen and "-" in key[len(rule.prefix) :] and not key.startswith(rule.service_keys):
                taken = {*cls.RESERVED_FIELDS, *cls.SERVICE_FIELDS}
                yield _hyphen(key, rule, keys, taken, place)


def _without_prefix(key: str, rule: KeyPrefix, place: str) -> ValidationProblem:
    """The warning of a key that the service ignores."""
    # "-x" has a part of the prefix "--" already.
    part = next(
        size for size in range(len(rule.prefix), -1, -1) if key.startswith(rule.prefix[len(rule.prefix) - size :])
    )
    expected = f"{rule.prefix}{key[part:]:.80}"
    message = f"found {rule.noun} {key!r:.80}, expected '{expected}'. {rule.reason}"
    return ValidationProblem(place, message, at="key", code=rule.code)


def _abbreviation(key: str, rule: KeyPrefix, automatic: tuple[str, ...], place: str) -> Iterator[ValidationProblem]:
    """The warning of a key that begins an automatic one, or the other way round.

    argparse reads the shorter one as the longer one: docs.python.org/3/library/argparse.html (allow_abbrev).
    """
    if len(key) == len(rule.prefix) or key in automatic:
        return
    begun = [name for name in automatic if name.startswith(key)]
    beginning = [name for name in automatic if key.startswith(name)]
    if begun:
        names = ", ".join(map(repr, begun))
        message = f"A job that reads one of them with argparse accepts {key!r:.80} as its abbreviation"
        text = f"found {rule.noun} {key!r:.80}, and the orchestrator sends {names}. {message}. Rename the {rule.noun}"
        yield ValidationProblem(place, text, at="key", code=rule.abbreviation)
    elif beginning:
        message = f"A job that reads {key!r:.80} with argparse accepts {beginning[0]!r} as its abbreviation"
        text = f"found {rule.noun} {key!r:.80}, and the orchestrator sends {beginning[0]!r}. {message}. Rename the {rule.noun}"
        yield ValidationProblem(place, text, at="key", code=rule.abbreviation)


def _hyphen(key: str, rule: KeyPrefix, keys: JsonObject, taken: set[str], place: str) -> ValidationProblem:
    """The warning of a key whose value argparse stores under a name with underscores."""
    stored = key[len(rule.prefix) :].replace("-", "_")
    other = f"{rule.prefix}{stored}"
    effect = (
        f"and {other!r:.80}. getResolvedOptions returns both as {stored!r:.80}, so one value is lost"
        if other in keys or other in taken
        else f"which getResolvedOptions returns as {stored!r:.80}"
    )
    advice = f"Rename the {rule.noun}" if other in taken else f"Write {other!r:.80}"
    message = f"found {rule.noun} {key!r:.80}, {effect}. {advice}"
    return ValidationProblem(place, message, at="key", code=rule.hyphen)
