"""Finds names that differ by one letter, without a comparison of every pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestration.event.job_event import MAX_JOB_NAME

MIN_LENGTH = 5
"""Characters of a name that may have a typo. Shorter names, such as ``a`` and ``b``, differ on purpose."""

_MAX_LENGTH = MAX_JOB_NAME
"""Characters of a name that is compared. An event's name has no more, and the work grows with the square."""


def one_edit_apart(first: str, second: str) -> bool:
    """True if one inserted, deleted, replaced or swapped character makes one text the other."""
    if first == second or abs(len(first) - len(second)) > 1:
        return False
    pairs = enumerate(zip(first, second, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))
    one, other = first[start:], second[start:]
    return (
        one[1:] == other[1:]
        or one == other[1:]
        or one[1:] == other
        or (one[1::-1] == other[:2] and one[2:] == other[2:])
    )


class NearNames:
    """An index of names for the search of a name one letter apart.

    Two names one edit apart share a text that is one of them, or one of them without a character. The index has these
    texts, so a search costs the length of a name, and not the number of names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        for name in names:
            if len(name) > _MAX_LENGTH:
                continue
            for text in _shorter(name):
                self._names.setdefault(text, name)

    def nearest(self, name: str) -> str:
        """A name one letter apart, or empty. Names that differ in digits only are different on purpose."""
        if not MIN_LENGTH <= len(name) <= _MAX_LENGTH:
            return ""
        for text in _shorter(name):
            near = self._names.get(text, "")
            if near and one_edit_apart(name, near) and _letters(name) != _letters(near):
                return near
        return ""


def _shorter(name: str) -> Iterator[str]:
    """The name, and the name without each of its characters."""
    yield name
    for index in range(len(name)):
        yield name[:index] + name[index + 1 :]


def _letters(name: str) -> str:
    return "".join(character for character in name if not character.isdigit())
