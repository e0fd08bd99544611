"""Every invalid configuration of the tests: rules of the document here, rules of a trigger type with the type."""

from __future__ import annotations

from orchestration.triggers import BY_TYPE
from tests.invalid_case import InvalidCase
from tests.trigger_types import TYPE_CASES

TYPES = ", ".join(BY_TYPE)
_LENIENT = "the parser of the schema's test accepts it, as most JSON parsers do"

DOCUMENT_CASES = (
    InvalidCase(
        name="a list",
        text="[]",
        errors=("the configuration: found a list, expected a JSON object with 'workflows'",),
    ),
    InvalidCase(
        name="id with a space",
        text='{"workflows": {"load_promos": {"on_success": [{"type": "glue_job", "job_name": "x", "id": "a b"}]}}}',
        errors=("workflows.load_promos.on_success[0].id: found 'a b', expected 1 to 64 letters, digits, '_' or '-'",),
    ),
    InvalidCase(
        name="id twice",
        text='{"workflows": {"load_promos": {"on_success": [{"type": "glue_job", "job_name": "x", "id": "a"}, '
        '{"type": "glue_job", "job_name": "y", "id": "a"}]}}}',
        errors=tuple(
            f"workflows.load_promos.on_success[{index}].id: found 'a' twice, expected an id that is unique within "
            "workflows.load_promos.on_success"
            for index in (0, 1)
        ),
        beyond_schema="a JSON Schema cannot compare a field of several entries",
    ),
    InvalidCase(
        name="nan",
        text='{"workflows": {"a": {"on_success": [{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"x": NaN}}]}}}',
        errors=("workflows.a.on_success[0].conf.x: found NaN, which is not JSON, expected plain JSON",),
        beyond_schema=_LENIENT,
    ),
    InvalidCase(
        name="no type",
        text='{"workflows": {"load_promos": {"on_success": [{"job_name": "x"}]}}}',
        errors=(f"workflows.load_promos.on_success[0].type: found nothing, expected one of: {TYPES}",),
    ),
    InvalidCase(
        name="no workflows",
        text="{}",
        errors=("workflows: found nothing, expected an object of job name to workflow",),
    ),
    InvalidCase(
        name="not json",
        text='{"workflows": {',
        errors=(
            "the configuration: it is not JSON: Expecting property name enclosed in double quotes at line 1, column 16",
        ),
    ),
    InvalidCase(
        name="on success an object",
        text='{"workflows": {"load_promos": {"on_success": {}}}}',
        errors=("workflows.load_promos.on_success: found an object, expected a list",),
    ),
    InvalidCase(
        name="repeated conf key",
        text='{"workflows": {"load_promos": {"on_success": [{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"x": 1, "x": 2}}]}}}',
        errors=("workflows.load_promos.on_success[0].conf.x: found a key that appears twice, expected plain JSON",),
        beyond_schema=_LENIENT,
    ),
    InvalidCase(
        name="repeated workflow",
        text='{"workflows": {"load_promos": {"on_success": []}, "load_promos": {}}}',
        errors=("workflows.load_promos: found a key that appears twice, expected an object",),
        beyond_schema=_LENIENT,
    ),
    InvalidCase(
        name="trigger a string",
        text='{"workflows": {"load_promos": {"on_success": ["glue_job"]}}}',
        errors=("workflows.load_promos.on_success[0]: found 'glue_job', expected a trigger object with a 'type'",),
    ),
    InvalidCase(
        name="two problems in two triggers",
        text='{"workflows": {"load_promos": {"on_success": [{"type": "glue_job"}], "on_approval": [{"type": "x"}]}}}',
        errors=(
            "workflows.load_promos.on_success[0].job_name: missing field",
            f"workflows.load_promos.on_approval[0].type: found 'x', expected one of: {TYPES}",
        ),
    ),
    InvalidCase(
        name="type a list",
        text='{"workflows": {"load_promos": {"on_success": [{"type": ["glue_job"]}]}}}',
        errors=(f"workflows.load_promos.on_success[0].type: found a list, expected one of: {TYPES}",),
    ),
    InvalidCase(
        name="unknown top level field",
        text='{"workflows": {}, "workflow": {}}',
        errors=("workflow: unknown field, expected one of: $schema, allow_cycles, joins, workflows",),
    ),
    InvalidCase(
        name="unknown type",
        text='{"workflows": {"load_promos": {"on_success": [{"type": "lambda", "name": "x"}]}}}',
        errors=(f"workflows.load_promos.on_success[0].type: found 'lambda', expected one of: {TYPES}",),
    ),
    InvalidCase(
        name="workflow a string",
        text='{"workflows": {"load_promos": "x"}}',
        errors=("workflows.load_promos: found 'x', expected an object",),
    ),
    InvalidCase(
        name="workflow unknown field",
        text='{"workflows": {"load_promos": {"on_sucess": []}}}',
        errors=(
            "workflows.load_promos.on_sucess: unknown field, expected one of: accept, description, notify, on_approval, on_success",
        ),
    ),
    InvalidCase(
        name="workflows a list",
        text='{"workflows": []}',
        errors=("workflows: found a list, expected an object of job name to workflow",),
    ),
)

INVALID_CONFIGS = {
    case.name: case for case in (*DOCUMENT_CASES, *(case for one in TYPE_CASES.values() for case in one.invalid))
}
