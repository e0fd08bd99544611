"""Settings from the router's environment, read on each invocation, so that a changed variable needs no restart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.errors import SettingsError

STATE_MACHINE_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):states:(?P<region>[a-z0-9-]+):(?P<account>\d+):stateMachine:(?P<name>[^:]+)"
)

EXECUTION_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):states:(?P<region>[^:]+):(?P<account>\d+):execution:(?P<machine>[^:]+):(?P<name>[^:]+)"
)

LIVE = "live"
"""The router's alias, which SNS, replays and people invoke. It points to the version that Terraform published last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The environment of the router Lambda, one field a variable.

    Attributes:
        state_machine_arn: ``STATE_MACHINE_ARN``. Empty only offline, when no execution starts.
        state_machine_version: ``STATE_MACHINE_VERSION``: the published version that this router was deployed with, or empty for
            the latest revision. So a router never starts an older or newer state machine than its own.
        region: the state machine's region. Empty offline; rules that compare regions then do not apply.
        config_s3_uri: ``WORKFLOW_CONFIG_S3_URI``, ``s3://bucket/key``, or empty.
        config_ssm_parameter: ``WORKFLOW_CONFIG_SSM_PARAMETER``, the parameter's name, or empty.
        mwaa_trigger_queue_url: ``MWAA_TRIGGER_QUEUE_URL``, the default of ``sqs_mwaa.queue_url``, or empty.
        require_config: ``REQUIRE_CONFIG`` is ``true``: raise an error instead of using the empty default.
        events_topic_arn: ``JOB_EVENTS_TOPIC_ARN``, the topic of job events, or empty; only people's commands read it.
        approvals_topic_arn: ``JOB_APPROVALS_TOPIC_ARN``: the only topic whose ``decision`` is accepted, or empty for any.
        joins_table: ``JOINS_TABLE``, the DynamoDB table of the arrivals at joins, or empty.
        join_deadline_arn: ``JOIN_DEADLINE_ARN``, the state machine that waits for a join's deadline, or empty.
        wait_for_runs: ``WAIT_FOR_RUNS`` is ``true``: the state machine has the states that wait for a run. True offline.
        deploy_env: ``DEPLOY_ENV``, the environment's name for the placeholder ``${deploy.env}``, or empty.
        only_account: refuse targets in other accounts; empty at run time, because an allow-list may name such targets.
        function_name: ``AWS_LAMBDA_FUNCTION_NAME``, which Lambda sets, for the commands that reports print; empty offline.
        log_level: ``LOG_LEVEL``, a name of the standard library's logging levels.
    """

    state_machine_arn: str = ""
    state_machine_version: str = ""
    region: str = ""
    config_s3_uri: str = ""
    config_ssm_parameter: str = ""
    mwaa_trigger_queue_url: str = ""
    require_config: bool = False
    events_topic_arn: str = ""
    approvals_topic_arn: str = ""
    joins_table: str = ""
    join_deadline_arn: str = ""
    wait_for_runs: bool = True
    deploy_env: str = ""
    only_account: str = ""
    function_name: str = ""
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the Lambda's environment variables.

        Raises:
            SettingsError: ``STATE_MACHINE_ARN`` is not the ARN of a state machine, or ``STATE_MACHINE_VERSION`` is not a number.
        """
        arn = environment.get("STATE_MACHINE_ARN", "")
        match = STATE_MACHINE_ARN.fullmatch(arn)
        if match is None:
            raise SettingsError(
                f"environment variable STATE_MACHINE_ARN: found {arn!r}, expected the ARN of the orchestrator's state "
                "machine (arn:aws:states:REGION:ACCOUNT:stateMachine:NAME). Terraform sets it: run terraform apply"
            )
        version = environment.get("STATE_MACHINE_VERSION", "")
        if not re.fullmatch(r"\d*", version):
            raise SettingsError(
                f"environment variable STATE_MACHINE_VERSION: found {version!r}, expected the number of a published version, "
                "or nothing for the latest revision. Terraform sets it: run terraform apply"
            )
        return cls(
            state_machine_arn=arn,
            state_machine_version=version,
            region=match["region"],
            config_s3_uri=environment.get("WORKFLOW_CONFIG_S3_URI", ""),
            config_ssm_parameter=environment.get("WORKFLOW_CONFIG_SSM_PARAMETER", ""),
            mwaa_trigger_queue_url=environment.get("MWAA_TRIGGER_QUEUE_URL", ""),
            require_config=environment.get("REQUIRE_CONFIG", "").strip().lower() == "true",
            events_topic_arn=environment.get("JOB_EVENTS_TOPIC_ARN", ""),
            approvals_topic_arn=environment.get("JOB_APPROVALS_TOPIC_ARN", ""),
            joins_table=environment.get("JOINS_TABLE", ""),
            join_deadline_arn=environment.get("JOIN_DEADLINE_ARN", ""),
            wait_for_runs=environment.get("WAIT_FOR_RUNS", "").strip().lower() == "true",
            deploy_env=environment.get("DEPLOY_ENV", ""),
            function_name=environment.get("AWS_LAMBDA_FUNCTION_NAME", ""),
            log_level=environment.get("LOG_LEVEL", "").strip().upper() or "INFO",
        )

    @property
    def account(self) -> str:
        """Account of the state machine; empty offline, unless ``only_account`` names one."""
        match = STATE_MACHINE_ARN.match(self.state_machine_arn)
        return self.only_account or (match["account"] if match else "")

    @property
    def partition(self) -> str:
        """Partition of the state machine; empty offline."""
        match = STATE_MACHINE_ARN.match(self.state_machine_arn)
        return match["partition"] if match else ""

    @property
    def start_arn(self) -> str:
        """ARN for StartExecution: the state machine's version, if one is set.

        IAM authorizes the call by the unqualified ARN. Execution names are unique to the state machine, across its versions:
        docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html.
        """
        return ":".join(filter(None, (self.state_machine_arn, self.state_machine_version)))

    def execution_arn(self, name: str) -> str:
        """ARN of the execution ``name`` of the orchestrator's state machine."""
        return f"{self.state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
