"""Probes for the performance patches: each returns False if moto repeats the work that the patch avoids."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator
from typing import Any

from jsonpath_ng import ext
from moto import backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from local.defaults import ACCOUNT
from local.engine.engine import Engine


def parsed_definitions(engine: Engine) -> bool:
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    return AmazonStateLanguageParser.parse(definition)[0] is AmazonStateLanguageParser.parse(definition)[0]


def parsed_result_paths(engine: Engine) -> bool:
    parse = vars(result_path)["parse"]
    return parse("$.outcome.result") is parse("$.outcome.result")


def ended_executions(engine: Engine) -> bool:
    """Return True if fewer than five interpreter environments remain after ten executions."""
    client = engine.client("stepfunctions")
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    role = "arn:aws:iam::123456789012:role/r"
    machine = client.create_state_machine(name="ended", definition=definition, roleArn=role)["stateMachineArn"]
    gc.collect()
    before = sum(isinstance(one, Environment) for one in gc.get_objects())
    names = [f"ended-{number}" for number in range(10)]
    arns = [client.start_execution(stateMachineArn=machine, name=name)["executionArn"] for name in names]
    while any(client.describe_execution(executionArn=arn)["status"] == "RUNNING" for arn in arns):
        time.sleep(0.01)
    time.sleep(0.1)
    gc.collect()
    return sum(isinstance(one, Environment) for one in gc.get_objects()) - before < 5


class _Counting(list[Any]):
    """A list that counts its iterations."""

    scans = 0

    def __iter__(self) -> Iterator[Any]:
        type(self).scans += 1
        return super().__iter__()


def message_counts(engine: Engine) -> bool:
    url = engine.client("sqs").create_queue(QueueName="counted")["QueueUrl"]
    queue = sqs_backends[ACCOUNT][engine.region].queues["counted"]
    queue._messages, _Counting.scans = _Counting(), 0
    engine.client("sqs").send_message(QueueUrl=url, MessageBody="text")
    return _Counting.scans == 0


def parsed_event_paths(engine: Engine) -> bool:
    parse = vars(ext)["parse"]
    return parse("$.detail") is parse("$.detail")


def service_modules(engine: Engine) -> bool:
    return backends.list_of_moto_modules() is backends.list_of_moto_modules()
