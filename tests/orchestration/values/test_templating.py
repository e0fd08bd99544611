from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestration.errors import ResolutionError
from orchestration.values import strictjson, templating

EVENT: strictjson.JsonObject = {
    "job_name": "j",
    "artifacts": {"output_path": "s3://b/o", "files": ["a", {"n": 1}], "count": 3, "none": None, "on": True},
    "text": "${job_name}",
    "unicode": "čaj",
}

# Keys that a path can name: no dots, no template characters.
keys = st.text(st.characters(exclude_characters="${}:.", exclude_categories=["Cs"]), min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", "plain"),
        ("${job_name}", "j"),
        ("${artifacts.output_path}", "s3://b/o"),
        ("${artifacts.count}", 3),
        ("${artifacts.none}", None),
        ("${artifacts.on}", True),
        ("${artifacts.files}", ["a", {"n": 1}]),
        ("${artifacts.files.1.n}", 1),
        ("n=${artifacts.count}", "n=3"),
        ("${job_name}${job_name}", "jj"),
        ("x ${artifacts.files}", 'x ["a",{"n":1}]'),
        ("x ${artifacts.none}", "x null"),
        ("${missing:-}", ""),
        ("${missing:-a/b c}", "a/b c"),
        ("${job_name:-other}", "j"),
        ("p/${missing:-d}/${job_name}", "p/d/j"),
        ("$${job_name}", "${job_name}"),
        ("a $${b} ${job_name}", "a ${b} j"),
        ("$5 {x}", "$5 {x}"),
        ("${unicode}!", "čaj!"),
    ],
)
def test_render(template: str, expected: Any) -> None:
    rendered = templating.render(template, EVENT, "here")
    assert rendered == expected
    assert type(rendered) is type(expected)


def test_template_text_in_an_event_is_not_evaluated() -> None:
    assert templating.render({"k": ["${text}", "x ${text}"]}, EVENT, "here") == {"k": ["${job_name}", "x ${job_name}"]}


@pytest.mark.parametrize(
    "path",
    [
        "missing",
        "artifacts.missing",
        "artifacts.output_path.deeper",
        "artifacts.files.2",
        "artifacts.files.-1",
        "text.0",
    ],
)
def test_missing_path_error_names_path_and_place(path: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        templating.render({"--x": f"a ${{{path}}}"}, EVENT, "glue_job j: arguments")
    assert f"glue_job j: arguments.--x: the event has no field {path!r}" in str(caught.value)
    assert "artifacts, job_name, text, unicode" in str(caught.value)


@given(values)
def test_single_template_keeps_the_value_type(value: Any) -> None:
    assert templating.render("${a.b}", {"a": {"b": value}}, "here") == value


@given(values)
def test_template_within_text_becomes_text(value: Any) -> None:
    expected = value if isinstance(value, str) else strictjson.dumps(value)
    assert templating.render("<${a}>", {"a": value}, "here") == f"<{expected}>"


@given(st.lists(keys, min_size=1, max_size=4), values)
def test_lookup_finds_the_value_at_a_path(path: list[str], value: Any) -> None:
    fields: Any = value
    for key in reversed(path):
        fields = {key: fields}
    assert templating.lookup(fields, ".".join(path)) == value


@given(st.text("${}a.:- ", max_size=16))
def test_checked_template_fails_only_on_missing_path(template: str) -> None:
    assume(not list(templating.problems(template, "here")))
    try:
        rendered = templating.render(template, {"a": 1}, "here")
    except ResolutionError:
        assert "${" in template
    else:
        assert rendered == template or "${" in template


@given(st.text("${}a.:-", max_size=12))
def test_refused_template_contains_an_opening(template: str) -> None:
    if list(templating.problems(template, "here")):
        assert "${" in template
