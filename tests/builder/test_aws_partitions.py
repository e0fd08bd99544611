"""Partitions and regions: those of botocore's data, in Python and in Terraform."""

from __future__ import annotations

import re
from pathlib import Path

import botocore.session
import pytest

from builder import aws_partitions
from builder.aws_partitions import PYTHON, TERRAFORM, PartitionData, portable

SESSION = botocore.session.get_session()


def test_partitions_are_those_of_the_sdk() -> None:
    found = {partition.name: partition for partition in aws_partitions.partitions()}
    assert set(found) == set(SESSION.get_available_partitions())
    assert {"aws", "aws-cn", "aws-eusc", "aws-iso", "aws-us-gov"} <= set(found)
    for name, partition in found.items():
        assert set(SESSION.get_available_regions("stepfunctions", name)) <= set(partition.regions)
        assert all(re.fullmatch(partition.region, region) for region in partition.regions)
        assert not [region for region in partition.regions if region.endswith("-global")]


def test_each_reader_has_a_file() -> None:
    assert set(aws_partitions.build()) == {PYTHON, *TERRAFORM}


def test_new_region_changes_both_texts() -> None:
    partition = PartitionData("aws-moon", "amazonaws.moon", "moon-[a-z]+-[0-9]+", ("moon-far-1",))
    module, terraform = aws_partitions.python([partition]), aws_partitions.terraform([partition])
    assert '"aws-moon": Partition(\n        dns_suffix="amazonaws.moon",\n' in module
    assert 'regions=("moon-far-1",),\n' in module
    assert 'partition_pattern = "(?:aws-moon)"\n' in terraform
    assert 'region_pattern    = "(?:moon-[a-z]+-[0-9]+)"\n' in terraform


def test_pattern_is_portable() -> None:
    assert portable(r"^(us|eu)\-\w+\-\d+$") == "(?:us|eu)-[a-z]+-[0-9]+"
    assert portable(r"^eusc\-(de)\-\w+\-\d+$") == "eusc-(?:de)-[a-z]+-[0-9]+"


@pytest.mark.parametrize("pattern", [r"^us\-.*$", r"^us\-\S+$", r"^[a-f]+\-\d$", r"^us_\w+$"])
def test_pattern_of_unknown_syntax_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"expected letters, groups, .* Extend portable\(\)"):
        portable(pattern)


@pytest.mark.parametrize("path", ["terraform/variables.tf", "terraform/policies/main.tf"])
def test_validations_use_the_generated_patterns(path: str) -> None:
    text = (Path(__file__).parents[2] / path).read_text()
    patterns = re.findall(r'regex\("\^(.+?)\$", ', text)
    arns = [pattern for pattern in patterns if pattern.startswith("arn:")]
    assert all(pattern.startswith("arn:${local.partition_pattern}:") for pattern in arns)
    assert "${local.region_pattern}" in patterns
    assert "[a-z]{2}" not in text


def test_terraform_patterns_match_every_partition_and_region() -> None:
    found = aws_partitions.partitions()
    names, regions = re.findall(r'= "(.+)"', aws_partitions.terraform(found))
    for partition in found:
        assert re.fullmatch(names, partition.name)
        assert all(re.fullmatch(regions, region) for region in partition.regions)
