"""Wrong conditions, each with the exact lines that ``orchestrator validate`` prints for it."""

from __future__ import annotations

import json

from tests.analysis.problems.wrong_configurations import Wrong, triggers


def condition(when: str) -> str:
    """A configuration with one conditional trigger."""
    return triggers(f'{{"type": "glue_job", "job_name": "a", "when": {when}}}')


WRONG_CONDITIONS = (
    Wrong(
        "condition is a text",
        condition('"SUCCESS"'),
        "3:51 workflows.load.on_success[0].when: found 'SUCCESS', expected an object [wrong-type]",
    ),
    Wrong(
        "condition is empty",
        condition("{}"),
        '3:51 workflows.load.on_success[0].when: found an empty object, expected an event pattern such as {"status": ["SUCCESS"]} [condition-syntax]',
    ),
    Wrong(
        "condition with a bare value",
        condition('{"metrics": {"rows": 5}}'),
        "3:72 workflows.load.on_success[0].when.metrics.rows: found 5, expected a list of values and operators, or an object of nested fields. Write [5] [condition-syntax]",
    ),
    Wrong(
        "condition with an empty list",
        condition('{"tags": []}'),
        "3:60 workflows.load.on_success[0].when.tags: found an empty list, expected a list of values and operators, or an object of nested fields [condition-syntax]",
    ),
    Wrong(
        "condition with an unknown operator",
        condition('{"tags": [{"prefx": "eu"}]}'),
        "3:62 workflows.load.on_success[0].when.tags[0].prefx: unknown operator, expected one of: anything-but, cidr, equals-ignore-case, exists, numeric, prefix, suffix, wildcard. Did you mean 'prefix'? [condition-syntax]",
    ),
    Wrong(
        "condition with two operators",
        condition('{"tags": [{"prefix": "e", "suffix": "u"}]}'),
        "3:61 workflows.load.on_success[0].when.tags[0]: found 2 operators, expected one: anything-but, cidr, equals-ignore-case, exists, numeric, prefix, suffix, wildcard [condition-syntax]",
    ),
    Wrong(
        "condition with a list in a list",
        condition('{"tags": [["eu"]]}'),
        "3:61 workflows.load.on_success[0].when.tags[0]: found a list, expected a value or an operator [condition-syntax]",
    ),
    Wrong(
        "condition with a number as prefix",
        condition('{"tags": [{"prefix": 7}]}'),
        "3:72 workflows.load.on_success[0].when.tags[0].prefix: found 7, expected a string [condition-syntax]",
    ),
    Wrong(
        "condition with another object as suffix",
        condition('{"tags": [{"suffix": {"prefix": "x"}}]}'),
        '3:72 workflows.load.on_success[0].when.tags[0].suffix: found an object, expected {"equals-ignore-case": TEXT} or a string [condition-syntax]',
    ),
    Wrong(
        "condition with a text as exists",
        condition('{"tags": [{"exists": "yes"}]}'),
        "3:72 workflows.load.on_success[0].when.tags[0].exists: found 'yes', expected true or false [condition-syntax]",
    ),
    Wrong(
        "condition with an unknown comparison",
        condition('{"n": [{"numeric": ["==", 1]}]}'),
        '3:70 workflows.load.on_success[0].when.n[0].numeric: found [\'==\', 1], expected ["=", NUMBER], one comparison, or a range such as [">=", 0, "<", 10] [condition-syntax]',
    ),
    Wrong(
        "condition with an empty range",
        condition('{"n": [{"numeric": [">", 5, "<", 2]}]}'),
        "3:70 workflows.load.on_success[0].when.n[0].numeric: found ['>', 5, '<', 2], expected a lower limit that is less than the upper one [condition-syntax]",
    ),
    Wrong(
        "condition with a range of one number",
        condition('{"n": [{"numeric": [">=", 5, "<=", 5]}]}'),
        "3:70 workflows.load.on_success[0].when.n[0].numeric: found ['>=', 5, '<=', 5], expected a lower limit that is less than the upper one. Write [\"=\", 5] [condition-syntax]",
    ),
    Wrong(
        "condition with a reversed range",
        condition('{"n": [{"numeric": ["<", 5, ">", 2]}]}'),
        '3:70 workflows.load.on_success[0].when.n[0].numeric: found [\'<\', 5, \'>\', 2], expected ["=", NUMBER], one comparison, or a range such as [">=", 0, "<", 10] [condition-syntax]',
    ),
    Wrong(
        "condition with mixed values",
        condition('{"n": [{"anything-but": [1, "a"]}]}'),
        "3:75 workflows.load.on_success[0].when.n[0].anything-but: found a list, expected strings only, numbers only, or an operator [condition-syntax]",
    ),
    Wrong(
        "condition with an operator in anything-but",
        condition('{"n": [{"anything-but": {"numeric": ["=", 1]}}]}'),
        "3:75 workflows.load.on_success[0].when.n[0].anything-but: found numeric, expected one of: prefix, suffix, equals-ignore-case, wildcard [condition-syntax]",
    ),
    Wrong(
        "condition with an empty prefix in anything-but",
        condition('{"n": [{"anything-but": {"prefix": ""}}]}'),
        "3:86 workflows.load.on_success[0].when.n[0].anything-but.prefix: found an empty prefix, which every text has [condition-syntax]",
    ),
    Wrong(
        "condition with a wrong network",
        condition('{"ip": [{"cidr": "10.0.0.0/99"}]}'),
        "3:68 workflows.load.on_success[0].when.ip[0].cidr: found '10.0.0.0/99', expected a network such as '10.0.0.0/8' [condition-syntax]",
    ),
    Wrong(
        "condition with a network of one address",
        condition('{"ip": [{"cidr": "10.0.0.1/32"}]}'),
        "3:68 workflows.load.on_success[0].when.ip[0].cidr: found '10.0.0.1/32', a network of one address. Write the address as a value: [\"10.0.0.1\"] [condition-syntax]",
    ),
    Wrong(
        "condition with two wildcards in a row",
        condition('{"n": [{"wildcard": "a**b"}]}'),
        "3:71 workflows.load.on_success[0].when.n[0].wildcard: found 'a**b', which has two wildcards in a row. Write one [condition-syntax]",
    ),
    Wrong(
        "condition with a wrong escape",
        condition('{"n": [{"wildcard": "a\\\\n"}]}'),
        "3:71 workflows.load.on_success[0].when.n[0].wildcard: found 'a\\\\n': a backslash escapes only '*' and '\\' [condition-syntax]",
    ),
    Wrong(
        "condition with a template",
        condition('{"n": ["${artifacts.n}"]}'),
        "3:58 workflows.load.on_success[0].when.n[0]: found '${artifacts.n}', expected fixed text: a condition cannot compare two fields of the event [condition-syntax]",
    ),
    Wrong(
        "condition with one alternative",
        condition('{"$or": [{"n": [1]}]}'),
        "3:59 workflows.load.on_success[0].when.$or: found a list of 1, expected a list of at least two patterns [condition-syntax]",
    ),
    Wrong(
        "condition with an operator as a field of $or",
        condition('{"$or": [{"prefix": ["a"]}, {"n": [1]}]}'),
        "3:61 workflows.load.on_success[0].when.$or[0].prefix: found the operator 'prefix', expected the name of a field [condition-syntax]",
    ),
    Wrong(
        "condition with a field in and outside of $or",
        condition('{"n": [1], "$or": [{"n": [2]}, {"m": [1]}]}'),
        "3:51 workflows.load.on_success[0].when: the field 'n' has two conditions. Write them in one list, or each in an alternative of '$or' [condition-syntax]",
    ),
    Wrong(
        "condition with too many alternatives",
        condition(json.dumps({key: {"$or": [{f"{key}{number}": [1]} for number in range(11)]} for key in "abc"})),
        "3:51 workflows.load.on_success[0].when: found 1,331 combinations of '$or', expected at most 1,000. Use fewer alternatives [condition-syntax]",
    ),
    Wrong(
        "condition with a number that is too large",
        condition('{"n": [1e999]}'),
        "3:57 workflows.load.on_success[0].when.n: found a number that is too large for a double, expected plain JSON [json-value]",
    ),
)
