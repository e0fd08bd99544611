"""Paths and null on 20,000 random pairs: ``validate`` and the router agree, and null never becomes text."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest

from analysis.problems.check import check_file
from orchestration.configuration.trigger_reader import read_trigger
from orchestration.errors import ResolutionError
from orchestration.event.job_event import JobEvent
from orchestration.settings import Settings
from orchestration.triggers.base import RequestContext, Trigger
from orchestration.values import templating
from orchestration.values.strictjson import Json, JsonObject, object_at

KEYS = ("a", "b", "files", "dq:score", "dwh.orders", "0", "1", "-1", "x y", 'q"q', "größe", "$", "a-b_C9", "01", "")
NOISE = ("$.", "[0]", " ", "..", "-1", '"', " | date", ":=x", "${", "}", "(", "'", "é", "\n", ".", "@")
SETTINGS = Settings(mwaa_trigger_queue_url="https://sqs.us-west-1.amazonaws.com/123456789012/q")
ABSENT = "absent"


def value(rng: random.Random, depth: int = 0) -> Json:
    kind = rng.random()
    if depth > 3 or kind < 0.3:
        leaves: tuple[Json, ...] = (None, "", "text", 0, 1, False, 2.5, [], {}, "${a}")
        return rng.choice(leaves)
    if kind < 0.5:
        return [value(rng, depth + 1) for _ in range(rng.randint(0, 3))]
    return {rng.choice(KEYS): value(rng, depth + 1) for _ in range(rng.randint(0, 5))}


def segments(rng: random.Random, node: Json) -> Iterator[str]:
    """Keys and indexes on a way into a value, or next to it; some are quoted without need."""
    for _ in range(rng.randint(1, 4)):
        if isinstance(node, dict) and node and rng.random() < 0.9:
            key = rng.choice(list(node))
            node = node[key]
        elif isinstance(node, list) and node and rng.random() < 0.9:
            at = rng.randrange(len(node))
            key, node = str(at), node[at]
        else:
            key = rng.choice(KEYS)
        plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum() and key != "-1"
        yield key if plain and rng.random() < 0.9 else '"{}"'.format(key.replace('"', '""'))


def path(rng: random.Random, event: JsonObject) -> str:
    """A path into an event; every third one has a mistake somewhere."""
    text = ".".join(segments(rng, event))
    if rng.random() < 0.33:
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(NOISE) + text[at:]
    return text


def read_slowly(node: Json, text: str) -> Json:
    """The value at a path, by a second reader that was written apart; ``ABSENT`` if there is none."""
    while text:
        index = None
        if text.startswith('"'):
            key, text = quoted(text[1:])
        else:
            key, _, text = text.partition(".")
            index = int(key) if key.isdecimal() and str(int(key)) == key else None
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and index is not None and index < len(node):
            node = node[index]
        else:
            return ABSENT
    return node


def quoted(text: str) -> tuple[str, str]:
    """The key before the closing quote, and the path after it."""
    key, _, text = text.partition('"')
    while text.startswith('"'):
        more, _, text = text[1:].partition('"')
        key += f'"{more}'
    return key, text.removeprefix(".")


def context(fields: JsonObject) -> RequestContext:
    event = JobEvent(job_name="j", job_run_id="r", event_kind="on_success", fields=fields)
    return RequestContext(event=event, settings=SETTINGS, downstream_run_id="run")


@pytest.mark.parametrize("seed", range(20))
def test_valid_path_is_read_as_the_router_reads_it(seed: int) -> None:
    """10 events with 100 paths each, 20 times."""
    rng = random.Random(seed)
    accepted = 0
    for _ in range(10):
        event: JsonObject = {rng.choice(KEYS): value(rng) for _ in range(5)}
        texts = [path(rng, event) for _ in range(100)]
        entries: list[Json] = [{"type": "sqs_mwaa", "dag_id": "d", "parameter_mapping": {"p": text}} for text in texts]
        document = json.dumps({"workflows": {"j": {"on_success": entries}}}).encode()
        checked = check_file("f", document, SETTINGS)
        wrong = {problem.path.partition("]")[0].rpartition("[")[2] for problem in checked.errors}
        for number, (text, entry) in enumerate(zip(texts, entries, strict=True)):
            trigger, problems = read_trigger(entry, "t", SETTINGS)
            assert (str(number) in wrong) is bool(problems) is (trigger is None), text
            if trigger is not None:
                accepted += 1
                read = read_slowly(event, text)
                conf = object_at(object_at(trigger.request(context(event)), "MessageBody"), "conf")
                assert conf.get("p", ABSENT) == (ABSENT if read is None else read), (text, event)
                if read != ABSENT:
                    assert templating.render(f"${{{text}}}", event, "t") == read, text
    assert 400 < accepted < 900


LEAVES: tuple[Json, ...] = (None, None, "", "text", 0, True, 1.5)
TEXTS = ("${A}", "${A:-d}", "x/${A}/y", "x/${A:-d}/y", "${A}${B:-}", "$${A}${B}")


@pytest.mark.parametrize("seed", range(20))
def test_null_never_becomes_text(seed: int) -> None:
    """1,000 pairs of event and configuration, 20 times: arguments, conf at any depth, mappings and keys of joins."""
    rng = random.Random(seed)
    for _ in range(1_000):
        event: JsonObject = {name: rng.choice(LEAVES) for name in "abcd"}
        names = rng.sample("abcde", 2)
        text = rng.choice(TEXTS).replace("A", names[0]).replace("B", names[1])
        kinds: tuple[JsonObject, ...] = (
            {"type": "glue_job", "job_name": "g", "arguments": {"--x": text}},
            {"type": "sqs_mwaa", "dag_id": "d", "conf": {"x": [{"y": text}]}},
            {
                "type": "sqs_mwaa",
                "dag_id": "d",
                "parameter_mapping": {"x": names[0], "y": {"path": names[1], "default": "d"}},
            },
        )
        for entry in kinds:
            trigger, problems = read_trigger(entry, "t", SETTINGS)
            assert trigger is not None, problems
            request, error = requested(trigger, event)
            if error:
                assert "is null, but template" in error or "has no field 'e'" in error
                continue
            assert [found for found in leaves(request) if isinstance(found, str) and "null" in found] == []
            nulls = sum(found is None for found in leaves(request))
            whole = text == f"${{{names[0]}}}" and names[0] in event and event[names[0]] is None
            assert nulls == (1 if "conf" in entry and whole else 0)
        try:
            key = templating.render_key(text, event, "t")
        except ResolutionError:
            continue
        assert "null" not in key
        assert key


def requested(trigger: Trigger, event: JsonObject) -> tuple[JsonObject, str]:
    """The request, or the error that rejects the trigger."""
    try:
        return trigger.request(context(event)), ""
    except ResolutionError as error:
        return {}, str(error)


def leaves(node: Json) -> Iterator[Json]:
    """Every scalar value."""
    if isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from leaves(item)
    else:
        yield node
