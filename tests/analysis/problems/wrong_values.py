"""Values that the router accepts and that are probably mistakes, and Glue's own arguments, with the exact lines."""

from __future__ import annotations

from tests.analysis.problems.wrong_configurations import Wrong

WRONG_VALUES = (
    Wrong(
        "argument that Glue keeps for its mode",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--mode": "append"}}\n  ]}\n}}',
        "3:57 workflows.load.on_success[0].arguments.--mode: reserved field, which the service sets itself (docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html). Rename it [reserved-argument]",
    ),
    Wrong(
        "argument that Glue keeps for debugging",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--debug": "1"}}\n  ]}\n}}',
        "3:57 workflows.load.on_success[0].arguments.--debug: reserved field, which the service sets itself (docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html). Rename it [reserved-argument]",
    ),
    Wrong(
        "argument with the name of the job",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--JOB_NAME": "x"}}\n  ]}\n}}',
        "3:57 workflows.load.on_success[0].arguments.--JOB_NAME: reserved field, which the service sets itself (docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html). Rename it [reserved-argument]",
    ),
    Wrong(
        "argument with the id of the run",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--JOB_RUN_ID": "jr_1"}}\n  ]}\n}}',
        "3:57 workflows.load.on_success[0].arguments.--JOB_RUN_ID: reserved field, which the service sets itself (awsglue.utils.getResolvedOptions refuses it: github.com/awslabs/aws-glue-libs). Rename it [reserved-argument]",
    ),
    Wrong(
        "argument with the id of the job",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--JOB_ID": "j_1"}}\n  ]}\n}}',
        "3:57 workflows.load.on_success[0].arguments.--JOB_ID: reserved field, which the service sets itself (awsglue.utils.getResolvedOptions refuses it: github.com/awslabs/aws-glue-libs). Rename it [reserved-argument]",
    ),
    Wrong(
        "argument with the endpoint",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--endpoint": "x"}}\n  ]}\n}}',
        "3:57 workflows.load.on_success[0].arguments.--endpoint: reserved field, which the service sets itself (docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html). Rename it [reserved-argument]",
    ),
    Wrong(
        "argument with the security configuration",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--SECURITY_CONFIGURATION": "x"}}\n  ]}\n}}',
        "3:57 workflows.load.on_success[0].arguments.--SECURITY_CONFIGURATION: reserved field, which the service sets itself (awsglue.utils.getResolvedOptions refuses it: github.com/awslabs/aws-glue-libs). Rename it [reserved-argument]",
    ),
    Wrong(
        "argument that begins three automatic ones",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--triggered_by": "x"}}\n  ]}\n}}',
        "3:57 warning: workflows.load.on_success[0].arguments.--triggered_by: found argument '--triggered_by', and the orchestrator sends '--triggered_by_job', '--triggered_by_run_id', '--triggered_by_execution'. A job that reads one of them with argparse accepts '--triggered_by' as its abbreviation. Rename the argument [glue-abbreviation]",
    ),
    Wrong(
        "argument with Spark's conf",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--conf": "spark.executor.memory=4g"}}\n  ]}\n}}',
        "3:57 warning: workflows.load.on_success[0].arguments.--conf: found '--conf'. A run's value replaces the job's own, and older editions of AWS's page call the argument internal. Set it in the job's default arguments (docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html) [glue-conf]",
    ),
    Wrong(
        "argument with a hyphen",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--my-date": "x"}}\n  ]}\n}}',
        "3:57 warning: workflows.load.on_success[0].arguments.--my-date: found argument '--my-date', which getResolvedOptions returns as 'my_date'. Write '--my_date' [glue-hyphen]",
    ),
    Wrong(
        "arguments that differ by a hyphen",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--my-date": "x", "--my_date": "y"}}\n  ]}\n}}',
        "3:57 warning: workflows.load.on_success[0].arguments.--my-date: found argument '--my-date', and '--my_date'. getResolvedOptions returns both as 'my_date', so one value is lost. Write '--my_date' [glue-hyphen]",
    ),
    Wrong(
        "one dash",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"-x": "1"}}\n  ]}\n}}',
        "3:57 warning: workflows.load.on_success[0].arguments.-x: found argument '-x', expected '--x'. Glue reads only arguments with '--' [glue-argument]",
    ),
    Wrong(
        "Glue job of 256 characters",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}\n  ]}\n}}',
        "3:38 workflows.load.on_success[0].job_name: found 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, expected a Glue job's name of 1 to 255 characters without a ${...} template (only the configuration names targets) [invalid-value]",
    ),
    Wrong(
        "Glue job by its ARN",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "arn:aws:glue:us-west-1:123456789012:job/load_orders"}\n  ]}\n}}',
        "3:38 warning: workflows.load.on_success[0].job_name: found 'arn:aws:glue:us-west-1:123456789012:job/load_orders', which looks like an address, expected a Glue job's name. Write 'load_orders' if that is the name [address-as-name]",
    ),
    Wrong(
        "Glue job by its script",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "s3://scripts/load.py"}\n  ]}\n}}',
        "3:38 warning: workflows.load.on_success[0].job_name: found 's3://scripts/load.py', which looks like an address, expected a Glue job's name. Write 'load' if that is the name [address-as-name]",
    ),
    Wrong(
        "Glue job by a file",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "load.scala"}\n  ]}\n}}',
        "3:38 warning: workflows.load.on_success[0].job_name: found 'load.scala', which looks like a file, expected a Glue job's name. Write 'load' if that is the name [address-as-name]",
    ),
    Wrong(
        "DAG by its file",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "my_dag.py"}\n  ]}\n}}',
        "3:61 warning: workflows.load.on_success[0].dag_id: found 'my_dag.py', which looks like a file, expected a DAG's id. Write 'my_dag' if that is the name [address-as-name]",
    ),
    Wrong(
        "published job by an ARN",
        '{"workflows": {"load": {"on_success": [\n {"type": "glue_job", "job_name": "a", "wait": true, "publish": true, "publish_as": "arn:aws:glue:us-west-1:123456789012:job/b"}]},\n "arn:aws:glue:us-west-1:123456789012:job/b": {"on_success": [{"type": "glue_job", "job_name": "c"}]}}}',
        "2:85 warning: workflows.load.on_success[0].publish_as: found 'arn:aws:glue:us-west-1:123456789012:job/b', which looks like an address, expected a job name. Write 'b' if that is the name [address-as-name]",
        "3:2 warning: workflows.arn:aws:glue:us-west-1:123456789012:job/b: found 'arn:aws:glue:us-west-1:123456789012:job/b', which looks like an address, expected a job name. Write 'b' if that is the name [address-as-name]",
    ),
    Wrong(
        "workflow of a script",
        '{"workflows": {\n "load.py": {"on_success": [{"type": "glue_job", "job_name": "x"}]}}}',
        "2:2 warning: workflows.load.py: found 'load.py', which looks like a file, expected a job name. Write 'load' if that is the name [address-as-name]",
    ),
    Wrong(
        "workflow with a wildcard",
        '{"workflows": {\n "load_*": {"on_success": [{"type": "glue_job", "job_name": "x"}]}}}',
        "2:2 warning: workflows.load_*: found the job name 'load_*'. A name has no wildcards, so only a job of exactly this name matches. Write each job [wildcard-in-name]",
    ),
    Wrong(
        "target with a wildcard",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "load_*"}\n  ]}\n}}',
        "3:38 warning: workflows.load.on_success[0].job_name: found 'load_*'. The field has no wildcards, so the target has exactly this name. Write one trigger for each target [wildcard-in-name]",
    ),
    Wrong(
        "job of a join with a wildcard",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["load_*", "b"], "key": "${day}",\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "2:19 warning: joins.j.all_of[0]: found the job name 'load_*'. A name has no wildcards, so only a job of exactly this name matches. Write each job [wildcard-in-name]",
    ),
    Wrong(
        "queue without TLS",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "sqs_mwaa", "dag_id": "d", "queue_url": "http://sqs.us-west-1.amazonaws.com/123456789012/q"}\n  ]}\n}}',
        "3:54 warning: workflows.load.on_success[0].queue_url: found 'http://sqs.us-west-1.amazonaws.com/123456789012/q', which sends messages without TLS. Write https:// [url-without-tls]",
    ),
    Wrong(
        "queue in an unknown region",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "eventbridge", "source": "s", "detail_type": "t", "event_bus": "arn:aws:events:us-wst-1:123456789012:event-bus/b"}\n  ]}\n}}',
        "3:77 workflows.load.on_success[0].event_bus: found region us-wst-1, expected us-west-1. Name a bus in that region, and add a rule that forwards to the other region [other-region]",
        "3:77 warning: workflows.load.on_success[0].event_bus: found region 'us-wst-1', which the AWS SDK does not know. Did you mean 'us-west-1'? [unknown-region]",
    ),
    Wrong(
        "one DAG by both types",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d"},\n    {"type": "sqs_mwaa", "dag_id": "d", "queue_url": "https://sqs.us-west-1.amazonaws.com/123456789012/q"}\n  ]}\n}}',
        "4:36 warning: workflows.load.on_success[1].dag_id: found the DAG 'd', which workflows.load.on_success[0] starts by mwaa_dag. The event starts it twice. Remove one [repeated-dag]",
    ),
    Wrong(
        "swapped mapping",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"artifacts.output_path": "input"}}\n  ]}\n}}',
        "3:88 warning: workflows.load.on_success[0].parameter_mapping.artifacts.output_path: found the conf key 'artifacts.output_path', which looks like a path, and the path 'input'. A mapping is conf key to path: write \"input\": \"artifacts.output_path\" [swapped-mapping]",
    ),
    Wrong(
        "swapped mapping of a metric",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"metrics.rows": "rows"}}\n  ]}\n}}',
        "3:88 warning: workflows.load.on_success[0].parameter_mapping.metrics.rows: found the conf key 'metrics.rows', which looks like a path, and the path 'rows'. A mapping is conf key to path: write \"rows\": \"metrics.rows\" [swapped-mapping]",
    ),
    Wrong(
        "mapping that conf hides",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"day": "2026-01-01"}, "parameter_mapping": {"day": "start_date"}}\n  ]}\n}}',
        "3:119 warning: workflows.load.on_success[0].parameter_mapping.day: conf has the key 'day' too, and has priority, so the mapping has no effect. Remove one of them [unused-mapping]",
    ),
    Wrong(
        "password in an argument",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--db_password": "hunter2"}}\n  ]}\n}}',
        "3:74 warning: workflows.load.on_success[0].arguments.--db_password: found a secret in plain text, which everybody who reads the configuration or the execution sees. Pass the name of a secret in AWS Secrets Manager [plain-text-secret]",
    ),
    Wrong(
        "API key in conf",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"service": {"apiKey": "x93jf83kd"}}}\n  ]}\n}}',
        "3:97 warning: workflows.load.on_success[0].conf.service.apiKey: found a secret in plain text, which everybody who reads the configuration or the execution sees. Pass the name of a secret in AWS Secrets Manager [plain-text-secret]",
    ),
    Wrong(
        "access key in a value",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--key": "AKIAIOSFODNN7EXAMPLE"}}\n  ]}\n}}',
        "3:66 warning: workflows.load.on_success[0].arguments.--key: found a secret in plain text, which everybody who reads the configuration or the execution sees. Pass the name of a secret in AWS Secrets Manager [plain-text-secret]",
    ),
    Wrong(
        "password in a URL",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"url": "postgresql://etl:hunter2@db/prod"}}\n  ]}\n}}',
        "3:82 warning: workflows.load.on_success[0].conf.url: found a secret in plain text, which everybody who reads the configuration or the execution sees. Pass the name of a secret in AWS Secrets Manager [plain-text-secret]",
    ),
    Wrong(
        "private key",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"pem": "-----BEGIN RSA PRIVATE KEY-----"}}\n  ]}\n}}',
        "3:82 warning: workflows.load.on_success[0].conf.pem: found a secret in plain text, which everybody who reads the configuration or the execution sees. Pass the name of a secret in AWS Secrets Manager [plain-text-secret]",
    ),
    Wrong(
        "token in a list",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "conf": {"token": ["abc123def"]}}\n  ]}\n}}',
        "3:85 warning: workflows.load.on_success[0].conf.token[0]: found a secret in plain text, which everybody who reads the configuration or the execution sees. Pass the name of a secret in AWS Secrets Manager [plain-text-secret]",
    ),
    Wrong(
        "misspelt root artefacts",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "${artefacts.output_path}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '${artefacts.output_path}': the event of a job usually has no such field. Write '${artifacts.output_path}' [unknown-root]",
    ),
    Wrong(
        "misspelt root metric",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "${metric.rows}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '${metric.rows}': the event of a job usually has no such field. Write '${metrics.rows}' [unknown-root]",
    ),
    Wrong(
        "misspelt root with swapped letters",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "${artifcats.rows:-0}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '${artifcats.rows:-0}': the event of a job usually has no such field. Write '${artifacts.rows:-0}' [unknown-root]",
    ),
    Wrong(
        "root in camel case",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "${startDate}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '${startDate}': the event of a job usually has no such field. Write '${start_date}' [unknown-root]",
    ),
    Wrong(
        "root with an envelope",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "${event.artifacts.output_path}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '${event.artifacts.output_path}': the event of a job usually has no such field. Write '${artifacts.output_path}' [unknown-root]",
    ),
    Wrong(
        "root of a nested execution's input",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "${source_event.metrics.rows}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '${source_event.metrics.rows}': the event of a job usually has no such field. Write '${metrics.rows}' [unknown-root]",
    ),
    Wrong(
        "root of EventBridge",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"day": "detail.start_date"}}\n  ]}\n}}',
        "3:95 warning: workflows.load.on_success[0].parameter_mapping.day: found 'detail.start_date': the event of a job usually has no such field. Write 'start_date' [unknown-root]",
    ),
    Wrong(
        "misspelt root in a mapping",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"day": "star_date"}}\n  ]}\n}}',
        "3:95 warning: workflows.load.on_success[0].parameter_mapping.day: found 'star_date': the event of a job usually has no such field. Write 'start_date' [unknown-root]",
    ),
    Wrong(
        "misspelt root in a condition",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"metric": {"rows": [1]}}}\n  ]}\n}}',
        "3:63 warning: workflows.load.on_success[0].when.metric.rows: found 'metric.rows': the event of a job usually has no such field. Write 'metrics.rows' [unknown-root]",
    ),
    Wrong(
        "misspelt root in a key",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${star_date}",\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "2:37 warning: joins.j.key: found '${star_date}': the event of a job usually has no such field. Write '${start_date}' [unknown-root]",
    ),
    Wrong(
        "default without a colon",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "${start_date-2026}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '${start_date-2026}': a default begins with ':-'. Write '${start_date:-2026}' [unknown-root]",
    ),
    Wrong(
        "template of JSONPath",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "$.artifacts.output_path"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '$.artifacts.output_path', which is sent as it is. A template is not JSONPath: write ${artifacts.output_path} [looks-like-template]",
    ),
    Wrong(
        "template of Python",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "{start_date}"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '{start_date}', which is sent as it is. A template begins with '$': ${start_date} [looks-like-template]",
    ),
    Wrong(
        "variable of the environment",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "arguments": {"--x": "$HOME/data"}}\n  ]}\n}}',
        "3:64 warning: workflows.load.on_success[0].arguments.--x: found '$HOME', which is sent as it is. Nothing reads the environment: write a fixed text, or a template such as ${start_date} [looks-like-template]",
    ),
    Wrong(
        "date of a job in a join's trigger",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${day}",\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x", "arguments": {"--d": "${start_date}"}}]}}}',
        "4:63 joins.j.on_complete[0].arguments.--d: found '${start_date}', but the event of joins.j has no 'start_date'. The trigger fails. Read the event of a job: upstream.JOB.start_date [event-path]",
    ),
    Wrong(
        "metric of a job in a join's trigger",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${day}",\n  "on_complete": [\n   {"type": "mwaa_dag", "environment_name": "e", "dag_id": "d", "parameter_mapping": {"n": "metrics.rows"}}]}}}',
        "4:92 warning: joins.j.on_complete[0].parameter_mapping.n: found 'metrics.rows', but the event of joins.j has no 'metrics.rows'. The parameter is left out. Read the event of a job: upstream.JOB.metrics.rows [event-path-missing]",
    ),
    Wrong(
        "join key with the job",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${job_name}",\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "2:37 warning: joins.j.key: found '${job_name}', which differs for each job, so the jobs never meet. Use a field that they share, such as ${start_date} [join-key]",
    ),
    Wrong(
        "join key with the run",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${job_run_id}",\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "2:37 warning: joins.j.key: found '${job_run_id}', which differs for each run, so the jobs meet only if they publish one run id. Use a field that they share, such as ${start_date} [join-key]",
    ),
    Wrong(
        "join key with the job and a date",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${start_date}-${job_name}",\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "2:37 warning: joins.j.key: found '${job_name}', which differs for each job, so the jobs never meet. Use a field that they share, such as ${start_date} [join-key]",
    ),
    Wrong(
        "join key with the status",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${status}",\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "2:37 warning: joins.j.key: found '${status}', which is the same for every run. Use a field that differs, such as ${start_date} [join-key]",
    ),
    Wrong(
        "join with triggers for a deadline that never comes",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${day}",\n  "on_deadline": [{"type": "glue_job", "job_name": "late"}],\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "3:3 warning: joins.j.on_deadline: found triggers, but the join has no deadline, so they never start. Add deadline_hours [join-deadline]",
    ),
    Wrong(
        "job of a join one letter from a workflow",
        '{"workflows": {"load_orders": {"on_success": [{"type": "glue_job", "job_name": "x"}]}}, "joins": {\n "j": {"all_of": ["load_order", "b"], "key": "${day}", "on_complete": [{"type": "glue_job", "job_name": "y"}]}}}',
        "2:19 warning: joins.j.all_of[0]: found job 'load_order', and a job 'load_orders'. Their names differ by one letter. Write the same name if one job is meant [similar-names]",
    ),
    Wrong(
        "condition on the status of a success",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"status": ["FAILED"]}}\n  ]}\n}}',
        "3:52 warning: workflows.load.on_success[0].when.status: every event of on_success has the status 'SUCCESS', so the condition is never true, and the trigger never starts. Remove it, or move the trigger [condition-constant]",
    ),
    Wrong(
        "condition that is always true",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"status": ["SUCCESS"]}}\n  ]}\n}}',
        "3:52 warning: workflows.load.on_success[0].when.status: every event of on_success has the status 'SUCCESS', so the condition is always true. Remove it [condition-constant]",
    ),
    Wrong(
        "condition on the decision of an approval",
        '{"workflows": {\n "load": {"on_approval": [\n  {"type": "glue_job", "job_name": "x", "when": {"decision": [{"prefix": "REJ"}]}}]}}}',
        "3:50 warning: workflows.load.on_approval[0].when.decision: every event of on_approval has the decision 'APPROVED', so the condition is never true, and the trigger never starts. Remove it, or move the trigger [condition-constant]",
    ),
    Wrong(
        "condition on the name of the workflow",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"job_name": ["other"]}}\n  ]}\n}}',
        "3:52 warning: workflows.load.on_success[0].when.job_name: every event of on_success has the job_name 'load', so the condition is never true, and the trigger never starts. Remove it, or move the trigger [condition-constant]",
    ),
    Wrong(
        "condition on the status within an alternative",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"$or": [{"status": ["FAILED"]}, {"day": ["x"]}]}}\n  ]}\n}}',
        "3:61 warning: workflows.load.on_success[0].when.$or[0].status: every event of on_success has the status 'SUCCESS', so the alternative is never true. Remove it [condition-constant]",
    ),
    Wrong(
        "condition with a boolean as text",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"approved": ["True"]}}\n  ]}\n}}',
        "3:65 warning: workflows.load.on_success[0].when.approved[0]: found the text 'True', which the value true does not match. Write true without quotes [condition-text]",
    ),
    Wrong(
        "condition with a number as text",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"metrics": {"rows": ["0"]}}}\n  ]}\n}}',
        "3:73 warning: workflows.load.on_success[0].when.metrics.rows[0]: found the text '0', which the number 0 does not match. Write it without quotes [condition-text]",
    ),
    Wrong(
        "condition with a wildcard in plain text",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "when": {"artifacts": {"path": ["s3://prod-*"]}}}\n  ]}\n}}',
        "3:75 warning: workflows.load.on_success[0].when.artifacts.path[0]: found 's3://prod-*', which matches only the character '*'. Write {\"wildcard\": \"s3://prod-*\"} [condition-wildcard]",
    ),
    Wrong(
        "published job one letter from a workflow",
        '{"workflows": {\n "load": {"on_success": [\n  {"type": "glue_job", "job_name": "clean_order", "wait": true, "publish": true}]},\n "clean_orders": {"on_success": [\n  {"type": "glue_job", "job_name": "x"}]}}}',
        "3:3 warning: workflows.load.on_success[0]: found published job 'clean_order', and a job 'clean_orders'. Their names differ by one letter. Write the same name if one job is meant [similar-names]",
    ),
    Wrong(
        "published job with swapped letters",
        '{"workflows": {\n "load": {"on_success": [\n  {"type": "glue_job", "job_name": "claen_orders", "wait": true, "publish": true}]},\n "clean_orders": {"on_success": [\n  {"type": "glue_job", "job_name": "x"}]}}}',
        "3:3 warning: workflows.load.on_success[0]: found published job 'claen_orders', and a job 'clean_orders'. Their names differ by one letter. Write the same name if one job is meant [similar-names]",
    ),
    Wrong(
        "published job without a workflow",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "y", "wait": true, "publish": true}\n  ]}\n}}',
        "3:68 warning: workflows.load.on_success[0].publish: publishes the job 'y', which has no workflow and is in no join, so the event starts nothing. Add a workflow, or remove 'publish' [publish-without-workflow]",
    ),
    Wrong(
        "metric of a published job",
        '{"workflows": {\n "load": {"on_success": [\n  {"type": "glue_job", "job_name": "clean", "wait": true, "publish": true}]},\n "clean": {"on_success": [\n  {"type": "glue_job", "job_name": "x", "arguments": {"--n": "${metrics.rows}"}}]}}}',
        "5:62 workflows.clean.on_success[0].arguments.--n: found '${metrics.rows}', but the event that workflows.load.on_success[0] publishes for clean (on_success) has no 'metrics.rows'. The trigger fails. Correct the path, or let the job publish its own event in place of 'publish' [event-path]",
    ),
    Wrong(
        "artifact of a published Glue job",
        '{"workflows": {\n "load": {"on_success": [\n  {"type": "glue_job", "job_name": "clean", "wait": true, "publish": true}]},\n "clean": {"on_success": [\n  {"type": "glue_job", "job_name": "x", "arguments": {"--n": "${artifacts.path}"}}]}}}',
        "5:62 workflows.clean.on_success[0].arguments.--n: found '${artifacts.path}', but the event that workflows.load.on_success[0] publishes for clean (on_success) has no 'artifacts.path'. The trigger fails. Correct the path, or let the job publish its own event in place of 'publish' [event-path]",
    ),
    Wrong(
        "condition on a metric of a published job",
        '{"workflows": {\n "load": {"on_success": [\n  {"type": "glue_job", "job_name": "clean", "wait": true, "publish": true}]},\n "clean": {"on_success": [\n  {"type": "glue_job", "job_name": "x", "when": {"metrics": {"rows": [1]}}}]}}}',
        "5:62 workflows.clean.on_success[0].when.metrics.rows: found 'metrics.rows', but the event that workflows.load.on_success[0] publishes for clean (on_success) has no 'metrics.rows'. The trigger never starts. Correct the path, or let the job publish its own event in place of 'publish' [event-path]",
    ),
    Wrong(
        "publish without wait",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "publish": true}\n  ]}\n}}',
        '3:54 workflows.load.on_success[0].publish: found true without "wait": true, which it needs [needs-field]',
    ),
    Wrong(
        "name of an event that is not published",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "wait": true, "publish_as": "b"}\n  ]}\n}}',
        '3:71 workflows.load.on_success[0].publish_as: found a name without "publish": true, which it needs [needs-field]',
    ),
    Wrong(
        "cycle that publish closes",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "load", "wait": true, "publish": true}\n  ]}\n}}',
        "3:5 workflows.load.on_success[0]: the workflows form a cycle that never ends, because 'publish' closes it: load -> load. Remove 'publish' from one of its triggers, or give one a condition 'when' [endless-cycle]",
    ),
    Wrong(
        "accepted code that does not apply",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "accept": ["glue-hyphen"], "arguments": {"--x": "1"}}\n  ]}\n}}',
        "3:54 warning: workflows.load.on_success[0].accept[0]: found 'glue-hyphen', and no such warning applies here. Remove it [unused-accept]",
    ),
    Wrong(
        "accepted code of an error",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "accept": ["path-syntax"], "arguments": {"--x": "1"}}\n  ]}\n}}',
        "3:54 workflows.load.on_success[0].accept[0]: found 'path-syntax', which is the code of an error. Only warnings can be accepted. Correct the error. Did you mean 'path-in-name'? [unknown-code]",
    ),
    Wrong(
        "accepted code with a typo",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "accept": ["glue-arguments"], "arguments": {"path": "1"}}\n  ]}\n}}',
        "3:54 workflows.load.on_success[0].accept[0]: found 'glue-arguments', expected the code of a warning (docs/problem-codes.md). Did you mean 'glue-argument'? [unknown-code]",
        "3:87 warning: workflows.load.on_success[0].arguments.path: found argument 'path', expected '--path'. Glue reads only arguments with '--' [glue-argument]",
    ),
    Wrong(
        "accepted codes as a text",
        '{"workflows": {\n  "load": {"on_success": [\n    {"type": "glue_job", "job_name": "a", "accept": "glue-hyphen", "arguments": {"--x": "1"}}\n  ]}\n}}',
        "3:53 workflows.load.on_success[0].accept: found 'glue-hyphen', expected a list [wrong-type]",
    ),
    Wrong(
        "accepted code of a trigger in its workflow",
        '{"workflows": {"load": {"accept": ["glue-argument"],\n "on_success": [{"type": "glue_job", "job_name": "a", "arguments": {"path": "x"}}]}}}',
        "1:36 warning: workflows.load.accept[0]: found 'glue-argument', and no such warning applies here. Remove it [unused-accept]",
        "2:69 warning: workflows.load.on_success[0].arguments.path: found argument 'path', expected '--path'. Glue reads only arguments with '--' [glue-argument]",
    ),
    Wrong(
        "accepted code of a join that has a deadline",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${day}", "accept": ["join-deadline"],\n  "on_complete": [\n   {"type": "glue_job", "job_name": "x"}]}}}',
        "2:58 warning: joins.j.accept[0]: found 'join-deadline', and no such warning applies here. Remove it [unused-accept]",
    ),
)
