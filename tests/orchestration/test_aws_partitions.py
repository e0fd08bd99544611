"""Every partition and region of AWS is accepted wherever a configuration or an environment names one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from orchestration.aws_partitions import PARTITION, PARTITIONS, REGION, partition_of
from orchestration.configuration.notify import TOPIC
from orchestration.configuration.workflows import problems_of
from orchestration.settings import Settings
from orchestration.triggers._addresses import queue_region
from orchestration.values.strictjson import JsonObject

SCHEMA = json.loads((Path(__file__).parents[2] / "orchestration" / "workflow_config.schema.json").read_text())
REGIONS = [(name, region) for name, partition in PARTITIONS.items() for region in partition.regions]
each_region = pytest.mark.parametrize(("partition", "region"), REGIONS, ids=lambda value: value)


def document(partition: str, region: str) -> JsonObject:
    """A trigger of each type with an address, and a topic."""
    arn = f"arn:{partition}:%s:{region}:123456789012:%s"
    queue = f"https://sqs.{region}.{PARTITIONS[partition].dns_suffix}/123456789012/q"
    return {
        "workflows": {
            "j": {
                "notify": arn % ("sns", "team"),
                "on_success": [
                    {"type": "mwaa_dag", "environment_name": "env", "region": region, "dag_id": "d"},
                    {"type": "sqs_mwaa", "dag_id": "d", "queue_url": queue},
                    {"type": "step_function", "arn": arn % ("states", "stateMachine:x")},
                    {
                        "type": "eventbridge",
                        "event_bus": arn % ("events", "event-bus/b"),
                        "detail_type": "t",
                        "source": "s",
                    },
                ],
            }
        }
    }


@each_region
def test_every_region_is_valid_for_reader_and_schema(partition: str, region: str) -> None:
    arn = f"arn:{partition}:states:{region}:123456789012:stateMachine:orchestrator"
    settings = Settings.from_environment({"STATE_MACHINE_ARN": arn})
    assert (settings.partition, settings.region, partition_of(region)) == (partition, region, partition)
    assert list(problems_of(document(partition, region), settings)) == []
    jsonschema.validate(document(partition, region), SCHEMA)


@each_region
def test_queue_of_another_region_is_refused_everywhere(partition: str, region: str) -> None:
    found = [problem.path for problem in problems_of(document(partition, region), Settings(region="us-north-9"))]
    fields = ("on_success[1].queue_url", "on_success[2].arn", "on_success[3].event_bus")
    assert found == ["workflows.j.notify", *(f"workflows.j.{field}" for field in fields)]


@pytest.mark.parametrize(
    "arn", ["arn:aws-eu:sns:eu-west-1:1:t", "arn:aws-:sns:eu-west-1:1:t", "arn:aws-iso-x:sns:eu-west-1:1:t"]
)
def test_unknown_partition_is_refused(arn: str) -> None:
    assert re.fullmatch(TOPIC, arn) is None
    assert re.fullmatch(TOPIC, re.sub(r"^arn:[^:]+", "arn:aws-eusc", arn))


@pytest.mark.parametrize("region", ["us-west", "eusc-east-1", "mars-1", "us-west-1a", "US-west-1", "eusc-fr-east-1"])
def test_text_that_is_no_region_is_refused(region: str) -> None:
    assert re.fullmatch(REGION, region) is None


@each_region
def test_dispatcher_reads_the_region_of_its_queue(partition: str, region: str) -> None:
    """The DAG imports nothing of this repository, so it has its own pattern."""
    text = (Path(__file__).parents[2] / "dags" / "event_dispatcher.py").read_text()
    pattern = re.search(r'^_REGION = re\.compile\(r"(.+)"\)$', text, re.MULTILINE)
    assert pattern
    for host in (f"sqs.{region}", f"{region}.queue"):
        found = re.match(pattern[1], f"https://{host}.{PARTITIONS[partition].dns_suffix}/123456789012/q")
        assert found
        assert found[1] == region


def test_region_of_the_future_is_in_its_partition() -> None:
    assert (partition_of("eu-west-99"), partition_of("us-gov-north-1")) == ("aws", "aws-us-gov")
    assert partition_of("eusc-de-south-1") == "aws-eusc"
    assert partition_of("elsewhere") == "aws"
    assert re.fullmatch(PARTITION, "aws-iso-b")


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1"),
        ("https://eusc-de-east-1.queue.amazonaws.eu/1/q", "eusc-de-east-1"),
        ("https://sqs.us-iso-east-1.c2s.ic.gov/1/q", "us-iso-east-1"),
        ("https://sqs.us-west-1.amazonaws.com:443/1/q", "us-west-1"),
        ("https://sqs.us-west-1.amazonaws.company/1/q", ""),
        ("http://127.0.0.1:4566/1/q", ""),
    ],
)
def test_queue_has_the_region_of_its_host(url: str, region: str) -> None:
    assert queue_region(url) == region
