"""Reads the configuration that a command is given. An error names its file: ``plan --against`` has two of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.io import read_text
from local.validation import read_config
from orchestration.errors import ConfigError
from orchestration.values.placeholders import LOCAL_ENV

Env = Annotated[str, typer.Option("--env", help="Name of the environment, for the placeholder ${deploy.env}.")]
"""Option of every command that reads a configuration file."""

DEFAULT_ENV = LOCAL_ENV
"""Environment of a command without ``--env``: that of the local stack."""


def read_config_file(path: Path) -> Any:
    """The document of a usable configuration; a trigger may be invalid, and no name is filled.

    Args:
        path: the file, or ``-`` for standard input.

    Raises:
        InputFileError: the file cannot be read.
        ConfigError: it is not JSON, or has no workflows.
    """
    return parse_config_file(read_text(path), path)


def parse_config_file(text: str, path: Path) -> Any:
    """The document of the text of a configuration, as ``read_config_file``.

    Raises:
        ConfigError: it is not JSON, or has no workflows.
    """
    from orchestration.configuration.workflows import usable_document  # noqa: PLC0415 - botocore, which --help does not need

    try:
        document, _ = usable_document(read_config(text))
    except ConfigError as error:
        name = "(standard input)" if str(path) == "-" else path
        raise ConfigError(f"{name}: {str(error).removeprefix('the configuration: ')}") from error
    return document
