"""Configurations that people write on purpose, without a warning; each is near a mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import conditions, console, engine, recorded
from bench.validate import configuration
from local.defaults import EXAMPLE_CONFIG
from orchestration.triggers import REGISTRY
from tests.trigger_types import TYPE_CASES

ROOT = Path(__file__).parents[3]
_GLUE: dict[str, Any] = {"type": "glue_job", "job_name": "load_orders"}
_DAG: dict[str, Any] = {"type": "mwaa_dag", "environment_name": "airflow", "dag_id": "report"}
_QUEUE: dict[str, Any] = {"type": "sqs_mwaa", "dag_id": "report"}
_MACHINE: dict[str, Any] = {
    "type": "step_function",
    "arn": "arn:aws:states:us-west-1:123456789012:stateMachine:clean_orders",
}
_PUBLISH = {"wait": True, "publish": True}
_JOIN = {"all_of": ["orders", "customers"], "key": "${start_date}", "on_complete": [_GLUE]}


def _arguments(**arguments: str) -> dict[str, Any]:
    return {**_GLUE, "arguments": {f"--{name}": value for name, value in arguments.items()}}


def _when(**when: Any) -> dict[str, Any]:
    return {**_GLUE, "when": when}


_TRIGGERS: dict[str, dict[str, Any]] = {
    "free field of the publisher": _arguments(day="${business_date}", region="${region}", at="${created_at}"),
    "field named event": _arguments(event="${event}", name="${event.name}"),
    "list element": _arguments(first="${artifacts.files.0}"),
    "default with a hyphen": _arguments(day="${business_date:-2026-01-01}"),
    "key with a hyphen": _arguments(day="${artifacts.output-path}"),
    "escaped template": _arguments(text="$${start_date}"),
    "price": _arguments(text="costs $5 or US$100"),
    "regular expression": _arguments(pattern="^[a-z]{3}$"),
    "JSON text": _arguments(options='{"header": true}'),
    "name of a secret": _arguments(secret_name="prod/redshift", password_parameter="/etl/password"),
    "ARN of a secret": _arguments(db_password="arn:aws:secretsmanager:us-west-1:123456789012:secret:db"),
    "password from the event": _arguments(password="${artifacts.secret_name}"),
    "number of tokens": _arguments(max_tokens="512", token_count="7"),
    "primary key": _arguments(primary_key="order_id", key="id"),
    "arguments that Glue reads": {
        **_GLUE,
        "arguments": {"--enable-metrics": "true", "--TempDir": "s3://b/t/", "--extra-py-files": "s3://b/x.py"},
    },
    "bookmark of Glue": {**_GLUE, "arguments": {"--job-bookmark-option": "job-bookmark-enable"}},
    "accepted conf of Spark": {**_GLUE, "arguments": {"--conf": "spark.x=1"}, "accept": ["glue-conf"]},
    "accepted hyphen": {**_GLUE, "arguments": {"--my-date": "${start_date}"}, "accept": ["glue-hyphen"]},
    "accepted template of the target": {**_DAG, "conf": {"sql": "{{ ds }}"}, "accept": ["looks-like-template"]},
    "target like another one": {**_GLUE, "job_name": "upstreams"},
    "name with dots": {**_GLUE, "job_name": "dwh.load_orders"},
    "name with blanks": {**_GLUE, "job_name": "Load orders to Redshift"},
    "long name": {**_GLUE, "job_name": "x" * 255},
    "name of the environment": {**_GLUE, "job_name": "load_${deploy.env}"},
    "queue of a local engine": {**_QUEUE, "queue_url": "http://localhost:4566/123456789012/queue"},
    "mapping of equal names": {**_DAG, "parameter_mapping": {"start_date": "start_date"}},
    "mapping of another date": {**_DAG, "parameter_mapping": {"start_date": "business_date"}},
    "mapping to a key with a dot": {**_DAG, "parameter_mapping": {"input.path": "artifacts.output_path"}},
    "conf and mapping": {**_DAG, "conf": {"priority": "high"}, "parameter_mapping": {"day": "start_date"}},
    "nested conf": {**_DAG, "conf": {"tables": ["a", "b"], "options": {"full": False, "n": None}}},
    "condition on a text": _when(release=["2", "2.1"], region=["eu"]),
    "condition on a boolean": _when(approved=[True]),
    "condition on a boolean or its text": _when(approved=[True, "true"]),
    "condition with a wildcard": _when(artifacts={"path": [{"wildcard": "s3://prod-*"}]}),
    "condition on a status in the artifacts": _when(artifacts={"status": ["complete"]}),
    "condition on a metric": _when(metrics={"rows": [{"numeric": [">", 0]}]}),
    "condition with alternatives": _when(**{"$or": [{"metrics": {"rows": [0]}}, {"full_load": [True]}]}),
}

_DOCUMENTS: dict[str, dict[str, Any]] = {
    "approval only": {"workflows": {"load": {"on_approval": [_GLUE]}}},
    "one id in two lists": {
        "workflows": {"load": {"on_success": [{**_GLUE, "id": "a"}], "on_approval": [{**_GLUE, "id": "a"}]}}
    },
    "condition on the status of an approval": {
        "workflows": {"load": {"on_approval": [_when(status=["FAILED"])]}},
    },
    "one DAG with two confs": {
        "workflows": {"load": {"on_success": [{**_DAG, "conf": {"t": name}} for name in ("orders", "customers")]}}
    },
    "one DAG in two workflows": {"workflows": {"a": {"on_success": [_DAG]}, "b": {"on_success": [_QUEUE]}}},
    "one job in two workflows": {"workflows": {"a": {"on_success": [_GLUE]}, "b": {"on_success": [_GLUE]}}},
    "chain": {
        "workflows": {
            "extract": {"on_success": [{**_GLUE, "job_name": "clean", **_PUBLISH}]},
            "clean": {"on_success": [_arguments(day="${start_date}", run="${job_run_id}")]},
        }
    },
    "chain with artifacts of a nested execution": {
        "workflows": {
            "extract": {"on_success": [{**_MACHINE, **_PUBLISH}]},
            "clean_orders": {"on_success": [_arguments(path="${artifacts.path}")]},
        }
    },
    "chain with a default": {
        "workflows": {
            "extract": {"on_success": [{**_GLUE, "job_name": "clean", **_PUBLISH}]},
            "clean": {"on_success": [_arguments(n="${metrics.rows:-0}")]},
        }
    },
    "job that publishes its own event": {
        "workflows": {
            "extract": {"on_success": [{**_GLUE, "job_name": "clean"}]},
            "clean": {"on_success": [_arguments(n="${metrics.rows}")]},
        }
    },
    "published event for another subscriber": {
        "workflows": {"extract": {"on_success": [{**_GLUE, **_PUBLISH, "accept": ["publish-without-workflow"]}]}}
    },
    "published event for a join": {
        "workflows": {"extract": {"on_success": [{**_GLUE, "job_name": "orders", **_PUBLISH}]}},
        "joins": {"daily": _JOIN},
    },
    "numbered jobs": {
        "workflows": {
            "start": {"on_success": [{**_GLUE, "job_name": "stage_1", **_PUBLISH}]},
            "stage_1": {"on_success": [{**_GLUE, "job_name": "stage_2", **_PUBLISH}]},
            "stage_2": {"on_success": [_GLUE]},
        }
    },
    "short names": {"workflows": {name: {"on_success": [{**_GLUE, "job_name": name * 2}]} for name in "abcd"}},
    "join of jobs without workflows": {"workflows": {}, "joins": {"daily": _JOIN}},
    "join with a deadline": {
        "workflows": {},
        "joins": {"daily": {**_JOIN, "deadline_hours": 6, "on_deadline": [{**_GLUE, "job_name": "late"}]}},
    },
    "join that reads its upstream events": {
        "workflows": {},
        "joins": {
            "daily": {**_JOIN, "on_complete": [_arguments(day="${job_run_id}", rows="${upstream.orders.metrics.rows}")]}
        },
    },
    "join key of two fields": {"workflows": {}, "joins": {"daily": {**_JOIN, "key": "${start_date}-${region:-eu}"}}},
    "join with one run id for all jobs": {
        "workflows": {},
        "joins": {"daily": {**_JOIN, "key": "${job_run_id}", "accept": ["join-key"]}},
    },
    "allowed cycle": {"allow_cycles": True, "workflows": {"a": {"on_success": [{**_GLUE, "job_name": "a"}]}}},
    "no workflows yet": {"workflows": {}},
    "workflow that is planned": {"workflows": {"later": {"on_success": [], "accept": ["empty-workflow"]}}},
}


def _of(trigger: dict[str, Any]) -> dict[str, Any]:
    return {"workflows": {"upstream": {"on_success": [trigger]}}}


def _accepting(example: Mapping[str, Any]) -> dict[str, Any]:
    """The example of a type. One trigger alone publishes for a workflow that the example does not show."""
    return {**example, "accept": ["publish-without-workflow"]} if "publish" in example else dict(example)


def _pages() -> Iterator[tuple[str, dict[str, Any]]]:
    """The whole configurations in the pages of docs/."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for number, block in enumerate(re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)):
            if page.name == "problem-codes.md" or '"workflows": {' not in block:
                continue
            yield f"{page.stem} {number}", json.loads(block)


LEGITIMATE: dict[str, dict[str, Any]] = {
    "example": json.loads(EXAMPLE_CONFIG.read_text(encoding="utf-8")),
    **{path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "docs" / "examples").glob("*.json"))},
    **dict(_pages()),
    **{f"example of {trigger.TYPE}": _of(_accepting(trigger.EXAMPLE)) for trigger in REGISTRY},
    **{f"case of {kind}": _of({"type": kind, **case.on_success.trigger}) for kind, case in TYPE_CASES.items()},
    "benchmark of validate": configuration(20),
    "benchmark of the engine": engine.CONFIG,
    "benchmark of recorded events": recorded.CONFIG,
    "benchmark of the console": console.CONFIG,
    **{f"benchmark of {name}": conditions.document_of(condition) for name, condition in conditions.CONDITIONS.items()},
    **{name: _of(trigger) for name, trigger in _TRIGGERS.items()},
    **_DOCUMENTS,
}
