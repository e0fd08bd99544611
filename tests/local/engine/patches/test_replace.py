"""A replaced or added attribute is restored, also after an error."""

from __future__ import annotations

import pytest

from local.engine.patches.replace import added, replaced


class Owner:
    value = 1


def fail_with(value: int) -> None:
    raise ValueError(value)


def test_replaced_attribute_is_restored_after_an_error() -> None:
    with pytest.raises(ValueError, match="2"), replaced(Owner, "value", 2):
        fail_with(Owner.value)
    assert Owner.value == 1


def test_missing_attribute_is_not_replaced() -> None:
    with pytest.raises(AttributeError), replaced(Owner, "other", 2):
        pass
    assert not hasattr(Owner, "other")


def test_added_attribute_is_removed_after_an_error() -> None:
    with pytest.raises(ValueError, match="2"), added(Owner, "other", 2):
        fail_with(vars(Owner)["other"])
    assert not hasattr(Owner, "other")


def test_existing_attribute_is_not_added() -> None:
    with pytest.raises(AttributeError, match=r"Owner\.value: the attribute exists"), added(Owner, "value", 2):
        pass
    assert Owner.value == 1
