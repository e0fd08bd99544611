"""The patches of ``local/engine/patches/sns.py`` work, and moto still needs them."""

from __future__ import annotations

import json

import pytest

from local.engine.engine import Engine
from tests.local.engine.patches.probing import (
    Probe,
    check_with_the_patch,
    check_without_the_patch,
    function,
)


def sns_to_lambda(engine: Engine) -> bool:
    sns = engine.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function(engine))
    message_id = sns.publish(TopicArn=topic, Message="hello")["MessageId"]
    engine.runtime.drain()
    return any(message_id in json.dumps(invocation.event) for invocation in engine.runtime.invocations)


PROBES = (sns_to_lambda,)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_passes_with_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_with_the_patch(empty_engine, probe)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_fails_without_the_patch(empty_engine: Engine, probe: Probe) -> None:
    check_without_the_patch(empty_engine, probe)
