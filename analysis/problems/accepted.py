"""Leaves out the warnings that a configuration accepts: ``"accept": ["CODE"]`` in a trigger, workflow or join."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from analysis.codes.registry import WARNING_NAMES, not_a_warning
from analysis.entries.holders import holders
from orchestration.values.strictjson import JsonObject
from orchestration.values.validation import ValidationProblem

_OF_HOLDER = re.compile(r"(?:\.(?:all_of\[[0-9]+\]|key|notify|on_[a-z]+))?")
"""Rest of a path that is about a workflow or join itself, and not about one of its triggers."""


def accepted(
    document: JsonObject,
    warnings: list[ValidationProblem],
    errors: Iterable[ValidationProblem],
    unchecked: Collection[str] = (),
) -> tuple[list[ValidationProblem], list[ValidationProblem]]:
    """The warnings that remain, with those of codes that no longer apply, and the errors of wrong codes.

    An entry accepts warnings about itself: a workflow's list does not apply to its triggers.

    Args:
        document: the configuration.
        warnings: every warning.
        errors: every error. An entry that has one shows fewer warnings, so its codes may seem not to apply.
        unchecked: codes whose check did not run, so that they may apply.
    """
    lists = dict(_lists(document))
    if not lists:
        return warnings, []
    used: set[tuple[str, str]] = set()
    remaining = []
    for warning in warnings:
        place = next((place for place in _places(warning.path) if place in lists), "")
        itself = place.endswith("]") or _OF_HOLDER.fullmatch(warning.path[len(place) :])
        if place and warning.code in lists[place] and itself:
            used.add((place, warning.code))
        else:
            remaining.append(warning)
    wrong = {place for error in errors for place in _places(error.path)}
    unknown = []
    for place, codes in lists.items():
        for index, code in enumerate(codes):
            where, reason = f"{place}.accept[{index}]", not_a_warning(code)
            if reason:
                unknown.append(ValidationProblem(where, reason, found=code, options=WARNING_NAMES, code="unknown-code"))
            elif (place, code) not in used and place not in wrong and code not in unchecked:
                message = f"found {code!r}, and no such warning applies here. Remove it"
                remaining.append(ValidationProblem(where, message, code="unused-accept"))
    return remaining, unknown


def _lists(document: JsonObject) -> Iterable[tuple[str, list[str]]]:
    """Place of each entry that accepts codes, and the codes."""
    for holder in holders(document):
        entries = [(holder.path, holder.content)]
        entries += [entry for listed in holder.lists for entry in listed.objects()]
        for path, entry in entries:
            codes = entry.get("accept")
            if isinstance(codes, list) and codes:
                yield path, [code for code in codes if isinstance(code, str)]


def _places(path: str) -> Iterable[str]:
    """A place and the places around it, the innermost first. Names may have dots, so some do not exist."""
    yield path
    for end in sorted((match.start() for match in re.finditer(r"[.\[]", path)), reverse=True):
        yield path[:end]
