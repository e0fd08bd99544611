"""``orchestrator graph``: draws which job starts which targets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.config_file import DEFAULT_ENV, Env, read_config_file
from cli.io import DEFAULT_CONFIG, write_text
from orchestration.errors import ConfigError
from orchestration.settings import Settings
from orchestration.values.shell import command

if TYPE_CHECKING:
    from analysis.graph.graph import Direction, Graph

FORMATS = {".svg": "svg", ".html": "html", ".mmd": "mermaid", ".json": "json"}
"""Suffix of the output file to its format."""


def graph(  # noqa: PLR0913 - one parameter an option
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="Configuration; - for standard input.")
    ] = DEFAULT_CONFIG,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write. Default: standard output.", show_default=False)
    ] = None,
    as_format: Annotated[
        str,
        typer.Option(
            "--format", help="svg, html, mermaid or json. Default: the file's suffix, or mermaid.", show_default=False
        ),
    ] = "",
    job: Annotated[str, typer.Option(help="Job or target: draw only its part. Default: everything.")] = "",
    downstream: Annotated[bool, typer.Option("--downstream", help="With --job: all that it starts.")] = False,
    upstream: Annotated[bool, typer.Option("--upstream", help="With --job: all that starts it.")] = False,
    env: Env = DEFAULT_ENV,
) -> None:
    """Draw which job starts which targets.

    A target is an upstream job too if a workflow has its name. With --job, the graph has only the jobs and targets that
    a change of this job can affect (--downstream), or on which it depends (--upstream).

    \b
    Exit codes:
      0  drawn
      2  bad input
    """  # noqa: D301 - click reads the character \b: keep the lines below it
    from analysis.graph.graph import build  # noqa: PLC0415
    from analysis.graph.lineage import edges, in_file, join_edges  # noqa: PLC0415
    from orchestration.configuration.workflows import checked_entries, read_document  # noqa: PLC0415

    if (downstream or upstream) and not job:
        raise ConfigError("graph: --downstream and --upstream need --job.")
    wanted = as_format or FORMATS.get(output.suffix if output else ".mmd", "")
    if wanted not in FORMATS.values():
        raise ConfigError(f"graph: {as_format or output}: expected the format svg, html, mermaid or json.")
    settings = Settings(deploy_env=env)
    document, _, written = read_document(read_config_file(config), settings)
    entries = list(checked_entries(document, settings))
    drawn = [in_file(edge, written) for edge in edges(entries) + join_edges(document)]
    found = build(document, drawn)
    invalid = sum(bool(entry.problems) for entry in entries)
    if invalid:
        typer.echo(
            f"orchestrator: {invalid} invalid entries are left out. Run: {command('validate', str(config))}", err=True
        )
    if job:
        directions: dict[Direction, bool] = {"downstream": downstream, "upstream": upstream}
        chosen = [name for name, wanted_too in directions.items() if wanted_too]
        found = found.part(job, chosen or directions)
    text = _drawn(found, wanted, f"Lineage of {config.name}" + (f": {job}" if job else ""))
    if output is None:
        typer.echo(text.encode(), nl=False)  # UTF-8, as in a file: the reader is another program
    else:
        write_text(output, text)
        typer.echo(f"wrote {output}: {len(found.nodes)} jobs and targets, {len(found.links)} triggers")


def _drawn(found: Graph, wanted: str, title: str) -> str:
    from analysis.graph.graph import as_json, as_mermaid  # noqa: PLC0415

    if wanted == "json":
        return json.dumps(as_json(found), indent=2, ensure_ascii=False) + "\n"
    if wanted == "mermaid":
        return as_mermaid(found)
    from analysis.graph.svg import svg  # noqa: PLC0415 - the layout's library

    if wanted == "svg":
        return svg(found)
    from analysis.graph.html import html  # noqa: PLC0415

    return html(found, title)
