"""Texts that look like templates of other systems, and secrets in plain text."""

from __future__ import annotations

import pytest

from analysis.problems.check import check_file
from orchestration.settings import Settings
from tests.analysis.problems.wrong_configurations import triggers
from tests.analysis.warnings.configurations import GLUE, QUEUE, codes


@pytest.mark.parametrize(
    "text",
    [
        "{{ ds }}",
        "$artifacts.path",
        "$.artifacts.path",
        "{start_date}",
        "$HOME/x",
        "$START_DATE",
        "s3://b/{artifacts.x}/",
    ],
)
def test_foreign_template_is_a_warning(text: str) -> None:
    assert codes({**GLUE, "arguments": {"--x": text}}) == ["looks-like-template"]
    assert codes({**QUEUE, "conf": {"a": [{"b": text}]}}) == ["looks-like-template"]


@pytest.mark.parametrize(
    "text",
    [
        "${start_date}",
        "$${start_date}",
        "a$",
        "$5",
        "$x",
        "{region}",
        "{}",
        '{"a": 1}',
        "^[a-z]{3}$",
        "$.rows",
        "US$100",
    ],
)
def test_other_text_with_signs_is_no_template(text: str) -> None:
    assert codes({**GLUE, "arguments": {"--x": text}}) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("--db_password", "hunter2"),
        ("--PASSWORD", "x"),
        ("--apiKey", "x93j"),
        ("--client-secret", "x93j"),
        ("--x", "AKIAIOSFODNN7EXAMPLE"),
        ("--url", "postgresql://etl:hunter2@db/prod"),
        ("--pem", "-----BEGIN PRIVATE KEY-----"),
    ],
)
def test_secret_in_plain_text_is_a_warning(key: str, value: str) -> None:
    assert "plain-text-secret" in codes({**GLUE, "arguments": {key: value}})
    assert codes({**QUEUE, "conf": {key.lstrip("-"): value}}) == ["plain-text-secret"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("--secret_name", "prod/db"),
        ("--secret_arn", "arn:aws:secretsmanager:us-west-1:123456789012:secret:db"),
        ("--password", "arn:aws:secretsmanager:us-west-1:123456789012:secret:db"),
        ("--password", "${artifacts.secret_name}"),
        ("--secret", "prod/redshift/etl"),
        ("--token", ""),
        ("--max_tokens", "512"),
        ("--password_parameter", "x"),
        ("--url", "https://user@host/x"),
        ("--url", "postgresql://${artifacts.user}:${artifacts.x}@db/prod"),
        ("--key", "customer_id"),
        ("--primary_key", "id"),
    ],
)
def test_name_of_a_secret_is_no_secret(key: str, value: str) -> None:
    assert codes({**GLUE, "arguments": {key: value}}) == []


@pytest.mark.parametrize("text", ["a+" * 50_000, "{{" * 50_000, "${" * 50_000, "$A" * 50_000, "{artifacts" * 10_000])
def test_hostile_text_takes_linear_time(text: str) -> None:
    codes({**GLUE, "arguments": {"--x": text}})


def test_message_does_not_show_the_secret() -> None:
    text = triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--db_password": "hunter2"}}')
    (problem,) = check_file("f", text.encode(), Settings()).problems
    assert "hunter2" not in str(problem)
