"""One account for all examples: what exists before them, and each example with the variables that it needs."""

from __future__ import annotations

import json
from pathlib import Path

from local.engine.engine import Engine
from tests.terraform import central_topic
from tests.terraform.example_lives import STATE_BUCKET, Example, Use, example, release
from tests.terraform.example_uses import (
    BOUNDARY,
    CODE_BUCKET,
    TOPICS,
    use_existing,
    use_minimal,
    use_mwaa,
    use_one_of_two,
)
from tests.terraform.harness import DEPLOYER


def _prepare(engine: Engine) -> None:
    """Create releases, buckets, topics, and a role and a policy that examples name."""
    for env in ("existing", "mwaa", "test", "production"):
        release(engine, env)
    s3, iam = engine.client("s3"), engine.client("iam")
    s3.create_bucket(Bucket=STATE_BUCKET, CreateBucketConfiguration={"LocationConstraint": engine.region})
    s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": engine.region})
    iam.create_role(RoleName="mwaa-execution", AssumeRolePolicyDocument="{}")
    boundary = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.create_policy(PolicyName=BOUNDARY.rpartition("/")[2], PolicyDocument=json.dumps(boundary))
    for topic in TOPICS.values():
        engine.client("sns").create_topic(Name=topic)
    central_topic.create(engine)


def every_example(engine: Engine, binary: str, folder: Path) -> list[tuple[Example, list[str], Use]]:
    """Each example with the arguments of its backend and its use, in an account that is ready for them."""
    _prepare(engine)

    def of(name: str, env: str, *variables: str) -> Example:
        return example(engine, binary, folder, name, env, *variables)

    existing = [f"-var={name}_topic={topic}" for name, topic in TOPICS.items()]
    existing += [f"-var=alarm_topic_arn={central_topic.TOPIC}", f"-var=permissions_boundary_arn={BOUNDARY}"]
    mwaa = [
        "-var=mwaa_environment=airflow",
        "-var=mwaa_execution_role_name=mwaa-execution",
        "-var=mwaa_trigger_queue_name=acme-mwaa-triggers",
    ]
    minimal = of("minimal", "minimal")
    deployed = minimal.run(DEPLOYER, "./deploy.sh --prefix=acme --account=sandbox --env=minimal")
    assert deployed.returncode == 0, deployed.stderr
    lives: list[tuple[Example, list[str], Use]] = [
        (minimal, [], use_minimal),
        (of("existing-topics", "existing", *existing), [], use_existing),
        (of("with-mwaa", "mwaa", *mwaa), [], use_mwaa),
    ]
    for env in ("test", "production"):
        backend = [f"-backend-config={env}.s3.tfbackend", "-backend-config=use_path_style=true"]
        lives.append((of("two-environments", env, f"-var-file={env}.tfvars"), backend, use_one_of_two))
    return lives
