"""``docs/terraform.md`` has every variable and output, in the groups of its file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builder.pages import terraform_page

TERRAFORM = Path(__file__).parents[3] / "terraform"
OUTPUT = 'output "{0}" {{\n  description = "Output {0}."\n  value       = 1\n}}\n'
VARIABLE = 'variable "{0}" {{\n  description = "Variable {0}."\n  type        = string\n}}\n'
VARIABLES = """# Targets. Any target may start.

variable "targets" {
  description = "Names with * or <name>, a|b."
  type = object({
    names = list(string)
    limit = optional(number, 3)
  })
  default = {}

  validation {
    condition     = var.targets.limit < 10
    error_message = "targets: more than ${9 + 1} of *."
  }
}

# Logs

variable "days" {
  description = "Days."
  type        = number
}
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of a small module."""
    files = {
        "variables.tf": VARIABLES,
        "outputs.tf": OUTPUT.format("arn"),
        "sqs_mwaa_triggers.tf.infra": VARIABLE.format("queue"),
        "iam_mwaa_sqs.tf.infra": OUTPUT.format("policy"),
        "policies/main.tf": VARIABLE.format("stack") + OUTPUT.format("people"),
    }
    (tmp_path / "policies").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(terraform_page, "FOLDER", tmp_path)
    return terraform_page.build()


def test_group_has_its_title_words_and_table(page: str) -> None:
    assert "\n## Targets\n\nAny target may start.\n\n| Variable | Type | Default | Meaning and rules |\n" in page
    assert "\n## Logs\n\n| Variable |" in page


def test_row_has_type_default_and_rules_in_one_line(page: str) -> None:
    (row,) = (line for line in page.splitlines() if line.startswith("| `targets`"))
    assert row == (
        "| `targets` | `object({ names = list(string), limit = optional(number, 3) })` | `{}` | "
        "Names with \\* or &lt;name>, a\\|b.<br>• targets: more than N of \\*. |"
    )


def test_variable_without_a_default_is_required(page: str) -> None:
    assert "| `days` | `number` | required | Days. |" in page


def test_each_module_has_its_own_tables(page: str) -> None:
    own, policies, infra = re.split("## Module `terraform/policies`|## Files for the repository that owns MWAA", page)
    names = [re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in (own, policies, infra)]
    assert names == [["targets", "days", "arn"], ["stack", "people"], ["queue", "policy"]]
    assert "| Output | Meaning |\n|---|---|\n| `arn` | Output arn. |" in own


def test_committed_page_has_every_name_of_the_files() -> None:
    built = terraform_page.build()
    for name in ("variables.tf", "outputs.tf", "policies/main.tf", "sqs_mwaa_triggers.tf.infra"):
        found = re.findall(r'^(?:variable|output) "(\w+)"', (TERRAFORM / name).read_text(), re.MULTILINE)
        assert found
        assert [one for one in found if f"\n| `{one}` | " not in built] == []


def test_rows_of_the_committed_page_have_four_cells() -> None:
    for line in terraform_page.build().splitlines():
        if line.startswith("| `"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (3, 5), line
