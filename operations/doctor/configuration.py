"""The deployed configuration can be read, and every entry is valid."""

from __future__ import annotations

from collections.abc import Iterator

from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack
from operations.stack.deployed_configuration import read_configuration
from orchestration.configuration.names import as_written
from orchestration.configuration.notify import notify_topic
from orchestration.configuration.workflows import checked_entries, read_document
from orchestration.errors import ConfigError, ConfigUnavailableError
from orchestration.values import strictjson

_CHECK = "configuration"
_LISTED = 20


def check(stack: ExaminedStack) -> Iterator[Finding]:
    """Read and check the configuration; fills the stack's entries."""
    try:
        deployed = read_configuration(stack.settings)
    except ConfigUnavailableError as error:
        yield Finding(
            check=_CHECK,
            subject=stack.settings.config_s3_uri or stack.settings.config_ssm_parameter or stack.name,
            status="problem",
            message=f"the router's configuration cannot be read: {error}",
            advice="Upload it: ./deploy.sh --config-only",
        )
        return
    try:
        document, problems, written = read_document(strictjson.loads(deployed.data), stack.settings)
    except (ConfigError, strictjson.StrictJSONError) as error:
        yield _problem(deployed.source, f"the router cannot use it: {error}")
        return
    stack.entries = list(checked_entries(document, stack.settings))
    workflows = strictjson.object_at(document, "workflows")
    topics = {job: notify_topic(document, job, stack.settings) for job in workflows}
    stack.topics = {job: topic for job, topic in topics.items() if topic}
    problems += [as_written(problem, written) for entry in stack.entries for problem in entry.problems]
    for problem in problems[:_LISTED]:
        yield _problem(deployed.source, str(problem))
    if len(problems) > _LISTED:
        yield _problem(deployed.source, f"{len(problems) - _LISTED} more problems")
    if not problems:
        about = f"version {deployed.version}, {len(workflows)} workflows, {len(stack.entries)} triggers"
        yield Finding(check=_CHECK, subject=deployed.source, status="ok", message=f"readable and valid: {about}")


def _problem(source: str, message: str) -> Finding:
    advice = "Correct the file, run: orchestrator validate, and upload it: ./deploy.sh --config-only"
    return Finding(check=_CHECK, subject=source, status="problem", message=message, advice=advice)
