"""Wrong configurations, each with the exact lines that ``orchestrator validate`` prints for it, without the file's name."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.settings import Settings
from orchestration.triggers import BY_TYPE

TYPES = ", ".join(BY_TYPE)
"""Every trigger type, as an error lists them."""

SETTINGS = Settings(
    state_machine_arn="arn:aws:states:us-west-1:123456789012:stateMachine:orchestrator",
    region="us-west-1",
    only_account="123456789012",
    deploy_env="test",
)


@dataclass(frozen=True)
class Wrong:
    """One wrong file.

    Attributes:
        lines: ``LINE:COLUMN path: message`` of every problem, in the order of the file.
    """

    name: str
    text: str | bytes
    lines: tuple[str, ...]

    def __init__(self, name: str, text: str | bytes, *lines: str) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "lines", lines)


def triggers(*entries: str) -> str:
    """A configuration with one workflow; the triggers begin on line 3, one a line."""
    listed = ",\n    ".join(entries)
    return f'{{"workflows": {{\n  "load": {{"on_success": [\n    {listed}\n  ]}}\n}}}}'


LARGE = '{"type": "glue_job", "job_name": "aNAME", "arguments": {"--x": "' + "x" * 60_000 + '"}}'

WRONG = (
    # Not JSON.
    Wrong("empty file", "", '1:1 is empty. A configuration without workflows is {"workflows": {}} [syntax]'),
    Wrong(
        "not UTF-8", b'{"workflows":\n {"caf\xe9": {}}}', "2:7 is not UTF-8 (byte 20). Save the file as UTF-8 [syntax]"
    ),
    Wrong(
        "trailing comma in an object",
        '{\n  "workflows": {},\n}',
        "2:18 found a trailing comma before '}'. Remove the comma [syntax]",
    ),
    Wrong(
        "trailing comma in a list",
        '{"workflows": {"load": {"on_success": [\n  1,\n]}}}',
        "2:4 found a trailing comma before ']'. Remove the comma [syntax]",
    ),
    Wrong(
        "line comment",
        '{\n  // nightly jobs\n  "workflows": {}\n}',
        "2:3 found a comment, which JSON does not have. Write it in a field 'description' [syntax]",
    ),
    Wrong(
        "comment after a value",
        '{\n  "workflows": {} # none yet\n}',
        "2:19 found a comment, which JSON does not have. Write it in a field 'description' [syntax]",
    ),
    Wrong(
        "block comment",
        '{"workflows": /* none */ {}}',
        "1:15 found a comment, which JSON does not have. Write it in a field 'description' [syntax]",
    ),
    Wrong("single quotes", "{'workflows': {}}", '1:2 found single quotes, expected double quotes ("...") [syntax]'),
    Wrong(
        "single quotes around a value",
        '{"workflows": {"load": {"description": \'x\'}}}',
        '1:40 found single quotes, expected double quotes ("...") [syntax]',
    ),
    Wrong(
        "typographic quotes",
        "{\u201cworkflows\u201d: {}}",
        '1:2 found typographic quotes, expected double quotes ("...") [syntax]',
    ),
    Wrong(
        "field name without quotes",
        "{workflows: {}}",
        "1:2 found 'workflows' without quotes, expected a field name in double quotes (\"...\") [syntax]",
    ),
    Wrong(
        "text without quotes",
        '{"workflows": {"load": {"description": nightly}}}',
        "1:40 found 'nightly' without quotes, expected a text in double quotes (\"...\") [syntax]",
    ),
    Wrong("Python constant", '{"workflows": {}, "allow_cycles": True}', "1:35 found True, expected true [syntax]"),
    Wrong(
        "missing comma between fields",
        '{\n  "$schema": "x"\n  "workflows": {}\n}',
        "2:17 a comma is missing here [syntax]",
    ),
    Wrong(
        "missing comma between triggers",
        triggers('{"type": "glue_job", "job_name": "a"}\n    {"type": "glue_job", "job_name": "b"}'),
        "3:42 a comma is missing here [syntax]",
    ),
    Wrong(
        "missing colon",
        '{"workflows" {}}',
        "1:13 found '{', expected ':' between a field's name and its value [syntax]",
    ),
    Wrong(
        "equals sign",
        '{"workflows" = {}}',
        "1:13 found '=', expected ':' between a field's name and its value [syntax]",
    ),
    Wrong(
        "file ends too early",
        '{\n  "workflows": {\n    "load": {}\n',
        "4:1 the file ends, but '{' of line 2, column 16 is not closed [syntax]",
    ),
    Wrong("wrong bracket", '{"workflows": {"load": {"on_success": [}}}}', "1:40 found '}', expected a value [syntax]"),
    Wrong(
        "one bracket too many",
        '{"workflows": {}}\n}',
        "2:1 found '}' after the end of the JSON value. It closes nothing. Remove it [syntax]",
    ),
    Wrong(
        "two documents",
        '{"workflows": {}}\n{"workflows": {}}',
        "2:1 found '{' after the end of the JSON value. A file holds one JSON value [syntax]",
    ),
    Wrong(
        "text over two lines",
        '{"workflows": {"load": {"description": "first\nsecond"}}}',
        "1:40 the text is not closed on its line. Add the closing quote, or write a new line as \\n [syntax]",
    ),
    Wrong(
        "text that never ends",
        '{"workflows": {"load": {"description": "first}}}',
        "1:40 the text is not closed. Add the closing quote [syntax]",
    ),
    Wrong(
        "tab in a text",
        '{"workflows": {"load": {"description": "a\tb"}}}',
        "1:42 found a control character (U+0009) in a text. Write a tab as \\t [syntax]",
    ),
    Wrong(
        "backslash",
        '{"workflows": {"load": {"description": "C:\\data"}}}',
        "1:43 found '\\\\d', which is not an escape. Write a backslash as \\\\ [syntax]",
    ),
    Wrong(
        "merge conflict",
        '{\n<<<<<<< HEAD\n  "workflows": {}\n=======\n  "workflows": {"load": {}}\n>>>>>>> branch\n}',
        "2:1 found a marker of a merge conflict. Resolve the conflict [syntax]",
    ),
    # The document.
    Wrong("a list", "[]", "1:1 found a list, expected a JSON object with 'workflows' [document]"),
    Wrong(
        "no workflows",
        '{\n  "$schema": "workflow_config.schema.json"\n}',
        "1:1 workflows: found nothing, expected an object of job name to workflow [document]",
    ),
    Wrong(
        "workflows misspelt",
        '{\n  "workflow": {}\n}',
        "1:1 workflows: found nothing, expected an object of job name to workflow [document]",
        "2:3 workflow: unknown field, expected one of: $schema, allow_cycles, joins, workflows. Did you mean 'workflows'? [unknown-field]",
    ),
    Wrong(
        "workflows twice",
        '{\n  "workflows": {},\n  "workflows": {}\n}',
        "3:16 workflows: found a key that appears twice, expected an object of job name to workflow [document]",
    ),
    Wrong(
        "workflows is a list",
        '{\n  "workflows": []\n}',
        "2:16 workflows: found a list, expected an object of job name to workflow [document]",
    ),
    Wrong(
        "topic that is a name",
        '{"workflows": {"load": {\n  "notify": "on-call",\n  "on_success": [{"type": "glue_job", "job_name": "x"}]}}}',
        "2:13 workflows.load.notify: found 'on-call', expected the ARN of a standard SNS topic, or nothing [invalid-value]",
    ),
    Wrong(
        "topic of another region",
        '{"workflows": {"load": {\n  "notify": "arn:aws:sns:eu-west-1:${aws.account}:team",\n  "on_success": [{"type": "glue_job", "job_name": "x"}]}}}',
        "2:13 workflows.load.notify: found region eu-west-1, expected us-west-1: EventBridge tells topics of its region only [other-region]",
    ),
    Wrong(
        "topic with an unknown placeholder",
        '{"workflows": {"load": {\n  "notify": "arn:aws:sns:us-west-1:${aws.acount}:team",\n  "on_success": [{"type": "glue_job", "job_name": "x"}]}}}',
        "2:13 workflows.load.notify: found '${aws.acount}', expected one of: ${aws.account}, ${aws.region}, ${aws.partition}, ${deploy.env}. The roots 'aws' and 'deploy' are reserved for the deployment. Did you mean '${aws.account}'? [unknown-placeholder]",
    ),
    Wrong(
        "unknown field at the top",
        '{\n  "workflows": {},\n  "allow_cycle": true\n}',
        "3:3 allow_cycle: unknown field, expected one of: $schema, allow_cycles, joins, workflows. Did you mean 'allow_cycles'? [unknown-field]",
    ),
    Wrong(
        "allow_cycles is a text",
        '{"workflows": {}, "allow_cycles": "true"}',
        "1:35 allow_cycles: found 'true', expected true or false [wrong-type]",
    ),
    Wrong(
        "schema is a number", '{"$schema": 7, "workflows": {}}', "1:13 $schema: found 7, expected a string [wrong-type]"
    ),
    # Workflows.
    Wrong(
        "workflow is a list",
        '{"workflows": {\n  "load": [{"type": "glue_job", "job_name": "a"}]\n}}',
        "2:11 workflows.load: found a list, expected an object [wrong-type]",
    ),
    Wrong(
        "event kind misspelt",
        '{"workflows": {\n  "load": {"on_sucess": [\n    {"type": "glue_job", "job_name": "a"}\n  ]}\n}}',
        "2:12 workflows.load.on_sucess: unknown field, expected one of: accept, description, notify, on_approval, on_success. Did you mean 'on_success'? [unknown-field]",
    ),
    Wrong(
        "event kind of another tool",
        '{"workflows": {\n  "load": {"onSuccess": []}\n}}',
        "2:12 workflows.load.onSuccess: unknown field, expected one of: accept, description, notify, on_approval, on_success. Did you mean 'on_success'? [unknown-field]",
    ),
    Wrong(
        "triggers are an object",
        '{"workflows": {\n  "load": {"on_success": {"type": "glue_job", "job_name": "a"}}\n}}',
        "2:26 workflows.load.on_success: found an object, expected a list [wrong-type]",
    ),
    Wrong(
        "same job twice",
        '{"workflows": {\n  "load": {"on_success": [{"type": "glue_job", "job_name": "a"}]},\n  "load": {"on_approval": [{"type": "glue_job", "job_name": "b"}]}\n}}',
        "3:11 workflows.load: found a key that appears twice, expected an object [json-value]",
    ),
    Wrong(
        "trigger is a text",
        triggers('"a"'),
        "3:5 workflows.load.on_success[0]: found 'a', expected a trigger object with a 'type' [wrong-type]",
    ),
    Wrong(
        "blank in a job name",
        '{"workflows": {\n  "load ": {"on_success": [{"type": "glue_job", "job_name": "a"}]}\n}}',
        "2:3 warning: workflows.load : the job name 'load ' has a blank at its start or end. Events of 'load' do not match. Remove the blank [blank-in-name]",
    ),
    Wrong(
        "empty workflow",
        '{"workflows": {\n  "load": {"description": "not ready"}\n}}',
        "2:11 warning: workflows.load: the workflow has no triggers, so its events start nothing. Add one, or remove the workflow [empty-workflow]",
    ),
    # Triggers.
    Wrong(
        "no type",
        triggers('{"job_name": "a"}'),
        f"3:5 workflows.load.on_success[0].type: found nothing, expected one of: {TYPES} [unknown-type]",
    ),
    Wrong(
        "type misspelt",
        triggers('{"type": "glue_jbo", "job_name": "a"}'),
        f"3:14 workflows.load.on_success[0].type: found 'glue_jbo', expected one of: {TYPES}. Did you mean 'glue_job'? [unknown-type]",
    ),
    Wrong(
        "type in capitals",
        triggers('{"type": "Glue_Job", "job_name": "a"}'),
        f"3:14 workflows.load.on_success[0].type: found 'Glue_Job', expected one of: {TYPES}. Did you mean 'glue_job'? [unknown-type]",
    ),
    Wrong(
        "type of nothing",
        triggers('{"type": "lambda", "function": "a"}'),
        f"3:14 workflows.load.on_success[0].type: found 'lambda', expected one of: {TYPES} [unknown-type]",
    ),
    Wrong(
        "type is a number",
        triggers('{"type": 7}'),
        f"3:14 workflows.load.on_success[0].type: found 7, expected one of: {TYPES} [unknown-type]",
    ),
    Wrong(
        "missing field",
        triggers('{"type": "glue_job"}'),
        "3:5 workflows.load.on_success[0].job_name: missing field [missing-field]",
    ),
    Wrong(
        "field misspelt",
        triggers('{"type": "glue_job", "jobname": "a"}'),
        "3:5 workflows.load.on_success[0].job_name: missing field [missing-field]",
        "3:26 workflows.load.on_success[0].jobname: unknown field, expected one of: accept, arguments, description, id, job_name, job_run_queuing_enabled, publish, publish_as, wait, when. Did you mean 'job_name'? [unknown-field]",
    ),
    Wrong(
        "field of another type",
        triggers('{"type": "sqs_mwaa", "dag_id": "d", "environment_name": "e"}'),
        "3:41 workflows.load.on_success[0].environment_name: unknown field, expected one of: accept, conf, dag_id, description, id, parameter_mapping, queue_url, when [unknown-field]",
    ),
    Wrong(
        "field has the wrong type",
        triggers('{"type": "mwaa_dag", "environment_name": "e", "dag_id": 7}'),
        "3:61 workflows.load.on_success[0].dag_id: found 7, expected a string [wrong-type]",
    ),
    Wrong(
        "field twice",
        triggers('{"type": "glue_job", "job_name": "a", "job_name": "b"}'),
        "3:55 workflows.load.on_success[0].job_name: found a key that appears twice, expected a string [json-value]",
    ),
    Wrong(
        "template in a target",
        triggers('{"type": "glue_job", "job_name": "load_${metrics.size}"}'),
        "3:38 workflows.load.on_success[0].job_name: found 'load_${metrics.size}', expected a Glue job's name of 1 to 255 characters without a ${...} template (only the configuration names targets) [invalid-value]",
    ),
    Wrong(
        "trailing blank",
        triggers('{"type": "glue_job", "job_name": "a "}'),
        "3:38 workflows.load.on_success[0].job_name: found 'a ', which has a blank at its end. Remove the blank [invalid-value]",
    ),
    Wrong(
        "leading blank",
        triggers('{"type": "step_function", "arn": " arn:aws:states:us-west-1:123456789012:stateMachine:m"}'),
        "3:38 workflows.load.on_success[0].arn: found ' arn:aws:states:us-west-1:123456789012:stateMachine:m', which has a blank at its start. Remove the blank [invalid-value]",
    ),
    Wrong(
        "id twice",
        triggers(
            '{"type": "glue_job", "job_name": "a", "id": "x"}', '{"type": "glue_job", "job_name": "b", "id": "x"}'
        ),
        "3:49 workflows.load.on_success[0].id: found 'x' twice, expected an id that is unique within workflows.load.on_success [repeated-id]",
        "4:49 workflows.load.on_success[1].id: found 'x' twice, expected an id that is unique within workflows.load.on_success [repeated-id]",
    ),
    Wrong(
        "id with a blank",
        triggers('{"type": "glue_job", "job_name": "a", "id": "load a"}'),
        "3:49 workflows.load.on_success[0].id: found 'load a', expected 1 to 64 letters, digits, '_' or '-' [invalid-value]",
    ),
    Wrong(
        "argument is null",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--rows": null}}'),
        "3:67 workflows.load.on_success[0].arguments.--rows: found null, which is not a text. Remove the argument, or write a value [wrong-type]",
    ),
    Wrong(
        "argument is a list with a wrong template",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--rows": [1,\n "${a.b | date}"]}}'),
        "4:2 workflows.load.on_success[0].arguments.--rows[1]: found '${a.b | date}': a path has no operators, filters or functions. Write ${a.b} [path-syntax]",
    ),
    Wrong(
        "reserved argument",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {\n      "--triggered_by_job": "me"}}'),
        "4:7 workflows.load.on_success[0].arguments.--triggered_by_job: reserved field, which the orchestrator sets. Remove it [automatic-field]",
    ),
    Wrong(
        "reserved conf key",
        triggers(
            '{"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q",\n     "conf": {"triggered_by_job": "me"}}'
        ),
        "4:15 workflows.load.on_success[0].conf.triggered_by_job: reserved field, which the orchestrator sets. Remove it [automatic-field]",
    ),
    Wrong(
        "template is not closed",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--path": "${artifacts.path"}}'),
        "3:67 workflows.load.on_success[0].arguments.--path: found '${artifacts.path': the template is not closed. Expected ${path} or ${path:-default}. Write '$${' for a literal '${' [path-syntax]",
    ),
    Wrong(
        "empty part of a template",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--path": "${artifacts..path}"}}'),
        "3:67 workflows.load.on_success[0].arguments.--path: found '${artifacts..path}': the path has an empty segment. Write ${artifacts.path} [path-syntax]",
    ),
    Wrong(
        "two problems in one trigger",
        triggers('{"type": "glue_job", "job_nam": "a",\n     "arguments": {"--path": "${}"}}'),
        "3:5 workflows.load.on_success[0].job_name: missing field [missing-field]",
        "3:26 workflows.load.on_success[0].job_nam: unknown field, expected one of: accept, arguments, description, id, job_name, job_run_queuing_enabled, publish, publish_as, wait, when. Did you mean 'job_name'? [unknown-field]",
        "4:30 workflows.load.on_success[0].arguments.--path: found '${}': the path is empty. Expected a path such as ${artifacts.output_path}. Write '$${' for a literal '${' [path-syntax]",
    ),
    Wrong(
        "unknown placeholder",
        triggers('{"type": "glue_job", "job_name": "a-${deploy.environment}"}'),
        "3:38 workflows.load.on_success[0].job_name: found '${deploy.environment}', expected one of: ${aws.account}, ${aws.region}, ${aws.partition}, ${deploy.env}. The roots 'aws' and 'deploy' are reserved for the deployment. Did you mean '${deploy.env}'? [unknown-placeholder]",
    ),
    *(
        Wrong(
            f"template {template}",
            triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--path": "' + template + '"}}'),
            f"3:67 workflows.load.on_success[0].arguments.--path: {problem} [path-syntax]",
        )
        for template, problem in (
            (
                "${ artifacts.x }",
                "found '${ artifacts.x }': a path has no blanks around a segment. Write ${artifacts.x}",
            ),
            ("${x | date}", "found '${x | date}': a path has no operators, filters or functions. Write ${x}"),
            ("s3://${$.a.b}/", "found '${$.a.b}': a path does not begin with '$' or '@'. Write ${a.b}"),
            (
                "${a:-${b}}",
                "found '${a:-${b}': a template contains no other template. Write one fixed default, or publish the field",
            ),
            ("${a:=b}", "found '${a:=b}': ':=' is not an operator of a template. Write ${a:-b}"),
            ("${a:?b}", "found '${a:?b}': ':?' is not an operator of a template. Write ${a:-b}"),
            ("${a || b}", "found '${a || b}': a path has no operators, filters or functions. Write ${a}"),
            (
                "${a:-{}}",
                "found '${a:-{}': a default in a template has no braces. In parameter_mapping, a default is any JSON",
            ),
            (
                "${metrics.dq:score:-0}",
                (
                    "found '${metrics.dq:score:-0}': a segment with other characters than letters (a to z), digits, '_' and '-' "
                    'stands in double quotes. Write ${metrics.\\"dq:score\\":-0}'
                ),
            ),
            (
                "${upstream.'dwh.orders'.artifacts}",
                "found \"${upstream.'dwh.orders'.artifacts}\": a segment with other characters than letters (a to z), digits, "
                "'_' and '-' stands in double quotes. Write ${upstream." + r"\"dwh.orders\".artifacts}",
            ),
            (
                "${date(x)}",
                (
                    "found '${date(x)}': a path has no operators, filters or functions. Expected a path such as "
                    "artifacts.output_path"
                ),
            ),
        )
    ),
    *(
        Wrong(
            f"mapping {path}",
            triggers(
                '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"p": "'
                + path
                + '"}}'
            ),
            f"3:93 workflows.load.on_success[0].parameter_mapping.p: found {path!r}: {problem} [path-syntax]",
        )
        for path, problem in (
            ("$.artifacts.path", "a path does not begin with '$' or '@'. Write artifacts.path"),
            ("$", "a path does not begin with '$' or '@'. Expected a path such as artifacts.output_path"),
            (
                "artifacts.files[0]",
                "a path has no brackets. An index is a segment, such as files.0. Write artifacts.files.0",
            ),
            (
                "artifacts.files[*].x",
                "a path has no brackets. An index is a segment, such as files.0. Expected a path such as artifacts.output_path",
            ),
            (
                "artifacts.files.-1",
                (
                    "an index is not negative. It counts from 0 at the start of the list. Expected a path such as "
                    "artifacts.output_path"
                ),
            ),
            (" start_date", "a path has no blanks around a segment. Write start_date"),
            ("a.b.", "the path has an empty segment. Write a.b"),
            ("a ?? b", "a path has no operators, filters or functions. Write a"),
            ("${a.b}", "a path is written without '${' and '}'. Write a.b"),
            (
                "gr\u00f6\u00dfe",
                (
                    "a segment with other characters than letters (a to z), digits, '_' and '-' stands in double quotes. "
                    'Write \\"gr\u00f6\u00dfe\\"'
                ),
            ),
        )
    ),
    Wrong(
        "quote of a path is not closed",
        triggers(
            r'{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"p": "a.\"b.c"}}'
        ),
        "3:93 workflows.load.on_success[0].parameter_mapping.p: found 'a.\"b.c': a quote is not closed. Expected a path such as artifacts.output_path [path-syntax]",
    ),
    Wrong(
        "mapping with a default and a wrong path",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"p":\n {"path": "a[0]", "default": 1}}}'
        ),
        "4:11 workflows.load.on_success[0].parameter_mapping.p.path: found 'a[0]': a path has no brackets. An index is a segment, such as files.0. Write a.0 [path-syntax]",
    ),
    Wrong(
        "mapping with a misspelt default",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"p":\n {"path": "a", "defualt": 1}}}'
        ),
        "4:2 workflows.load.on_success[0].parameter_mapping.p.default: missing field [missing-field]",
        "4:16 workflows.load.on_success[0].parameter_mapping.p.defualt: unknown field, expected one of: default, path. Did you mean 'default'? [unknown-field]",
    ),
    Wrong(
        "placeholder in a mapping",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"account": "aws.account"}}'
        ),
        "3:99 workflows.load.on_success[0].parameter_mapping.account: found 'aws.account', but the roots aws and deploy are reserved for the deployment. Write the placeholder in conf [unknown-placeholder]",
    ),
    Wrong(
        "mapping is a template",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"path": "artifacts..path"}}'
        ),
        "3:96 workflows.load.on_success[0].parameter_mapping.path: found 'artifacts..path': the path has an empty segment. Write artifacts.path [path-syntax]",
    ),
    Wrong(
        "ARN of an execution",
        triggers('{"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:execution:m:1"}'),
        "3:38 workflows.load.on_success[0].arn: found 'arn:aws:states:us-west-1:123456789012:execution:m:1', expected the ARN of a state machine, or of its version or alias, without a template [invalid-value]",
    ),
    Wrong(
        "ARN in another region",
        triggers('{"type": "step_function", "arn": "arn:aws:states:us-east-1:123456789012:stateMachine:m"}'),
        "3:38 workflows.load.on_success[0].arn: found region us-east-1, expected us-west-1. Nested executions start in the orchestrator's region [other-region]",
    ),
    Wrong(
        "ARN in another account",
        triggers('{"type": "step_function", "arn": "arn:aws:states:us-west-1:210987654321:stateMachine:m"}'),
        "3:38 workflows.load.on_success[0].arn: found account 210987654321, expected 123456789012. Write ${aws.account}, or name a target in it [other-account]",
    ),
    Wrong(
        "the orchestrator itself",
        triggers('{"type": "step_function", "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:orchestrator"}'),
        "3:38 workflows.load.on_success[0].arn: found the orchestrator's own state machine, which would start itself in a loop. Name another one [own-state-machine]",
    ),
    Wrong(
        "bus in another account",
        triggers(
            '{"type": "eventbridge", "source": "dwh", "detail_type": "Done", "event_bus": "arn:aws:events:us-west-1:210987654321:event-bus/b"}'
        ),
        "3:82 workflows.load.on_success[0].event_bus: found account 210987654321, expected 123456789012. Write ${aws.account}, or name a target in it [other-account]",
    ),
    Wrong(
        "FIFO queue",
        triggers(
            '{"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q.fifo"}'
        ),
        "3:54 workflows.load.on_success[0].queue_url: found 'https://sqs.us-west-1.amazonaws.com/123456789012/q.fifo', expected the URL of a standard SQS queue (not .fifo), without a template [invalid-value]",
    ),
    Wrong(
        "no queue",
        triggers('{"type": "sqs_mwaa", "dag_id": "d"}'),
        "3:5 workflows.load.on_success[0].queue_url: missing field, and the router has no MWAA_TRIGGER_QUEUE_URL. Set one of them (Terraform variable mwaa_trigger_queue_url) [missing-field]",
    ),
    Wrong(
        "DAG id too long",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e",\n     "dag_id": "load_product_images_into_the_warehouse_of_the_north_west"}'
        ),
        "4:16 workflows.load.on_success[0].dag_id: found 56 URL-encoded characters, expected at most 50 (MWAA's InvokeRestApi limits the path to 64). Use sqs_mwaa, which has no such limit [dag-id-length]",
    ),
    Wrong(
        "value nested too deeply",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"x": ' + "[" * 120 + "]" * 120 + "}}"
        ),
        "3:80 workflows.load.on_success[0].conf.x: found a value nested deeper than 100 levels, expected plain JSON [json-value]",
    ),
    Wrong(
        "not a number",
        triggers('{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"x": NaN}}'),
        "3:74 workflows.load.on_success[0].conf.x: found NaN, which is not JSON, expected plain JSON [json-value]",
    ),
    Wrong(
        "integer that Airflow does not accept",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {\n      "a": [1, 1180591620717411303424]}}'
        ),
        "4:16 workflows.load.on_success[0].conf.a[1]: found 1180591620717411303424, expected a number from -9223372036854775808 to 18446744073709551615, which Airflow accepts. Send it as a string [conf-value]",
    ),
    Wrong(
        "key that Airflow reserves",
        triggers(
            '{"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q",\n     "conf": {"a": [{"__type": "x"}]}, "parameter_mapping": {"__var": "status"}}'
        ),
        "4:22 workflows.load.on_success[0].conf.a[0].__type: a key that Airflow's XCom reserves. Rename it [conf-value]",
        "4:62 workflows.load.on_success[0].parameter_mapping.__var: a key that Airflow's XCom reserves. Rename it [conf-value]",
    ),
    Wrong(
        "character that Airflow does not store",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"a": "x\\u0000"}}',
        ),
        "3:80 workflows.load.on_success[0].conf.a: found 'x\\x00' with the character U+0000, which PostgreSQL does not store. Remove it [conf-value]",
    ),
    Wrong(
        "the dispatcher as its own target",
        triggers(
            '{"type": "sqs_mwaa", "dag_id": "event_dispatcher", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q"}'
        ),
        "3:36 workflows.load.on_success[0].dag_id: found 'event_dispatcher', expected an Airflow DAG id other than event_dispatcher: at most 250 letters, digits, '_', '.', '-', no template [invalid-value]",
    ),
    Wrong(
        "half a surrogate pair",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--x": "\\ud83d"}}'),
        "3:64 workflows.load.on_success[0].arguments.--x: found an unpaired surrogate (invalid Unicode), expected plain JSON [json-value]",
    ),
    # Cycles.
    Wrong(
        "cycle of one workflow",
        triggers('{"type": "glue_job", "job_name": "load"}'),
        '3:5 workflows.load.on_success[0]: the workflows form a cycle: load -> load. If each round ends by itself, write "allow_cycles": true at the top of the file [cycle]',
    ),
    Wrong(
        "cycle of two workflows",
        '{"workflows": {\n  "a": {"on_success": [{"type": "glue_job", "job_name": "b"}]},\n  "b": {"on_approval": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "a"}]}\n}}',
        '4:5 workflows.b.on_approval[0]: the workflows form a cycle: a -> b -> a. If each round ends by itself, write "allow_cycles": true at the top of the file [cycle]',
    ),
    # Warnings.
    Wrong(
        "same trigger twice",
        triggers(
            '{"type": "glue_job", "job_name": "a", "description": "first"}', '{"type": "glue_job", "job_name": "a"}'
        ),
        "4:5 warning: workflows.load.on_success[1]: the same trigger as workflows.load.on_success[0]. The event starts its target twice. Remove one [repeated-trigger]",
    ),
    Wrong(
        "Jinja template",
        triggers('{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"day": "{{ ds }}"}}'),
        "3:82 warning: workflows.load.on_success[0].conf.day: found '{{ ds }}', which is sent as it is. A template is ${path} [looks-like-template]",
    ),
    Wrong(
        "default in conf that looks like JSON",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"flag": "${metrics.flag:-false}",\n'
            '     "list": ["${a:-[]}", "x ${b:-0}", "${c:-none}"]}}'
        ),
        '3:83 warning: workflows.load.on_success[0].conf.flag: found \'${metrics.flag:-false}\', whose default is the text \'false\'. In parameter_mapping, write "flag": {"path": "metrics.flag", "default": false} [default-type]',
        "4:15 warning: workflows.load.on_success[0].conf.list[0]: found '${a:-[]}', whose default is the text '[]'. In parameter_mapping, a default keeps its type [default-type]",
    ),
    Wrong(
        "condition with the syntax of a path",
        triggers(
            '{"type": "glue_job", "job_name": "a", "when": {"$.metrics.rows": [1],\n'
            '     "$or": [{"files[0].name": ["x"]}, {"artifacts": {"${path}": ["y"]}}]}}'
        ),
        "3:52 warning: workflows.load.on_success[0].when.$.metrics.rows: found the field '$.metrics.rows', and a condition has names of fields, without path syntax. Write 'metrics.rows' [path-in-name]",
        "4:15 warning: workflows.load.on_success[0].when.$or[0].files[0].name: found the field 'files[0].name', and a condition has names of fields, without path syntax. Write 'files.name' [path-in-name]",
        "4:55 warning: workflows.load.on_success[0].when.$or[1].artifacts.${path}: found the field '${path}', and a condition has names of fields, without path syntax. Write 'path' [path-in-name]",
    ),
    Wrong(
        "template without braces",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--path": "$artifacts.output_path"}}'),
        "3:67 warning: workflows.load.on_success[0].arguments.--path: found '$artifacts.output_path', which is sent as it is. A template has braces: ${artifacts.output_path} [looks-like-template]",
    ),
    Wrong(
        "Glue argument without dashes",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"path": "x"}}'),
        "3:57 warning: workflows.load.on_success[0].arguments.path: found argument 'path', expected '--path'. Glue reads only arguments with '--' [glue-argument]",
    ),
    Wrong(
        "Glue argument that abbreviates an automatic one",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--source": "x"}}'),
        "3:57 warning: workflows.load.on_success[0].arguments.--source: found argument '--source', and the orchestrator sends '--source_artifacts'. A job that reads one of them with argparse accepts '--source' as its abbreviation. Rename the argument [glue-abbreviation]",
    ),
    Wrong(
        "Glue argument that an automatic one abbreviates",
        triggers('{"type": "glue_job", "job_name": "a", "arguments": {"--source_artifacts_path": "x"}}'),
        "3:57 warning: workflows.load.on_success[0].arguments.--source_artifacts_path: found argument '--source_artifacts_path', and the orchestrator sends '--source_artifacts'. A job that reads '--source_artifacts_path' with argparse accepts '--source_artifacts' as its abbreviation. Rename the argument [glue-abbreviation]",
    ),
    Wrong(
        "unknown region",
        triggers('{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "region": "us-wset-2"}'),
        "3:76 warning: workflows.load.on_success[0].region: found region 'us-wset-2', which the AWS SDK does not know. Did you mean 'us-west-2'? [unknown-region]",
    ),
    Wrong(
        "target like a job",
        triggers('{"type": "glue_job", "job_name": "Load"}'),
        "3:5 warning: workflows.load.on_success[0]: found target 'Load', and a job 'load'. Their names differ only in case, '-' or '_'. Write the same name if one job is meant [similar-names]",
    ),
    Wrong(
        "little room for the event",
        triggers(
            '{"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"x": "' + "x" * 200_000 + '"}}'
        ),
        "3:5 warning: workflows.load.on_success[0]: found 200,079 bytes, which leaves 45,681 bytes of an execution's input for the event. Pass the address of large values instead [quota-headroom]",
    ),
    Wrong(
        "many large triggers",
        triggers(*[LARGE.replace("NAME", name) for name in ("a", "b", "c", "d")]),
        "2:26 warning: workflows.load.on_success: found 240,256 bytes in 4 triggers. With an event of 65,536 bytes they exceed one execution's input (258,048), so the event is started in several parts. Pass the address of large values instead [quota-headroom]",
    ),
    # Paths that an event of the configuration does not have.
    Wrong(
        "condition on a field that the chain does not publish",
        '{"workflows": {"a": {"on_success": [\n'
        '  {"type": "glue_job", "job_name": "b", "wait": true, "publish": true}]},\n'
        '  "b": {"on_success": [{"type": "glue_job", "job_name": "c", "when": {"metrics": {"rows": [1]}}}]}}}',
        "3:83 workflows.b.on_success[0].when.metrics.rows: found 'metrics.rows', but the event that workflows.a.on_success[0] "
        "publishes for b (on_success) has no 'metrics.rows'. The trigger never starts. Correct the path, or let the job publish "
        "its own event in place of 'publish' [event-path]",
    ),
)
