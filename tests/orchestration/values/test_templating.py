from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.errors import ResolutionError
from orchestration.values import paths, strictjson, templating

EVENT: strictjson.JsonObject = {
    "job_name": "j",
    "artifacts": {"output_path": "s3://b/o", "files": ["a", {"n": 1}], "count": 3, "none": None, "on": True},
    "text": "${job_name}",
    "unicode": "čaj",
    "empty": "",
    "metrics": {"dq:score": 7, "a}b": 8, "zero": 0, "off": False},
}

keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
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
        ("x ${artifacts.none:-d}", "x d"),
        ("${artifacts.none:-d}", "d"),
        ("${empty:-d}", "d"),
        ("x ${empty:-d}", "x d"),
        ("${empty}", ""),
        ("x${empty}", "x"),
        ("${metrics.zero:-9}", 0),
        ("${metrics.off:-true}", False),
        ('${metrics."dq:score"}', 7),
        ('${metrics."dq:score":-0}', 7),
        ('${metrics."dq:sc":-0}', "0"),
        ('<${metrics."a}b"}>', "<8>"),
        ("$$${job_name}", "$${job_name}"),
        ("$", "$"),
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
        'artifacts.files."0"',
        "text.0",
    ],
)
def test_missing_path_error_names_path_and_place(path: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        templating.render({"--x": f"a ${{{path}}}"}, EVENT, "glue_job j: arguments")
    assert f"glue_job j: arguments.--x: the event has no field {path!r}" in str(caught.value)
    assert "its top-level fields are artifacts, empty, job_name, metrics, text, unicode" in str(caught.value)


@pytest.mark.parametrize("text", ["x ${artifacts.none}", "${artifacts.none}${job_name}", "${artifacts.none}"])
def test_null_is_missing_where_text_is_wanted(text: str) -> None:
    expected = (
        "here: the event's field 'artifacts.none' is null, but template ${artifacts.none} needs a text. Publish a value, or give "
        "a default: ${artifacts.none:-...}"
    )
    with pytest.raises(ResolutionError) as caught:
        templating.render_text(text, EVENT, "here")
    assert str(caught.value) == expected
    if text != "${artifacts.none}":
        with pytest.raises(ResolutionError) as caught:
            templating.render(text, EVENT, "here")
        assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, "5"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        ([1, "${artifacts.count}", None], "[1,3,null]"),
        ({"a": "${artifacts.files}", "b": "n=${artifacts.count}"}, '{"a":["a",{"n":1}],"b":"n=3"}'),
        ({"none": "${artifacts.none}"}, '{"none":null}'),
        ("${artifacts.on}", "true"),
        ("${artifacts.files.1}", '{"n":1}'),
        ("${artifacts.none:-d}", "d"),
        ("${empty:-d}", "d"),
        ("${text}", "${job_name}"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_text_of_a_value_is_json_unless_it_is_a_string(value: Any, expected: str) -> None:
    assert templating.render_text(value, EVENT, "here") == expected


def test_error_within_a_list_names_its_place() -> None:
    with pytest.raises(ResolutionError, match=r"^here\[1\]\.a: the event has no field 'b'"):
        templating.render_text([1, {"a": "${b}"}], EVENT, "here")


@pytest.mark.parametrize(
    ("key", "expected"),
    [("${job_name}", "j"), ("${artifacts.count}/${job_name}", "3/j"), ("$${x}${artifacts.none:-d}", "${x}d")],
)
def test_key_has_texts_and_integers(key: str, expected: str) -> None:
    assert templating.render_key(key, EVENT, "here") == expected


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("artifacts.none", "null"),
        ("artifacts", "an object"),
        ("artifacts.files", "a list"),
        ("artifacts.on", "true"),
        ("empty", "empty text"),
    ],
)
def test_other_value_in_a_key_names_the_field(path: str, described: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        templating.render_key(f"x-${{{path}}}", EVENT, "here")
    assert str(caught.value) == (
        f"here: the event's field {path!r} is {described}, expected a text or an integer. Publish such a value"
    )


def test_key_without_the_field_is_an_error() -> None:
    with pytest.raises(ResolutionError, match=r"^here: the event has no field 'day' for template"):
        templating.render_key("${day}", EVENT, "here")


def test_templates_of_a_text() -> None:
    assert templating.templates('$${a} ${b} ${c."d}":-} $') == [
        templating.Template("b", None, "${b}"),
        templating.Template('c."d}"', "", '${c."d}":-}'),
    ]


def test_text_without_a_template_is_no_key() -> None:
    for text in ("today", "$${day}", ""):
        (problem,) = templating.KeyText().problems(text, "t")
        assert problem.message == f"found {text!r}, expected a text with a template, such as ${{start_date}}"
    assert list(templating.KeyText().problems("x-${day:-none}", "t")) == []


def test_every_broken_template_is_a_problem() -> None:
    found = templating.problems({"a": ["${b c} $${d} ${e} ${f[0]:-x}", 1], "g": "${"}, "t")
    assert [(problem.path, problem.message.partition(": ")[0]) for problem in found] == [
        ("t.a[0]", "found '${b c}'"),
        ("t.a[0]", "found '${f[0]:-x}'"),
        ("t.g", "found '${'"),
    ]


@given(values)
def test_single_template_keeps_the_value_type(value: Any) -> None:
    assert templating.render("${a.b}", {"a": {"b": value}}, "here") == value


@given(values.filter(lambda value: value is not None))
def test_template_within_text_becomes_text(value: Any) -> None:
    expected = value if isinstance(value, str) else strictjson.dumps(value)
    assert templating.render("<${a}>", {"a": value}, "here") == f"<{expected}>"
    assert templating.render_text("${a}", {"a": value}, "here") == expected


@given(st.lists(keys, min_size=1, max_size=4), values)
def test_template_finds_the_value_at_a_quoted_path(names: list[str], value: Any) -> None:
    fields: Any = value
    for key in reversed(names):
        fields = {key: fields}
    path = ".".join('"{}"'.format(key.replace('"', '""')) for key in names)
    assert templating.render(f"${{{path}}}", fields, "here") == value


TEXTS = st.text('${}a.:-[]"0 |', max_size=16)


@given(TEXTS)
def test_checked_template_fails_only_on_the_event(template: str) -> None:
    if list(templating.problems(template, "here")):
        assert "${" in template
        return
    try:
        rendered = templating.render(template, {"a": 1}, "here")
    except ResolutionError:
        assert templating.templates(template)
    else:
        assert rendered == template or "${" in template


@given(TEXTS)
def test_schema_and_reader_accept_the_same_texts(text: str) -> None:
    assert bool(re.search(templating.TEXT, text)) is not any(templating.problems(text, "here"))
    schema = templating.KeyText().__get_pydantic_json_schema__({}, lambda core: core)
    assert bool(re.search(str(schema["pattern"]), text)) is not any(templating.KeyText().problems(text, "here"))
    assert bool(re.search(f"^{paths.PATH}$", text)) is (paths.reason(text) == "")


def test_text_of_many_wrong_templates_is_explained_in_short() -> None:
    """40,000 of them took 3.2 seconds, and as many problems."""
    found = list(templating.problems("${ " * 40_000, "t"))
    assert len(found) == 20
    assert all(len(problem.message) < 300 for problem in found)
