"""Every path that a trigger reads is found, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.entries.paths import PathUse, path_uses
from orchestration.values.strictjson import JsonObject


def paths(**entry: Any) -> list[tuple[str, str, bool]]:
    found: JsonObject = entry
    return [(use.place, use.path, use.optional) for use in path_uses(found, "t")]


def test_templates_are_found_at_any_depth() -> None:
    conf = {"a": ["x", {"b": "${artifacts.p}/${metrics.n:-0}"}], "c": "$${kept}", "d": 7}
    assert paths(conf=conf) == [("t.conf.a[1].b", "artifacts.p", False), ("t.conf.a[1].b", "metrics.n", True)]


def test_mapping_is_optional_if_it_has_a_default() -> None:
    mapping = {"a": "metrics.x", "b": {"path": "metrics.y", "default": 0}, "c": 7}
    assert paths(parameter_mapping=mapping) == [
        ("t.parameter_mapping.a", "metrics.x", False),
        ("t.parameter_mapping.b", "metrics.y", True),
    ]


def test_condition_reads_the_fields_of_every_alternative() -> None:
    when = {"metrics": {"rows": [1]}, "$or": [{"a": {"b": [1]}}, {"c": [{"exists": False}]}]}
    assert paths(when=when) == [
        ("t.when.metrics.rows", "metrics.rows", False),
        ("t.when.$or[0].a.b", "a.b", False),
        ("t.when.$or[1].c", "c", True),
    ]


@pytest.mark.parametrize("value", [None, 7, "x", ["x"], {}])
def test_wrong_values_have_no_paths(value: Any) -> None:
    assert paths(arguments=value, conf=value, when=value) == []


def test_path_is_replaced_in_its_template() -> None:
    use = PathUse("t", "${metric.x:-metric}", "metric.x")
    assert (use.root, use.with_path("metrics.x")) == ("metric", "${metrics.x:-metric}")
