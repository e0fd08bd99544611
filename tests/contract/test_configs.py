"""Every configuration fixture gets the verdict that it is named for, with the exact words, from reader and schema alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from local.validation import read_config
from orchestration.errors import ConfigError
from orchestration.settings import Settings
from orchestration.strictjson import StrictJSONError, loads
from orchestration.triggers import REGISTRY
from orchestration.workflows import problems_of
from tests.expected_errors import beyond_schema, errors_expected

FOLDER = Path(__file__).parents[1] / "configs"
SCHEMA = json.loads((Path(__file__).parents[2] / "orchestration" / "workflow_config.schema.json").read_text())
ROUTER = Settings(
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:orchestrator",
    region="us-west-1",
    mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/default",
)


def errors_of(path: Path) -> list[str]:
    try:
        return [str(problem) for problem in problems_of(read_config(path.read_text()), ROUTER)]
    except ConfigError as error:
        return [str(error)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("valid-*.json")), ids=lambda path: path.stem)
def test_valid(path: Path) -> None:
    assert errors_of(path) == []
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("invalid-*.json")), ids=lambda path: path.stem)
def test_invalid_with_the_exact_errors(path: Path) -> None:
    assert errors_of(path) == errors_expected(path)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("invalid-*.json")), ids=lambda path: path.stem)
def test_schema_refuses_what_the_reader_refuses(path: Path) -> None:
    try:
        document: Any = loads(path.read_text())
    except StrictJSONError:
        return
    if beyond_schema(path):
        document = json.loads(path.read_text())
    refused = any(jsonschema.Draft202012Validator(SCHEMA).iter_errors(document))
    assert refused != beyond_schema(path), "say in its .expected that it is '# beyond the schema: why', or not"


@pytest.mark.parametrize("kind", [trigger.TYPE for trigger in REGISTRY])
def test_each_type_has_fixtures(kind: str) -> None:
    def mentions(path: Path) -> bool:
        return f'"{kind}"' in path.read_text()

    assert any(mentions(path) for path in FOLDER.glob("valid-*.json")), f"add tests/configs/valid-*.json with {kind}"
    assert sum(mentions(path) for path in FOLDER.glob("invalid-*.json")) >= 2, (
        f"add two tests/configs/invalid-*.json with {kind}"
    )


def test_the_config_of_the_payload_table_has_every_type_twice() -> None:
    workflow = json.loads((FOLDER / "valid-every-field.json").read_text())["workflows"]["upstream"]
    for event_kind in ("on_success", "on_approval"):
        assert [trigger["type"] for trigger in workflow[event_kind]] == [trigger.TYPE for trigger in REGISTRY], (
            event_kind
        )


def test_the_committed_configuration_is_valid() -> None:
    assert errors_of(FOLDER.parents[1] / "orchestration" / "workflow_config.json") == []
