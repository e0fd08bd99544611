"""Wrong joins, each with the exact lines that ``orchestrator validate`` prints for it."""

from __future__ import annotations

from tests.analysis.problems.wrong_configurations import Wrong

WRONG_JOINS = (
    Wrong(
        "joins are a list",
        '{\n "workflows": {},\n "joins": []\n}',
        "3:11 joins: found a list, expected an object of join name to join [wrong-type]",
    ),
    Wrong(
        "join without a key",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n }\n}',
        "4:8 joins.j.key: missing field [missing-field]",
    ),
    Wrong(
        "join with a fixed key",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "today",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n }\n}',
        "9:11 joins.j.key: found 'today', expected a text with a template, such as ${start_date} [invalid-value]",
    ),
    Wrong(
        "join with an empty template in the key",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "${a..b}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n }\n}',
        "9:11 joins.j.key: found '${a..b}': the path has an empty segment. Write ${a.b} [path-syntax]",
    ),
    Wrong(
        "join of one job",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n }\n}',
        "5:14 joins.j.all_of: found a list of 1, expected 2 to 50 jobs [join-jobs]",
    ),
    Wrong(
        "join with a job twice",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "a"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n }\n}',
        "7:5 joins.j.all_of[1]: found 'a' twice. Remove one [join-jobs]",
    ),
    Wrong(
        "join with a negative deadline",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ],\n   "deadline_hours": -1\n  }\n }\n}',
        "16:22 joins.j.deadline_hours: found -1, expected 0 (no deadline) to 720 hours [invalid-value]",
    ),
    Wrong(
        "join with a deadline as text",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ],\n   "deadline_hours": "6"\n  }\n }\n}',
        "16:22 joins.j.deadline_hours: found '6', expected a whole number [wrong-type]",
    ),
    Wrong(
        "join with a misspelt field",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ],\n   "on_completed": []\n  }\n }\n}',
        "16:4 joins.j.on_completed: unknown field, expected one of: accept, all_of, deadline_hours, description, key, on_complete, on_deadline. Did you mean 'on_complete'? [unknown-field]",
    ),
    Wrong(
        "join of a join",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "k"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  },\n  "k": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n }\n}',
        "7:5 joins.j.all_of[1]: found the join 'k', expected a job: a join publishes no event. Let one of its triggers publish one [join-jobs]",
    ),
    Wrong(
        "join with the name of a workflow",
        '{\n "workflows": {\n  "j": {\n   "on_success": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n },\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ]\n  }\n }\n}',
        "13:3 joins.j: found a workflow of the same name. Rename the join [repeated-name]",
    ),
    Wrong(
        "wrong trigger of a join",
        '{\n "workflows": {},\n "joins": {\n  "j": {\n   "all_of": [\n    "a",\n    "b"\n   ],\n   "key": "${start_date}",\n   "on_complete": [\n    {\n     "type": "glue_job",\n     "job_name": "d"\n    }\n   ],\n   "on_deadline": [\n    {\n     "type": "glue_job"\n    }\n   ]\n  }\n }\n}',
        "16:4 warning: joins.j.on_deadline: found triggers, but the join has no deadline, so they never start. Add deadline_hours [join-deadline]",
        "17:5 joins.j.on_deadline[0].job_name: missing field [missing-field]",
    ),
    Wrong(
        "join with a template of Jinja and an argument without dashes",
        '{"workflows": {}, "joins": {"j": {"all_of": ["a", "b"], "key": "${day}", "on_deadline": [\n{"type": "glue_job",\n "job_name": "d", "arguments": {"path": "{{ ds }}"}}]}}}',
        "1:74 warning: joins.j.on_deadline: found triggers, but the join has no deadline, so they never start. Add deadline_hours [join-deadline]",
        "3:33 warning: joins.j.on_deadline[0].arguments.path: found argument 'path', expected '--path'. Glue reads only arguments with '--' [glue-argument]",
        "3:41 warning: joins.j.on_deadline[0].arguments.path: found '{{ ds }}', which is sent as it is. A template is ${path} [looks-like-template]",
    ),
    Wrong(
        "path with the name of a job with dots",
        '{"workflows": {}, "joins": {"j": {"all_of": ["dwh.orders", "b"], "key": "${day}", "on_complete": [\n{"type": "glue_job",\n "job_name": "d", "arguments": {"--p": "${upstream.dwh.orders.artifacts.path}"}}]}}}',
        "3:40 joins.j.on_complete[0].arguments.--p: found '${upstream.dwh.orders.artifacts.path}', but the event of joins.j has no 'upstream.dwh.orders.artifacts.path'. The trigger fails. Correct the path, or let the job publish the field [event-path]",
        "3:40 warning: joins.j.on_complete[0].arguments.--p: found the path 'upstream.dwh.orders.artifacts.path', whose segments end at each dot. Write upstream.\\\"dwh.orders\\\".artifacts.path [path-in-name]",
    ),
    Wrong(
        "join without triggers",
        '{"workflows": {}, "joins": {\n "j": {"all_of": ["a", "b"], "key": "${day}"}}}',
        "2:7 warning: joins.j: the join has no triggers, so its events start nothing. Add one, or remove the join [empty-workflow]",
    ),
)
