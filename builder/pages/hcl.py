"""Reads variables and outputs of Terraform files as text, with tree-sitter's grammar of HCL; evaluates nothing.

The text of a default or a type is what the author wrote, so a page can show it. Grammar:
github.com/tree-sitter-grammars/tree-sitter-hcl.
"""

from __future__ import annotations

import functools
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser


@dataclass(frozen=True, slots=True)
class Block:
    """A ``variable`` or ``output`` block.

    Attributes:
        kind: ``variable`` or ``output``.
        section: last comment line that stands alone before the block: the heading of a group.
        description: its text.
        attributes: text of each attribute, as written.
        validations: error message of each validation; ``{name}`` is a variable's value, ``N`` a computed number.
    """

    kind: str
    name: str
    section: str
    description: str
    attributes: dict[str, str] = field(default_factory=dict)
    validations: list[str] = field(default_factory=list)


def blocks(text: str) -> Iterator[Block]:
    """Yield the variables and outputs of a file, in order.

    Raises:
        ValueError: the text is not HCL.
    """
    tree = _parser().parse(text.encode())
    if tree.root_node.has_error:
        raise ValueError("not HCL. Run: terraform fmt, which names the line")
    section = ""
    for node in _children(tree.root_node):
        if node.type == "comment":
            # A heading has an empty line after it; a comment on a block has none.
            following = node.next_sibling
            if following is not None and following.start_point.row > node.end_point.row + 1:
                section = _text(node).lstrip("# ")
        elif node.type == "block":
            words = [_text(one).strip('"') for one in node.children if one.type in ("identifier", "string_lit")]
            if words[0] in ("variable", "output"):
                described = _unquoted(_attribute(node, "description"))
                yield Block(words[0], words[1], section, described, _attributes(node), list(_validations(node)))


def _children(root: Node) -> Iterator[Node]:
    """Blocks and comments of a file, in order of their lines."""
    found = [one for one in root.children if one.type == "comment"]
    for body in root.children:
        if body.type == "body":
            found += [one for one in body.children if one.type in ("block", "comment")]
    yield from sorted(found, key=lambda one: one.start_byte)


def _attributes(block: Node) -> dict[str, str]:
    return {_text(one.children[0]): _expression(one) for one in _content(block) if one.type == "attribute"}


def _validations(block: Node) -> Iterator[str]:
    for one in _content(block):
        if one.type == "block" and _text(one.children[0]) == "validation":
            yield _unquoted(_attribute(one, "error_message"))


def _content(block: Node) -> list[Node]:
    return [one for body in block.children if body.type == "body" for one in body.children]


def _attribute(block: Node, name: str) -> Node:
    return next(one for one in _content(block) if one.type == "attribute" and _text(one.children[0]) == name)


def _unquoted(attribute: Node) -> str:
    """Text of a quoted string; a template is shown by the variable that fills it."""
    value = attribute.children[-1]
    text, begin = value.text or b"", value.start_byte
    for node in reversed(list(_interpolations(value))):
        variable = re.fullmatch(r"\$\{var\.(\w+)\}", _text(node))
        shown = f"{{{variable[1]}}}" if variable else "N"
        text = text[: node.start_byte - begin] + shown.encode() + text[node.end_byte - begin :]
    found: str = json.loads(text)
    return found


def _interpolations(node: Node) -> Iterator[Node]:
    """The templates of a string, without those inside them."""
    for one in node.children:
        if one.type == "template_interpolation":
            yield one
        else:
            yield from _interpolations(one)


def _expression(attribute: Node) -> str:
    text = _text(attribute.children[-1])
    first, separator, rest = text.partition("\n")
    return first + separator + textwrap.dedent(rest)


def _text(node: Node) -> str:
    return (node.text or b"").decode()


@functools.cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_hcl.language()))
