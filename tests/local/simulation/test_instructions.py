"""The printed text has an AWS profile for the stack, and commands with its names."""

from __future__ import annotations

import configparser
from pathlib import Path

from local.engine.engine import Engine
from local.simulation.instructions import PROFILE, instructions, profile_text
from local.simulation.simulator import Simulator


def test_profile_points_to_the_engine(engine: Engine) -> None:
    profile = configparser.ConfigParser()
    profile.read_string(profile_text(engine))
    section = profile[f"profile {PROFILE}"]
    assert (section["endpoint_url"], section["region"]) == (engine.endpoint, "us-west-1")
    assert engine.mwaa.endpoint in profile["services local"]["mwaa"]


def test_examples_name_the_stack_and_quote_paths(simulator: Simulator) -> None:
    text = instructions(simulator, "http://console", Path("a folder/a b/profile"), Path("my config.json"))
    assert "export AWS_CONFIG_FILE='a folder/a b/profile'\n" in text
    assert f"aws s3 cp 'my config.json' {simulator.stack.config_uri}\n" in text
    assert f"--topic-arn {simulator.stack.topics['job_events']} " in text
    assert "aws mwaa invoke-rest-api --region us-west-1 --name e --method GET --path /dags/d/dagRuns\n" in text
    assert all(line.startswith(("#", "export ")) for line in text.splitlines())


def test_examples_of_hostile_paths_stay_comments(simulator: Simulator) -> None:
    text = instructions(simulator, "http://console", Path("a\ntouch hacked"), Path("b; $(x)\ntouch hacked"))
    assert all(line.startswith(("#", "export ")) for line in text.splitlines())
    assert "aws s3 cp $'b; $(x)\\x0atouch hacked' " in text
    assert "export AWS_CONFIG_FILE=$'a\\x0atouch hacked'\n" in text


def test_configuration_of_standard_input_cannot_be_uploaded(simulator: Simulator) -> None:
    assert "aws s3 cp" not in instructions(simulator, "http://console", Path("p"), Path("-"))
