"""Variables and outputs of a Terraform file, as their author wrote them."""

from __future__ import annotations

import pytest

from builder.pages.hcl import blocks

TEXT = """# The place. A group of two.

variable "name" {
  description = "Name of \\"it\\"."
  type        = string
  default     = "a"

  validation {
    condition     = length(var.name) <= 64
    error_message = "name: ${length(var.name)} characters in ${var.name}, expected ${64 - 4}."
  }

  # A comment within a block.
  validation {
    condition     = var.name != ""
    error_message = "name: empty."
  }
}

# A comment on the block below.
variable "limits" {
  description = "Limits."
  type = object({
    low  = number
    high = optional(number, 3)
  })
}

locals {
  ignored = true
}

# Results

output "arn" {
  description = "ARN of ${var.name}."
  value       = aws_x.y.arn
}
"""
NAME, LIMITS, ARN = blocks(TEXT)


def test_variables_and_outputs_are_read_in_order() -> None:
    assert [(one.kind, one.name) for one in (NAME, LIMITS, ARN)] == [
        ("variable", "name"),
        ("variable", "limits"),
        ("output", "arn"),
    ]


def test_comment_with_an_empty_line_after_it_is_a_heading() -> None:
    assert [one.section for one in (NAME, LIMITS, ARN)] == ["The place. A group of two."] * 2 + ["Results"]


def test_description_is_the_text_without_quotes() -> None:
    assert NAME.description == 'Name of "it".'


def test_template_is_shown_by_its_variable_or_as_a_number() -> None:
    assert NAME.validations == ["name: N characters in {name}, expected N.", "name: empty."]
    assert ARN.description == "ARN of {name}."


def test_attributes_keep_the_text_of_the_author() -> None:
    assert NAME.attributes["default"] == '"a"'
    assert NAME.attributes["type"] == "string"
    assert "default" not in LIMITS.attributes
    assert ARN.attributes["value"] == "aws_x.y.arn"


def test_lines_of_an_expression_lose_their_common_indent() -> None:
    text = (
        'variable "v" {\n  description = ""\n  type = object({\n    a = object({\n      b = number\n    })\n  })\n}\n'
    )
    (variable,) = blocks(text)
    assert variable.attributes["type"] == "object({\n  a = object({\n    b = number\n  })\n})"


def test_text_beyond_ascii_is_counted_in_bytes() -> None:
    (variable,) = blocks('variable "v" {\n  description = "Größe ${var.name} € ${1 + 1}"\n}\n')
    assert variable.description == "Größe {name} € N"


def test_block_without_a_heading_has_none() -> None:
    (variable,) = blocks('variable "v" {\n  description = ""\n}\n')
    assert (variable.section, variable.validations) == ("", [])


@pytest.mark.parametrize("text", ['variable "v" {', "variable = {", 'variable "v" { description = "a }'])
def test_text_that_is_not_hcl_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="terraform fmt"):
        list(blocks(text))
