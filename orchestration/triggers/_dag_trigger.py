"""Common base of both Airflow trigger types: builds a DAG run's conf from ``conf`` and ``parameter_mapping``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from orchestration.settings import Settings
from orchestration.triggers.base import DagId, RequestContext, Trigger
from orchestration.values import templating
from orchestration.values.dag_conf import ConfLimits, check_conf, conf_problems, key_problems
from orchestration.values.placeholders import RESERVED_ROOTS
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import ValidationProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class DagTrigger(Trigger):
    """Start a DAG run of an Airflow DAG."""

    dag_id: DagId
    """Id of the DAG to run."""
    conf: dict[str, Any] = field(default_factory=dict)
    """Fixed conf of the DAG run, with priority over `parameter_mapping`. Strings may contain `${path}` templates."""
    parameter_mapping: dict[str, str] = field(default_factory=dict)
    """Conf key to dot path in the event. If the event has no such path, the key is left out, with a warning."""

    RESERVED_IN: ClassVar[tuple[str, ...]] = ("conf", "parameter_mapping")
    CONF_LIMITS: ClassVar[ConfLimits]
    """Limits of the path that the conf takes."""

    def target_name(self) -> str:
        """The DAG's id."""
        return self.dag_id

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse reserved keys, values that Airflow does not accept, broken templates and paths that cannot name a field."""
        yield from self.reserved_keys(path)
        yield from conf_problems(self.conf, self.CONF_LIMITS, f"{path}.conf")
        yield from key_problems(self.parameter_mapping, self.CONF_LIMITS, f"{path}.parameter_mapping")
        yield from templating.problems(self.conf, f"{path}.conf")
        for key, dot_path in self.parameter_mapping.items():
            if "${" in dot_path or not all(dot_path.split(".")):
                yield ValidationProblem(
                    f"{path}.parameter_mapping.{key}",
                    f"found {dot_path!r:.80}, expected a dot path into the event such as artifacts.output_path",
                    code="path-syntax",
                )
            elif dot_path.split(".")[0] in RESERVED_ROOTS:
                yield ValidationProblem(
                    f"{path}.parameter_mapping.{key}",
                    f"found {dot_path!r:.80}, but the roots {' and '.join(RESERVED_ROOTS)} are reserved for the deployment. "
                    "Write the placeholder in conf",
                    code="unknown-placeholder",
                )

    def dag_conf(self, context: RequestContext, automatic: Mapping[str, Json]) -> JsonObject:
        """The conf: first the specification's keys, then mapped keys, then custom keys.

        Raises:
            ResolutionError: a template names a path that the event does not have.
            AirflowValueError: the path to the DAG run does not accept a value.
        """
        fields = context.event.fields
        mapped: JsonObject = {}
        for key, dot_path in self.parameter_mapping.items():
            value = templating.lookup(fields, dot_path)
            if isinstance(value, templating.Missing):
                context.warnings.append(
                    f"{self.TYPE} {self.target_name()}: the event has no field {dot_path!r}, so parameter {key!r} was left out"
                )
            else:
                mapped[key] = value
        where = f"{self.TYPE} {self.target_name()}: conf"
        conf: JsonObject = {**automatic, **mapped, **templating.render_object(self.conf, fields, where)}
        check_conf(conf, self.CONF_LIMITS, where)
        return conf
