"""Hooks of the docs site (MkDocs): pages from outside docs/, links between them, lists, and scripts without a CDN.

The pages are written for GitHub. So the hooks adapt them to Python-Markdown and to the site, and no page is written twice.
Events: mkdocs.org/dev-guide/plugins.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__file__).resolve().parent

PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "dags/README.md": "dags.md",
    "terraform/examples/README.md": "terraform-examples.md",
}
"""Pages from outside docs/: path in the repository, and path in the site."""

ASSETS = ("favicon.svg", "site.css")
MERMAID = Path("@mermaid-js/tiny/dist/mermaid.tiny.js")
IFRAME_WORKER = Path("iframe-worker/shim/index.js")

_LINK = re.compile(r"(?P<before>\]\(|\bsrc=\")(?P<target>[^)\s#\"]+)")
_FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2[^\n]*$", re.DOTALL | re.MULTILINE)
_DIAGRAM = re.compile(r'<pre class="mermaid">.*?</pre>', re.DOTALL)
_OPTION = re.compile(r"<code>(?=--?[a-z][a-z-]{0,30}(?: &lt;[a-z ]+&gt;)?</code>)")
_CELL = re.compile(r"<td>.*?</td>", re.DOTALL)
_LONG_CODE = re.compile(r"(?<=<code>)[^<]{20,}(?=</code>)")
_JOINT = re.compile(r"[./_:](?=\w)")
_MARKER = re.compile(r"(?P<marker>(?:[-*+]|\d+[.)]) *)")


@event_priority(-50)  # after the plugin offline, which adds a script from a CDN
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name the scripts that the site serves itself, and drop those from elsewhere."""
    modules = SITE / "node_modules"
    config.extra["polyfills"] = ["assets/iframe-worker.js"] if (modules / IFRAME_WORKER).exists() else []
    if not (modules / MERMAID).exists():
        # Material would load Mermaid from a CDN for each block of this class.
        config.mdx_configs["pymdownx.superfences"]["custom_fences"] = []
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from outside docs/, the scripts, and each file of the repository that a page links to."""
    for source, target in PAGES.items():
        files.append(File.generated(config, target, abs_src_path=str(ROOT / source)))
    for name in ASSETS:
        files.append(File.generated(config, f"assets/{name}", abs_src_path=str(SITE / name)))
    for name, script in (("mermaid.js", MERMAID), ("iframe-worker.js", IFRAME_WORKER)):
        if (SITE / "node_modules" / script).exists():
            files.append(File.generated(config, f"assets/{name}", abs_src_path=str(SITE / "node_modules" / script)))
    for page in list(files.documentation_pages()):
        for path in sorted(_linked(page.content_string, _source(page))):
            uri = site_path(path)
            if files.get_file_from_path(uri) is None and (ROOT / path).is_file() and not path.endswith(".md"):
                files.append(File.generated(config, uri, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Adapt the links and lists of a page to the site."""
    return python_markdown_lists(relinked(markdown, _source(page.file)))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put each diagram into a box that scrolls, and name the places at which code in a table may break."""
    boxed = _DIAGRAM.sub(r'<div class="diagram">\g<0></div>', html)
    marked = _OPTION.sub('<code class="option">', boxed)  # browsers break after a hyphen
    return _CELL.sub(lambda cell: _LONG_CODE.sub(lambda code: _JOINT.sub(r"\g<0><wbr>", code[0]), cell[0]), marked)


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:
    """Show no link to edit a generated page: the site knows no repository."""
    page.edit_url = None
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Add Mermaid to the pages with a diagram: 2.6 MB that the other pages do not need."""
    if '<pre class="mermaid">' not in output:
        return output
    script = posixpath.relpath("assets/mermaid.js", posixpath.dirname(page.url) or ".")
    return output.replace("</head>", f'<script src="{script}"></script></head>', 1)


def site_path(path: str) -> str:
    """Path in the site of a file of the repository."""
    if path in PAGES:
        return PAGES[path]
    return path.removeprefix("docs/") if path.startswith("docs/") else f"repository/{path}"


def relinked(markdown: str, source: str) -> str:
    """The page with links between paths of the site.

    Args:
        markdown: text of the page.
        source: path of the page in the repository.
    """
    here = posixpath.dirname(site_path(source)) or "."

    def replace(match: re.Match[str]) -> str:
        path = _repository_path(match["target"], source)
        return match[0] if path is None else match["before"] + posixpath.relpath(site_path(path), here)

    parts, end = [], 0
    for fence in _FENCE.finditer(markdown):
        parts += [_LINK.sub(replace, markdown[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, _LINK.sub(replace, markdown[end:])])


def python_markdown_lists(markdown: str) -> str:
    """The page with the lists that GitHub sees: Python-Markdown needs four spaces and an empty line before a list."""
    lines = markdown.split("\n")
    depths, offsets, first = [0] * len(lines), [0] * len(lines), set()
    stack: list[int] = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type == "list_item_open" and token.map is not None:
            start, stop = token.map
            before = stack[-1] if stack else 0
            marker = _MARKER.match(lines[start][before:].lstrip(" "))
            spaces = len(lines[start][before:]) - len(lines[start][before:].lstrip(" "))
            stack.append(before + spaces + len(marker["marker"] if marker else ""))
            for number in range(start, stop):
                depths[number], offsets[number] = len(stack), stack[-1]
            first.add(start)
        elif token.type == "list_item_close":
            stack.pop()
    written: list[str] = []
    for number, line in enumerate(lines):
        depth, offset = depths[number], offsets[number]
        begins = number in first
        if begins and _needs_an_empty_line(number, lines, depths, first):
            written.append("")
        if not depth or not line.strip():
            written.append(line)
        elif begins:
            written.append("    " * (depth - 1) + line.lstrip(" "))
        else:
            written.append("    " * depth + line[min(offset, len(line) - len(line.lstrip(" "))) :])
    return "\n".join(written)


def _needs_an_empty_line(number: int, lines: list[str], depths: list[int], first: set[int]) -> bool:
    """True if Python-Markdown would read the item at this line as more text of the paragraph above."""
    if not number or not lines[number - 1].strip():
        return False
    above = number - 1
    while above and above not in first and lines[above].strip():
        above -= 1
    return depths[number - 1] < depths[number] or not lines[above].strip()


def _source(file: File) -> str:
    """Path in the repository of a page of the site."""
    outside = {target: source for source, target in PAGES.items()}
    return outside.get(file.src_uri, f"docs/{file.src_uri}")


def _linked(markdown: str, source: str) -> set[str]:
    """Paths in the repository that a page links to."""
    found = (_repository_path(match["target"], source) for match in _LINK.finditer(_FENCE.sub("", markdown)))
    return {path for path in found if path is not None}


def _repository_path(target: str, source: str) -> str | None:
    """Path in the repository of a link's target, or None for a URL and for an absolute path."""
    if re.match(r"[a-z][a-z0-9+.-]*:|/", target):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
