"""The console refuses other hosts, other origins and changes without its token."""

from __future__ import annotations

import pytest

from console.security import POLICY
from orchestration.event.identity import execution_name
from tests.console.conftest import HOST, ORIGIN, Console

REPLAY = f"/executions/{execution_name('on_success', 'clean_orders', '1')}/replay"
CHANGES = (REPLAY, "/configuration", "/configuration/check", "/publish", "/publish/check")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:4568", "127.0.0.1.evil.example:4567", ""])
def test_foreign_host_is_refused(console: Console, host: str) -> None:
    for path in ("/executions", "/static/console.js", "/configuration"):
        with console.client.get(path, headers={"Host": host}) as answer:
            assert answer.status_code == 403


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1:4567", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize("path", CHANGES)
def test_foreign_origin_is_refused(console: Console, path: str, origin: str | None) -> None:
    headers = {"Host": HOST} | ({} if origin is None else {"Origin": origin})
    answer = console.client.post(path, data={"token": console.token, "mode": "start"}, headers=headers)
    assert answer.status_code == 403
    assert "Origin" in answer.text


@pytest.mark.parametrize("fields", [{}, {"token": ""}, {"token": "guess"}, {"token": "\u00e9"}])
@pytest.mark.parametrize("path", CHANGES)
def test_missing_token_is_refused(console: Console, path: str, fields: dict[str, str]) -> None:
    answer = console.client.post(path, data=fields, headers=ORIGIN)
    assert answer.status_code == 403
    assert "token" in answer.text


def test_each_response_has_the_policy(console: Console) -> None:
    for path in ("/executions", "/static/console.css", "/nowhere"):
        with console.client.get(path, headers={"Host": HOST}) as answer:
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["X-Frame-Options"] == "DENY"
    assert "unsafe" not in POLICY


def test_other_methods_need_the_token_too(console: Console) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert console.client.open("/configuration", method=method, headers=ORIGIN).status_code == 403
