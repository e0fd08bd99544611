"""Creates the targets of a configuration that a person uploads to the running local stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from local.simulation.simulator import Simulator
from local.stack import object_address
from orchestration.configuration.workflows import problems_of, read_document
from orchestration.errors import ConfigError
from orchestration.values import strictjson


@dataclass(slots=True)
class UploadedConfiguration:
    """Watches the configuration object of a local stack.

    Attributes:
        simulator: the stack and its configuration.
    """

    simulator: Simulator
    _etag: str = field(init=False)

    def __post_init__(self) -> None:
        """Remember the configuration of the deployment."""
        self._etag = self._head()

    def lines(self) -> Iterator[str]:
        """If the object changed, create the new targets, and yield a line for each problem and one for the upload."""
        etag = self._head()
        if etag == self._etag:
            return
        self._etag = etag
        simulator = self.simulator
        body = simulator.engine.client("s3").get_object(**object_address(simulator.stack.config_uri))["Body"].read()
        try:
            parsed = strictjson.loads(body)
            document = read_document(parsed, simulator.settings).document
        except (ConfigError, strictjson.StrictJSONError) as error:
            yield f"UPLOADED  configuration: the router cannot use it: {error}"
            return
        problems = list(problems_of(parsed, simulator.settings))
        created = simulator.add_targets(parsed)
        about = f", {len(problems)} problems; run: orchestrator validate" if problems else ""
        workflows = strictjson.object_at(document, "workflows")
        yield f"UPLOADED  configuration with {len(workflows)} workflows, {created} new targets{about}"
        for problem in problems[:3]:
            yield f"  {problem}"

    def _head(self) -> str:
        client = self.simulator.engine.client("s3")
        try:
            etag: str = client.head_object(**object_address(self.simulator.stack.config_uri))["ETag"]
        except client.exceptions.ClientError:
            return ""  # deleted; the router reports it with the next event
        return etag
