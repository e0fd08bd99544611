"""Writes a lineage graph as an HTML page, with a search field and highlighted ways.

The console's lineage page needs a running program and a deployed stack. This page is a file that CI can attach to a change.
"""

from __future__ import annotations

from html import escape

from analysis.graph.graph import Graph
from analysis.graph.svg import svg

_STYLE = """
body { font: 14px Helvetica, Arial, sans-serif; margin: 1.5em; color: #1d2733; }
h1 { font-size: 1.2em; }
.sheet { overflow: auto; border: 1px solid #d5dbe3; }
.node { cursor: pointer; }
.dim { opacity: 0.12; }
table { border-collapse: collapse; margin-top: 1em; }
td, th { text-align: left; padding: 2px 12px 2px 0; border-bottom: 1px solid #e4e8ee; }
"""

_SCRIPT = """
const nodes = [...document.querySelectorAll(".node")], links = [...document.querySelectorAll(".link")];
const rows = [...document.querySelectorAll("tbody tr")], search = document.querySelector("input");
function reach(key, from, to) {
  const found = new Set([key]), waiting = [key];
  while (waiting.length) {
    const one = waiting.pop();
    for (const link of links)
      if (link.dataset[from] === one && !found.has(link.dataset[to])) {
        found.add(link.dataset[to]);
        waiting.push(link.dataset[to]);
      }
  }
  return found;
}
function show(kept, inside) {
  for (const node of nodes) node.classList.toggle("dim", !kept(node.dataset.key));
  for (const one of [...links, ...rows]) one.classList.toggle("dim", !inside(one.dataset.source, one.dataset.target));
}
let chosen = "";
for (const node of nodes)
  node.addEventListener("click", () => {
    chosen = chosen === node.dataset.key ? "" : node.dataset.key;
    if (!chosen) return show(() => true, () => true);
    const down = reach(chosen, "source", "target"), up = reach(chosen, "target", "source");
    show(key => down.has(key) || up.has(key),
         (a, b) => (down.has(a) && down.has(b)) || (up.has(a) && up.has(b)));
  });
search.addEventListener("input", () => {
  chosen = "";
  const text = search.value.toLowerCase(), has = key => key.toLowerCase().includes(text);
  show(has, (a, b) => has(a) || has(b));
});
"""


def html(graph: Graph, title: str) -> str:
    """The page; it needs no network.

    Raises:
        ConfigError: the graph is too large for a picture.
    """
    rows = "".join(
        f'<tr data-source="{escape(link.source)}" data-target="{escape(link.target)}">'
        + "".join(
            f"<td>{escape(text)}</td>"
            for text in (
                link.trigger.job,
                link.trigger.event_kind,
                link.trigger.type,
                link.trigger.target,
                link.trigger.id,
                link.trigger.description,
            )
        )
        + "</tr>\n"
        for link in graph.links
    )
    heads = "".join(f"<th>{head}</th>" for head in ("job", "event", "type", "target", "id", "description"))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        '<p><input type="search" placeholder="Search" aria-label="Search"> Click a job to see what starts it and what it '
        f'starts.</p>\n<div class="sheet">\n{svg(graph)}</div>\n'
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        f"<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )
