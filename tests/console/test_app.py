"""All pages: texts of attackers are harmless, and a stack on AWS is read-only."""

from __future__ import annotations

import re

from local.engine.engine import Engine
from orchestration.event.identity import execution_name
from tests.browser.scene import HOSTILE_JOB
from tests.console.conftest import HOST, Console, text_of

FAILED = execution_name("on_success", "clean_orders", "1")
HOSTILE = execution_name("on_success", HOSTILE_JOB, "\u202edi-nur")


def test_hostile_texts_are_escaped_and_visible(console: Console) -> None:
    for path in ("/executions", f"/executions/{HOSTILE}", "/lineage", "/configuration"):
        page = console.get(path)
        assert "<script>document" not in page
        assert not re.search("[\x00-\x08\x1b\u202a-\u202e]", page), path
    assert "\\u202edi-nur" in console.get(f"/executions/{HOSTILE}")


def test_stack_on_aws_is_read_only(engine: Engine) -> None:
    console = Console(allow_replay=False, local=False)
    assert "--allow-replay" in console.get(f"/executions/{FAILED}")
    assert "<textarea" not in console.get("/configuration")
    assert 'class="source"' in console.get("/configuration")
    console.get("/publish", 404)
    token = Console().token  # another console's token is refused too
    for path in (f"/executions/{FAILED}/replay", "/configuration", "/publish"):
        answer = console.client.post(
            path, data={"token": token}, headers={"Host": "127.0.0.1:4567", "Origin": "http://127.0.0.1:4567"}
        )
        assert answer.status_code == 403


def test_home_is_the_list_of_executions(console: Console) -> None:
    answer = console.client.get("/", headers={"Host": HOST})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/executions")


def test_missing_page_names_its_path(console: Console) -> None:
    assert "404 Not Found /nowhere: this page does not exist." in text_of(console.get("/nowhere", 404))
    console.get("/executions/nowhere", 404)
