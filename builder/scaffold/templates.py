"""Files of a new trigger type. Each place to fill in has ``TODO``; ``tests/contract/test_registry.py`` lists the open ones.

The files can be imported as they are, so that the tests run while a person fills them in. ``@type@``, ``@Class@`` and
``@list@`` stand for the type, its class and its allow-list.
"""

from __future__ import annotations

TYPE = '''"""TODO: the effect of a trigger of this type, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from orchestration.settings import Settings
from orchestration.triggers.base import Allow, RequestContext, Retry, ServiceIntegration, TargetText, Trigger
from orchestration.triggers.facets import REGISTERED, Evidence, TargetQuestion
from orchestration.values.strictjson import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class @Class@(Trigger):
    """TODO: the effect, as an imperative sentence."""

    # TODO: name the field after the target, as topic_arn. Narrow TargetText to the target's pattern.
    target: TargetText
    """TODO: the target."""

    TYPE: ClassVar[str] = "@type@"
    TARGET_FIELD: ClassVar[str] = "target"
    # TODO: ADDRESSES, if a field has an ARN or a URL; RESERVED_IN, if a field's keys become fields of the payload;
    # KEY_PREFIXES and CALLER, if the defaults in base.py are wrong. Then delete this comment.
    COLOUR: ClassVar[str] = "#TODO"
    RESERVED_FIELDS: ClassVar[Mapping[str, str]] = {
        "triggered_by_job": "Name of the upstream job",
        "triggered_by_run_id": "Run id of the upstream job",
        "TODO": "TODO: further automatic fields, or delete this line",
    }
    INTEGRATION: ClassVar[ServiceIntegration] = ServiceIntegration(
        state="TODO: name of the Task state of @type@",
        resource="todo:TODO",
        comment="TODO: the call, in one sentence.",
        # Each request must have each of these paths.
        parameters={"TODO.$": "$.request.TODO"},
        run_id_path="$.TODO",
        retries=(
            Retry(
                # Only errors after which no target started.
                errors=("Todo.TODO",),
                reason="TODO: why no target started after these errors",
                interval_seconds=2,
                max_attempts=4,
                max_delay_seconds=30,
            ),
        ),
        iam=(
            Allow(
                action="todo:TODO",
                resource="arn:${partition}:todo:${region}:${account}:*",
                doc_url="https://docs.aws.amazon.com/step-functions/latest/dg/TODO.html",
            ),
        ),
        # TODO: run_page, the page of the run in the AWS console, if one exists.
        sample={"TODO": "TODO"},
        sample_error="Todo.TODOMissing",
    )
    TARGET_PERMISSION: ClassVar[Allow] = INTEGRATION.iam[0]
    ALLOW_LIST: ClassVar[str] = "@list@"
    ERROR_NAMES: ClassVar[Mapping[str, Evidence]] = {
        "Todo.TODO": Evidence("TODO: cause of the error", "inferred", REGISTERED),
        "Todo.TODOMissing": Evidence("TODO: the target does not exist", "inferred", REGISTERED),
    }
    EXAMPLE: ClassVar[Mapping[str, Json]] = {
        "type": "@type@",
        "id": "TODO",
        "target": "TODO",
        "description": "TODO",
        "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
    }

    def target_name(self) -> str:
        """TODO: the target's name for people."""
        return self.target

    def allow_list_entry(self, settings: Settings) -> str:
        """TODO: the target's name, or its ARN in another account."""
        return self.target

    def question(self, settings: Settings) -> TargetQuestion:
        """TODO: the call that reads the target."""
        return TargetQuestion(
            service="todo",
            operation="TODO",
            parameters={"TODO": self.target},
            subject=f"TODO {self.target}",
            missing=("TODO",),
        )

    # TODO: check(), if a rule needs several fields or the settings, as a target in another region.

    def request(self, context: RequestContext) -> JsonObject:
        """TODO: the keys of the request."""
        return {"TODO": self.target}
'''

TARGET = '''"""TODO: the target on the local engine."""

from __future__ import annotations

from local.engine.engine import Engine
from orchestration.triggers.@type@ import @Class@
from orchestration.values.strictjson import Json


def create(engine: Engine, trigger: @Class@) -> None:
    """TODO: create the target, if it does not exist."""
    raise NotImplementedError


def received(engine: Engine, trigger: @Class@, run_id: str) -> Json:
    """TODO: return the payload that the target received; None if it received none."""
    raise NotImplementedError


def address(trigger: @Class@) -> str:
    """TODO: return the unique name among the targets of this type."""
    return trigger.target_name()


def remove(engine: Engine, trigger: @Class@) -> None:
    """TODO: delete the target."""
    raise NotImplementedError
'''

CASES = '''"""Cases of ``@type@``."""

from __future__ import annotations

from tests.invalid_case import trigger_case
from tests.trigger_types.base import MachineCase, Payload, TypeCases

CASES = TypeCases(
    on_success=Payload(
        # TODO: every field of the type.
        trigger={
            "id": "TODO",
            "target": "TODO",
            "description": "TODO",
            "when": {"metrics": {"records_written": [{"numeric": [">", 0]}]}},
        },
        # TODO: every field that the target receives.
        received={"TODO": "TODO"},
    ),
    on_approval=Payload(
        # TODO: the required fields only.
        trigger={"target": "TODO"},
        received={"TODO": "TODO"},
    ),
    # TODO: the field of the payload whose own fields `received` lists, or delete this line.
    envelope="",
    machine=MachineCase(
        trigger={"target": "TODO"},
        request={"TODO": "TODO"},
        missing={"TODO": "TODO-gone"},
        # The call as botocore names it, and the error codes of the service.
        operation="todo.TODO",
        throttled="TODO",
        server_error="TODO",
        invalid_request="TODO",
        error_prefix="Todo.",
        # TODO: number of calls for each fault after which the machine retries in vain.
        attempts={"throttled for ever": 5},
        # TODO: True if the target starts once, however often it is called for one run id.
        deduplicates=False,
    ),
    # The permissions that AWS documents for the service integration, and the page.
    iam_actions=("todo:TODO",),
    iam_page="https://docs.aws.amazon.com/step-functions/latest/dg/TODO.html",
    authorized_call="todo.TODO",
    # TODO: the ARNs that IAM checks, from the call's parameters and "region:account".
    authorized_on=lambda given, here: [given["TODO"]],
    # TODO: a case for each rule of the type, each with its exact errors.
    invalid=(trigger_case("@type@: missing field", {}, "target: missing field"),),
)
'''

VARIABLE = """variable "@list@" {
  description = "TODO: targets of @type@ triggers that may start. Wildcards allowed."
  type        = list(string)
  default     = ["*"]
}

"""

NARROWED = """    # TODO: the resource of TARGET_PERMISSION in orchestration/triggers/@type@.py. Then delete this comment.
    "arn:${local.partition}:todo:${local.regional}:*" = [
      for one in var.@list@ : startswith(one, "arn:") ? one : "arn:${local.partition}:todo:${local.regional}:${one}"
    ]
"""
