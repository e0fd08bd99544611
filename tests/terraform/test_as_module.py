"""The folder as a module: several stacks in one configuration and account, in two regions, and from a git repository."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from local.engine.engine import Engine
from tests.terraform.example_lives import release
from tests.terraform.harness import ROOT, Terraform, workspace
from tests.terraform.names import LIMITS

pytestmark = pytest.mark.timeout(900)

PROVIDERS = """
provider "aws" {
  region            = "us-west-1"
  s3_use_path_style = true
}

provider "aws" {
  alias             = "other"
  region            = "eu-west-1"
  s3_use_path_style = true
}
"""
CALLS = """
module "here" {
  source   = "../.."
  for_each = toset(["test", "production"])

  prefix       = "acme"
  account      = "sandbox"
  env          = each.key
  code_version = "0.3.0"
}

module "other_region" {
  source    = "../.."
  providers = { aws = aws.other }

  prefix       = "acme"
  account      = "sandbox"
  env          = "test"
  region       = "eu-west-1"
  code_version = "0.3.0"
}
"""
GLOBAL = {"aws_iam_role", "aws_s3_bucket", "aws_cloudwatch_dashboard"}
"""Types whose names are unique in all regions of an account."""


def test_stacks_in_one_configuration_do_not_collide(engine: Engine, terraform: str, folder: Path) -> None:
    """Two environments by for_each, and the same environment in another region with another provider."""
    for env, region in (("test", "us-west-1"), ("production", "us-west-1"), ("test", "eu-west-1")):
        release(engine, env, region)
    (made := workspace(terraform, folder, engine, "examples/minimal")).module.joinpath("engine_override.tf").unlink()
    (made.module / "main.tf").write_text(PROVIDERS + CALLS)
    made.run("init", "-input=false")
    made.run("plan", "-input=false", "-out=stacks")
    planned = [one for one in made.json("show", "-json", "stacks")["resource_changes"] if one["mode"] == "managed"]
    named = []
    for one in planned:
        attribute, _ = LIMITS.get(one["type"], ("", 0))
        if attribute:
            region = "" if one["type"] in GLOBAL else one["address"].partition(".aws_")[0].count("other_region")
            named.append((one["type"], region, one["change"]["after"][attribute]))
    assert len(named) > 80
    assert {kind for kind, region, _ in named if region == ""} == GLOBAL
    assert [found for found, count in Counter(named).items() if count > 1] == []


IN_ONE = """
provider "aws" {
  region            = "us-west-1"
  s3_use_path_style = true
}

resource "aws_sns_topic" "events" {
  name = "publishers-events"
}

module "new_topics" {
  source     = "../.."
  depends_on = [aws_sns_topic.events]

  prefix       = "acme"
  account      = "sandbox"
  env          = "new"
  code_version = "0.3.0"
}

module "topic_of_this_configuration" {
  source     = "../.."
  depends_on = [aws_sns_topic.events]

  prefix               = "acme"
  account              = "sandbox"
  env                  = "same"
  code_version         = "0.3.0"
  aws_account_id       = "123456789012"
  job_events_topic_arn = "arn:aws:sns:us-west-1:123456789012:publishers-events"
  alarm_topic_arn      = "arn:aws:sns:us-west-1:210987654321:central-on-call"
}
"""


def test_module_may_depend_on_resources_of_the_configuration(engine: Engine, terraform: str, tmp_path: Path) -> None:
    """With depends_on, Terraform reads the module's data sources in the apply, so no resource's key may need them."""
    made = workspace(terraform, tmp_path, engine, "examples/minimal")
    made.module.joinpath("engine_override.tf").unlink()
    (made.module / "main.tf").write_text(IN_ONE)
    made.run("init", "-input=false")
    planned = made.run("plan", "-input=false").stdout
    for topic in ("job-events", "job-approvals"):
        assert f'module.topic_of_this_configuration.aws_cloudwatch_metric_alarm.this["{topic}-lost"]' in planned
    assert "module.topic_of_this_configuration.aws_iam_role.eventbridge[0]" in planned
    assert "module.new_topics.aws_iam_role.eventbridge" not in planned


def test_module_from_git_has_the_state_machines(terraform: str, tmp_path: Path) -> None:
    """``source = "git::…//terraform?ref=TAG"`` fetches the whole repository, so ../statemachines is of the same release."""
    repository, caller = tmp_path / "repository", workspace(terraform, tmp_path / "caller", part="policies")
    for name in ("terraform", "statemachines"):
        shutil.copytree(ROOT / name, repository / name, ignore=shutil.ignore_patterns(".terraform*"))
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "release"], ["tag", "v0.3.0"]):
        subprocess.run(["git", "-C", str(repository), *identity, *arguments], check=True)
    source = f"git::file://{repository}//terraform?ref=v0.3.0"
    (caller.module / "main.tf").write_text(
        f'module "orchestrator" {{\n  source       = "{source}"\n  code_version = "0.3.0"\n}}\n'
    )
    Terraform(caller.binary, caller.folder, caller.environment, caller.part).run("get")
    fetched = caller.module / ".terraform/modules/orchestrator"
    assert (fetched / "terraform/variables.tf").exists()
    assert (fetched / "statemachines/downstream_orchestrator.asl.json").exists()


def test_module_has_no_provider() -> None:
    """A module with a provider block can be neither repeated nor given another provider."""
    own = [path for path in (ROOT / "terraform").glob("*.tf") if 'provider "aws"' in path.read_text()]
    assert own == []
