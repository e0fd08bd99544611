"""Simulates one event on the engine, and reports the payload that each target received.

The simulation takes no short cut. It publishes the event to its SNS topic, and the subscription's filter decides. The
router runs as a Lambda function, and the committed state machine calls the services. Then the simulation reads the
payloads back from the targets.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from local.defaults import ACCOUNT
from local.engine import Engine
from local.lambda_runtime import Invocation
from local.simulation_result import ExecutionResult, Simulation, TriggerResult
from local.stack import Stack, deploy, upload_config
from local.targets import TARGETS
from orchestration import batch as batch_type
from orchestration import strictjson
from orchestration.errors import ConfigError
from orchestration.executions import ExecutionClient
from orchestration.settings import Settings
from orchestration.topics import FILTERS
from orchestration.triggers import Trigger
from orchestration.workflows import EVENT_KINDS, triggers_for

Progress = Callable[[str], None]


@dataclass(slots=True)
class Simulator:
    """The local stack with a configuration and its targets.

    Attributes:
        engine: a running engine.
        document: the configuration.
        stack: names of the deployed resources.
    """

    engine: Engine
    document: Any
    stack: Stack

    @classmethod
    def deploy(cls, engine: Engine, document: Any, without: Sequence[str] = ()) -> Simulator:
        """Deploy the stack, and create the configuration's targets except those in ``without``.

        Args:
            engine: a running, empty engine.
            document: a valid configuration.
            without: targets to leave out, each as ``TYPE:NAME``.

        Raises:
            ConfigError: ``without`` names a target that the configuration does not have.
        """
        simulator = cls(engine, document, deploy(engine, strictjson.dumps(document)))
        simulator.create_targets(without)
        return simulator

    @property
    def settings(self) -> Settings:
        """The settings in the deployed router's environment."""
        deployed = self.engine.client("lambda").get_function_configuration(FunctionName=self.stack.router)
        return Settings.from_environment(deployed["Environment"]["Variables"])

    def create_targets(self, without: Sequence[str] = ()) -> None:
        """Create the target of every trigger, then remove those in ``without``, even if other triggers share them."""
        triggers = list(self._triggers())
        named = {f"{trigger.TYPE}:{trigger.target_name()}" for trigger in triggers}
        for name in without:
            if name not in named:
                raise ConfigError(
                    f"--without-target {name}: the configuration has no such trigger. Expected one of: "
                    f"{', '.join(sorted(named))}"
                )
        gone = {self._address(trigger) for trigger in triggers if f"{trigger.TYPE}:{trigger.target_name()}" in without}
        for address, trigger in {self._address(trigger): trigger for trigger in triggers}.items():
            target = TARGETS[trigger.TYPE]
            target.create(self.engine, trigger)
            if address in gone:
                target.remove(self.engine, trigger)

    def add_targets(self, document: Any) -> int:
        """Use another configuration, and create the targets that only it has; returns their number."""
        known = {self._address(trigger) for trigger in self._triggers()}
        self.document = document
        new = {self._address(one): one for one in self._triggers() if self._address(one) not in known}
        for trigger in new.values():
            TARGETS[trigger.TYPE].create(self.engine, trigger)
        return len(new)

    @staticmethod
    def _address(trigger: Trigger) -> tuple[str, str]:
        return trigger.TYPE, TARGETS[trigger.TYPE].address(trigger)

    def replace_config(self, document: Any) -> None:
        """Upload another configuration and create its targets; the router reads it on the next event."""
        self.document = document
        upload_config(self.engine, self.stack.config_uri, strictjson.dumps(document))
        self.create_targets()

    def publish(
        self, text: str, progress: Progress = lambda _: None, timeout: float = 120.0, topic: str = ""
    ) -> Simulation:
        """Publish the event to its topic, and wait until its executions end.

        Args:
            text: the event as JSON.
            progress: called with the name of each step before it starts.
            timeout: seconds to wait for executions.
            topic: ``job_events`` or ``job_approvals``. Default: ``job_approvals`` for a decision APPROVED, else
                ``job_events``.
        """
        fields = strictjson.loads(text)
        approved = isinstance(fields, dict) and fields.get("decision") == "APPROVED"
        topic = topic or ("job_approvals" if approved else "job_events")
        began = time.monotonic()
        progress(f"publishing to {topic}")
        answer = self.engine.client("sns").publish(TopicArn=self.stack.topics[topic], Message=text)
        message_id = answer["MessageId"]
        common: dict[str, Any] = {"topic": topic, "message_id": message_id}
        match = next(one for one in reversed(self.engine.runtime.subscription_matches) if one.message_id == message_id)
        if not match.matched:
            ((field, values),) = FILTERS[topic].items()
            found = repr(fields[field]) if isinstance(fields, dict) and field in fields else "nothing"
            expected = " or ".join(map(repr, values))
            reason = (
                f"the subscription filter of {topic} dropped the event: found {field} {found:.60}, expected {expected}"
            )
            return Simulation(**common, status="FILTERED", reason=reason, seconds=time.monotonic() - began)
        progress("the router is reading the event and the configuration")
        self.engine.runtime.drain()
        invocation = self._invocation(message_id)
        if invocation.error is not None:
            reason = f"{invocation.error['errorType']}: {invocation.error['errorMessage']}"
            return Simulation(**common, status="FAILED", reason=reason, seconds=time.monotonic() - began)
        record = invocation.result["records"][0]
        common |= {
            key: record[key]
            for key in ("job_name", "job_run_id", "status", "warnings", "event_kind", "skipped")
            if record.get(key)
        }
        if record["status"] == "IGNORED":
            return Simulation(**common, reason=record["reason"], seconds=time.monotonic() - began)
        deadline = began + timeout
        executions = []
        for started in record["executions"]:
            progress(f"execution {started['name']} is running")
            executions.append(self._execution(started, record["event_kind"], deadline))
            for name in started.get("batches", ()):
                progress(f"execution {name} of a batch is running")
                arn = self.settings.execution_arn(name)
                batch = {"name": name, "arn": arn, "status": started["status"], "batch_of": started["name"]}
                if self._exists(arn):
                    executions.append(self._execution(batch, record["event_kind"], deadline))
        return Simulation(**common, executions=executions, seconds=time.monotonic() - began)

    def _execution(self, started: dict[str, Any], event_kind: Any, deadline: float) -> ExecutionResult:
        settings = self.settings
        executions = ExecutionClient(self.engine.client("stepfunctions"), settings)
        self._wait(started["arn"], deadline)
        described = executions.wait(started["name"], deadline)
        history = executions.client.get_execution_history(executionArn=started["arn"], maxResults=1000)["events"]
        job_name = described["input"]["event"]["job_name"]
        triggers = {one.id: one.trigger for one in triggers_for(self.document, job_name, event_kind, settings) or []}
        return ExecutionResult(
            name=started["name"],
            arn=started["arn"],
            status=started["status"],
            execution_status=described["status"],
            error=described.get("error", ""),
            cause=described.get("cause", ""),
            transitions=sum(event["type"].endswith("StateEntered") for event in history),
            batch_of=started.get("batch_of", ""),
            triggers=[
                self._trigger(item, triggers.get(item["id"]))
                for item in executions.outcomes(described)
                if item["type"] != batch_type.TYPE or item["result"]["status"] != "TRIGGERED"
            ],
        )

    def _exists(self, arn: str) -> bool:
        client = self.engine.client("stepfunctions")
        try:
            client.describe_execution(executionArn=arn)
        except client.exceptions.ExecutionDoesNotExist:
            return False
        return True

    def _wait(self, arn: str, deadline: float) -> None:
        """Wait until the execution ends; reads moto's memory, because ``ExecutionClient.wait`` asks only every 0.25 s."""
        # local.patches.imports must import the interpreter first.
        from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415

        backend = stepfunctions_parser_backends[ACCOUNT][self.engine.region]
        while backend.describe_execution(arn).status == "RUNNING" and time.monotonic() < deadline:
            time.sleep(0.01)

    def _trigger(self, item: dict[str, Any], trigger: Any) -> TriggerResult:
        common = {"index": item["index"], "trigger_id": item["id"], "type": item["type"], "name": item["name"]}
        if item["result"]["status"] != "TRIGGERED":
            error = item["error"]
            return TriggerResult(**common, status="FAILED", error=error["Error"], cause=error.get("Cause", ""))
        run_id = item["result"]["id"]
        received = TARGETS[trigger.TYPE].received(self.engine, trigger, run_id)
        if received is None:
            cause = "the service accepted the call, but the target does not exist, so it received nothing. AWS does the same."
            return TriggerResult(**common, status="LOST", id=run_id, error="NothingReceived", cause=cause)
        return TriggerResult(**common, status="TRIGGERED", id=run_id, received=received)

    def _invocation(self, message_id: str) -> Invocation:
        """Return the router's last invocation for a message."""
        for invocation in reversed(self.engine.runtime.invocations):
            records = invocation.event.get("Records", []) if isinstance(invocation.event, dict) else []
            if any(record["Sns"]["MessageId"] == message_id for record in records):
                return invocation
        raise LookupError(f"SNS message {message_id}: the engine did not invoke the router")

    def _triggers(self) -> Iterable[Trigger]:
        settings = self.settings
        for job_name in self.document["workflows"]:
            for event_kind in EVENT_KINDS:
                for configured in triggers_for(self.document, job_name, event_kind, settings) or []:
                    if isinstance(configured.trigger, Trigger):
                        yield configured.trigger
