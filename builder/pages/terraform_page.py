"""Writes ``docs/terraform.md``: every variable and output of ``terraform/``, from its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from builder.pages.hcl import Block, blocks

FOLDER = Path(__file__).parents[2] / "terraform"

_HEAD = """# Terraform variables and outputs

Written by `python -m builder` from the files in `terraform/`; do not edit. [deploying.md](deploying.md) explains the deployment,
[iam.md](iam.md) the people's permissions, and [terraform/examples](../terraform/examples/README.md) has complete configurations.

In a rule, `{name}` is the value of that variable, and N is a computed number.
"""

_INFRA = """## Files for the repository that owns MWAA

`terraform/sqs_mwaa_triggers.tf.infra` and `terraform/iam_mwaa_sqs.tf.infra`, copied without `.infra`.
"""


def build() -> str:
    """The page, as Markdown."""
    own = [one for name in ("variables.tf", "outputs.tf") for one in _blocks(name)]
    infra = [one for name in ("sqs_mwaa_triggers.tf.infra", "iam_mwaa_sqs.tf.infra") for one in _blocks(name)]
    policies = list(_blocks("policies/main.tf"))
    lines = [_HEAD, *_sections(own), "## Outputs", "", *_outputs(own)]
    lines += [
        "## Module `terraform/policies`",
        "",
        "IAM policies for people, without a deployment: [iam.md](iam.md).",
        "",
    ]
    lines += [*_variables(policies), *_outputs(policies), _INFRA, *_variables(infra), *_outputs(infra)]
    return "\n".join(lines).rstrip() + "\n"


def _blocks(name: str) -> Iterator[Block]:
    return blocks((FOLDER / name).read_text(encoding="utf-8"))


def _sections(found: list[Block]) -> Iterator[str]:
    """A table for each group of variables."""
    variables = [one for one in found if one.kind == "variable"]
    for section in dict.fromkeys(one.section for one in variables):
        title, _, rest = section.partition(". ")
        yield f"## {title.rstrip('.')}"
        yield ""
        if rest:
            yield f"{rest.rstrip('.')}."
            yield ""
        yield from _variables([one for one in variables if one.section == section])


def _variables(found: list[Block]) -> Iterator[str]:
    yield "| Variable | Type | Default | Meaning and rules |"
    yield "|---|---|---|---|"
    for one in found:
        if one.kind == "variable":
            default = f"`{_inline(one.attributes['default'])}`" if "default" in one.attributes else "required"
            rules = "".join(f"<br>• {_cell(rule)}" for rule in one.validations)
            kind = _inline(one.attributes["type"])
            yield f"| `{one.name}` | `{kind}` | {default} | {_cell(one.description)}{rules} |"
    yield ""


def _outputs(found: list[Block]) -> Iterator[str]:
    yield "| Output | Meaning |"
    yield "|---|---|"
    for one in found:
        if one.kind == "output":
            yield f"| `{one.name}` | {_cell(one.description)} |"
    yield ""


def _inline(text: str) -> str:
    """An expression in one line; HCL separates attributes by lines or commas."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    joined = " ".join(line if line.endswith(("{", "(")) or line[:1] in "})" else f"{line}," for line in lines)
    return (joined.replace(", }", " }") if len(lines) > 1 else lines[0]).replace("|", "\\|")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
