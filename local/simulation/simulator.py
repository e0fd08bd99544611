"""Simulates one event on the engine, and reports the payload that each target received.

The simulation takes no short cut. It publishes the event to its SNS topic, and the subscription's filter decides. The
router runs as a Lambda function, and the committed state machine calls the services. Then the simulation reads the
payloads back from the targets.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from local.engine.engine import Engine
from local.simulation.result import Simulation
from local.simulation.result_reader import Message, Progress, ResultReader
from local.simulation.targets import target_of
from local.stack import Stack, deploy, upload_config
from orchestration.configuration.names import fill_names
from orchestration.configuration.workflows import ConfiguredTrigger, triggers_for
from orchestration.errors import ConfigError
from orchestration.event.kinds import EVENT_KINDS, JOIN_KINDS
from orchestration.settings import Settings
from orchestration.triggers import Trigger, WaitingTrigger
from orchestration.values import strictjson
from orchestration.values.placeholders import LOCAL_ENV


@dataclass(slots=True)
class Simulator:
    """The local stack with a configuration and its targets.

    Attributes:
        engine: a running engine.
        document: the configuration, with the names of the stack's environment.
        stack: names of the deployed resources.
    """

    engine: Engine
    document: Any
    stack: Stack

    @classmethod
    def deploy(cls, engine: Engine, document: Any, without: Sequence[str] = (), env: str = LOCAL_ENV) -> Simulator:
        """Deploy the stack, and create the configuration's targets except those in ``without``.

        Args:
            engine: a running, empty engine.
            document: a valid configuration.
            without: targets to leave out, each as ``TYPE:NAME``.
            env: name of the environment, for the placeholder ``${deploy.env}``.

        Raises:
            ConfigError: ``without`` names a target that the configuration does not have.
        """
        simulator = cls(engine, document, deploy(engine, strictjson.dumps(document), env=env))
        simulator.document = simulator._named(document)
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
            target = target_of(trigger.TYPE)
            target.create(self.engine, trigger)
            if address in gone:
                target.remove(self.engine, trigger)

    def fail_runs(self, names: Sequence[str]) -> None:
        """Let every run of these targets fail.

        Args:
            names: targets, each as ``TYPE:NAME``.

        Raises:
            ConfigError: the configuration has no such trigger with ``wait``, so nobody would see the failure.
        """
        waiting = {
            f"{trigger.TYPE}:{trigger.target_name()}": trigger
            for trigger in self._triggers()
            if isinstance(trigger, WaitingTrigger) and trigger.wait
        }
        for name in names:
            if name not in waiting:
                raise ConfigError(
                    f'--failing-run {name}: the configuration has no such trigger with "wait": true. Expected one of: '
                    f"{', '.join(sorted(waiting)) or 'none'}"
                )
            target_of(waiting[name].TYPE).fail(self.engine, waiting[name])  # type: ignore[attr-defined] # both types have it

    def add_targets(self, document: Any) -> int:
        """Use another configuration, and create the targets that only it has; returns their number."""
        known = {self._address(trigger) for trigger in self._triggers()}
        self.document = self._named(document)
        new = {self._address(one): one for one in self._triggers() if self._address(one) not in known}
        for trigger in new.values():
            target_of(trigger.TYPE).create(self.engine, trigger)
        return len(new)

    def _named(self, document: Any) -> Any:
        return fill_names(document, self.settings).document

    @staticmethod
    def _address(trigger: Trigger) -> tuple[str, str]:
        return trigger.TYPE, target_of(trigger.TYPE).address(trigger)

    def replace_config(self, document: Any) -> None:
        """Upload another configuration and create its targets; the router reads it on the next event."""
        self.document = self._named(document)
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
        message = Message(id=answer["MessageId"], topic=topic, fields=fields, published=began)
        return self.result(message, progress, timeout)

    def result(self, message: Message, progress: Progress = lambda _: None, timeout: float = 120.0) -> Simulation:
        """Wait until the executions of a published message end."""
        return ResultReader(self.engine, self.settings, self.triggers_of).read(message, progress, timeout)

    def triggers_of(self, job_name: str, event_kind: Any) -> list[ConfiguredTrigger]:
        """The configured triggers of a job."""
        return triggers_for(self.document, job_name, event_kind, self.settings) or []

    def _triggers(self) -> Iterable[Trigger]:
        settings = self.settings
        names = [(name, kind) for name in self.document["workflows"] for kind in EVENT_KINDS]
        names += [(name, kind) for name in self.document.get("joins", {}) for kind in JOIN_KINDS]
        for name, event_kind in names:
            for configured in triggers_for(self.document, name, event_kind, settings) or []:
                if isinstance(configured.trigger, Trigger):
                    yield configured.trigger
