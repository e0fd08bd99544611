"""The patches of ``local/engine/patches/dynamodb.py`` work, and moto still needs them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from local.engine.engine import Engine
from local.engine.patches.replace import replaced
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
)


def atomic_updates(engine: Engine) -> bool:
    """Return True if four parallel updates of a new item are all kept.

    A pause after moto's search for the item lets the other threads search before moto adds it.
    """
    client = engine.client("dynamodb")
    client.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"id": {"S": "one"}}
    search = Table.get_item

    def search_and_pause(table: Table, *arguments: Any, **options: Any) -> Any:
        found = search(table, *arguments, **options)
        time.sleep(0.3)  # A busy machine may start the other thread late.
        return found

    def update(name: str) -> None:
        values = {":v": {"S": name}}
        client.update_item(
            TableName="t", Key=key, UpdateExpression=f"SET {name} = :v", ExpressionAttributeValues=values
        )

    with replaced(Table, "get_item", search_and_pause), ThreadPoolExecutor(4) as pool:
        list(pool.map(update, ["a", "b", "c", "d"]))
    return set(client.get_item(TableName="t", Key=key)["Item"]) == {"id", "a", "b", "c", "d"}


PROBES = (atomic_updates,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
