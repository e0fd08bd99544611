"""Common base of both Airflow trigger types: builds a DAG run's conf from ``conf`` and ``parameter_mapping``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from orchestration.settings import Settings
from orchestration.triggers.base import DagId, RequestContext, Trigger
from orchestration.values import templating
from orchestration.values.dag_conf import ConfLimits, check_conf, conf_problems, key_problems
from orchestration.values.paths import EXAMPLE, MISSING, EventPath, Missing, is_absent, lookup
from orchestration.values.strictjson import Json, JsonObject
from orchestration.values.validation import ValidationProblem, describe, read

if TYPE_CHECKING:
    from orchestration.values.validation import JsonSchema, SchemaOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Source of one key of the conf, as ``{"path": "metrics.flag", "default": false}``.

    Attributes:
        path: into the event.
        default: value for a missing field, null and empty text. It keeps its JSON type.
    """

    path: Annotated[str, EventPath()]
    default: Any


class ParameterSource:
    """Constrains a value of ``parameter_mapping``: a path, or an object with path and default."""

    def problems(self, value: Json, path: str) -> Iterator[ValidationProblem]:
        """The problems of path and default."""
        if isinstance(value, str):
            yield from EventPath().problems(value, path)
        elif isinstance(value, dict):
            parameter, wrong = read(Parameter, value, path)
            yield from wrong
            yield from _template_in(parameter.default, f"{path}.default") if parameter else ()
        else:
            expected = f'expected a path such as {EXAMPLE}, or {{"path": PATH, "default": VALUE}}'
            yield ValidationProblem(path, f"found {describe(value)}, {expected}", code="wrong-type")

    def __get_pydantic_json_schema__(self, core_schema: JsonSchema, handler: SchemaOf) -> JsonSchema:
        """Return the schema of both forms. Pydantic calls this at build time.

        With ``if``, an editor marks the field that is wrong; with ``anyOf`` it would mark the whole value.
        """
        path = EventPath().__get_pydantic_json_schema__({}, lambda _: {"type": "string"})
        with_default: JsonSchema = {
            "required": ["path", "default"],
            "additionalProperties": False,
            "properties": {"path": path, "default": {"description": "Value of any JSON type."}},
        }
        return {"type": ["string", "object"], "if": {"type": "object"}, "then": with_default, "else": path}


def _template_in(value: Json, path: str) -> Iterator[ValidationProblem]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _template_in(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _template_in(item, f"{path}[{index}]")
    elif isinstance(value, str) and "${" in value:
        message = f"found {value!r:.80}, expected a fixed value: a default has no template"
        yield ValidationProblem(path, message, code="path-syntax")


def _read(source: Json) -> tuple[str, Json | Missing]:
    """Path and default of a valid source."""
    if isinstance(source, dict):
        return str(source["path"]), source["default"]
    return str(source), MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class DagTrigger(Trigger):
    """Start a DAG run of an Airflow DAG."""

    dag_id: DagId
    """Id of the DAG to run."""
    conf: dict[str, Any] = field(default_factory=dict)
    """Fixed conf of the DAG run, with priority over `parameter_mapping`. Strings may contain `${path}` templates."""
    parameter_mapping: dict[str, Annotated[Any, ParameterSource()]] = field(default_factory=dict)
    """Conf key to path in the event, or to `{"path": PATH, "default": VALUE}`. Without a value, the key is left out."""

    RESERVED_IN: ClassVar[tuple[str, ...]] = ("conf", "parameter_mapping")
    CONF_LIMITS: ClassVar[ConfLimits]
    """Limits of the path that the conf takes."""

    def target_name(self) -> str:
        """The DAG's id."""
        return self.dag_id

    def check(self, path: str, settings: Settings) -> Iterator[ValidationProblem]:
        """Refuse reserved keys, values that Airflow does not accept, and broken templates."""
        yield from self.reserved_keys(path)
        yield from conf_problems(self.conf, self.CONF_LIMITS, f"{path}.conf")
        yield from key_problems(self.parameter_mapping, self.CONF_LIMITS, f"{path}.parameter_mapping")
        yield from templating.problems(self.conf, f"{path}.conf")
        for key, source in self.parameter_mapping.items():
            _, default = _read(source)
            if not isinstance(default, Missing):
                place = f"{path}.parameter_mapping.{key}.default"
                yield from conf_problems(default, self.CONF_LIMITS, place, level=2)

    def dag_conf(self, context: RequestContext, automatic: Mapping[str, Json]) -> JsonObject:
        """The conf: first the specification's keys, then mapped keys, then custom keys.

        Raises:
            ResolutionError: a template names a path that the event does not have, or null within other text.
            AirflowValueError: the path to the DAG run does not accept a value.
        """
        fields = context.event.fields
        mapped: JsonObject = {}
        for key, source in self.parameter_mapping.items():
            path, default = _read(source)
            value = lookup(fields, path)
            if is_absent(value) and not isinstance(default, Missing):
                mapped[key] = default
            elif isinstance(value, Missing) or value is None:
                found = (
                    f"the event has no field {path!r}" if value is not None else f"the event's field {path!r} is null"
                )
                context.warnings.append(f"{self.TYPE} {self.target_name()}: {found}, so parameter {key!r} was left out")
            else:
                mapped[key] = value
        where = f"{self.TYPE} {self.target_name()}: conf"
        conf: JsonObject = {**automatic, **mapped, **templating.render_object(self.conf, fields, where)}
        check_conf(conf, self.CONF_LIMITS, where)
        return conf
