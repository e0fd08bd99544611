"""IAM statements, evaluated as IAM does: wildcards, Not elements, Deny, and the stated treatment of conditions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.policy_evaluation import allows, allows_somewhere, matches, read_statements
from orchestration.values.strictjson import JsonObject

JOB = "arn:aws:glue:us-west-1:123456789012:job/load"
ALLOW: JsonObject = {"Effect": "Allow", "Action": "*", "Resource": "*"}
SECURE: JsonObject = {"Bool": {"aws:SecureTransport": "false"}}


def allowed(*statements: JsonObject, action: str = "glue:StartJobRun", resource: str = JOB) -> bool:
    return allows(read_statements({"Statement": list(statements)}), action, resource)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (ALLOW, True),
        (ALLOW | {"Action": "GLUE:start*", "Resource": [JOB]}, True),
        (ALLOW | {"Action": "glue:Start?obRun"}, True),
        (ALLOW | {"Action": ["glue:GetJob", "glue:StartJobRun"], "Resource": "arn:aws:glue:*:*:job/l?ad"}, True),
        (ALLOW | {"Action": []}, False),
        (ALLOW | {"Action": "glue:GetJob"}, False),
        (ALLOW | {"Action": "glue:Start"}, False),
        (ALLOW | {"Action": "StartJobRun"}, False),
        (ALLOW | {"Resource": "arn:aws:glue:*:*:job/Load"}, False),
        (ALLOW | {"Resource": "arn:aws:glue:*:*:job/[l]oad"}, False),
        (ALLOW | {"Resource": []}, False),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": ["s3:*", "Glue:*"], "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:glue:*:*:job/other"}, True),
        ({"Effect": "Allow", "Action": "*", "NotResource": ["arn:aws:s3:::b", JOB]}, False),
        ({"Effect": "Allow", "Action": "*"}, False),
        ({"Effect": "Allow", "Resource": "*"}, False),
        ({"Effect": "allow", "Action": "*", "Resource": "*"}, False),
        (ALLOW | {"Condition": SECURE}, True),
        (ALLOW | {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}}, True),
    ],
)
def test_statement_allows_an_action_as_iam_does(statement: JsonObject, expected: bool) -> None:
    assert allowed(statement) is expected


@pytest.mark.parametrize(
    ("deny", "expected"),
    [
        ({"Action": "glue:*", "Resource": "*"}, False),
        ({"NotAction": "s3:*", "Resource": JOB}, False),
        ({"Action": "*", "NotResource": "arn:aws:s3:::b/*"}, False),
        ({"Action": "s3:*", "Resource": "*"}, True),
        ({"Action": "glue:*", "Resource": f"{JOB}2"}, True),
        ({"Action": "*", "NotResource": JOB}, True),
        ({"Action": "*", "Resource": "*", "Condition": SECURE}, True),
    ],
)
def test_deny_wins_over_allow(deny: JsonObject, expected: bool) -> None:
    statement: JsonObject = {"Effect": "Deny", **deny}
    assert allowed(ALLOW, statement) is allowed(statement, ALLOW) is expected


def test_deny_alone_allows_nothing() -> None:
    assert not allowed({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
    assert not allowed()


@pytest.mark.parametrize("document", [{}, {"Statement": None}, {"Statement": ["text"]}, None, "text", []])
def test_document_without_statements_allows_nothing(document: JsonObject | None) -> None:
    assert read_statements(document) == []


def test_single_statement_needs_no_list() -> None:
    assert allows(read_statements({"Statement": ALLOW}), "s3:GetObject", "arn:aws:s3:::b/k")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        ([ALLOW | {"Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}], True),
        ([ALLOW | {"Action": "s3:Put*"}], False),
        ([ALLOW | {"Resource": []}], False),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::c/*"}], True),
        ([ALLOW, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}], False),
        ([ALLOW, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::c/*"}], True),
        (
            [
                ALLOW | {"Resource": ["arn:aws:s3:::c/x", "arn:aws:s3:::c/y*"]},
                {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::c/*"},
            ],
            False,
        ),
        ([ALLOW, {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::c/*"}], True),
        ([ALLOW, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": SECURE}], True),
        ([{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}], False),
    ],
)
def test_action_is_allowed_on_some_resource(statements: list[JsonObject], expected: bool) -> None:
    document: JsonObject = {"Statement": list(statements)}
    assert allows_somewhere(read_statements(document), "s3:GetObject") is expected


@given(st.text(alphabet="abc*?[]-.", max_size=6), st.text(alphabet="abc[]-.", max_size=6))
def test_wildcards_match_as_a_regular_expression(pattern: str, text: str) -> None:
    expression = "".join(".*" if one == "*" else "." if one == "?" else re.escape(one) for one in pattern)
    assert matches(pattern, text) == bool(re.fullmatch(expression, text))


@given(st.text(alphabet="ab*?", max_size=5), st.text(alphabet="ab*?", max_size=5), st.text(alphabet="ab", max_size=5))
def test_pattern_that_matches_a_pattern_matches_its_texts(wide: str, narrow: str, text: str) -> None:
    if matches(wide, narrow) and matches(narrow, text):
        assert matches(wide, text)
