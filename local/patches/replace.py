"""Replaces one attribute of one object, and puts the old one back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Give ``owner`` the attribute ``name`` for as long as the context lasts."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def added(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Give ``owner`` an attribute that it does not have, for as long as the context lasts."""
    if hasattr(owner, name):
        raise AttributeError(f"{owner.__name__} has {name} already")
    setattr(owner, name, value)
    try:
        yield
    finally:
        delattr(owner, name)
