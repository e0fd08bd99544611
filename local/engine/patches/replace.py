"""Replaces or adds an attribute of an object, and restores the object afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Replace an attribute of ``owner`` until the context closes."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def added(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Add an attribute to ``owner`` until the context closes.

    Raises:
        AttributeError: ``owner`` has the attribute, so moto no longer needs the patch.
    """
    if hasattr(owner, name):
        raise AttributeError(f"{owner.__name__}.{name}: the attribute exists. Check if moto still needs the patch.")
    setattr(owner, name, value)
    try:
        yield
    finally:
        delattr(owner, name)
