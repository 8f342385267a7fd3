"""Each page as plain Markdown beside the page, and ``llms.txt``, which lists them all.

For readers that are programs, and for whoever wants the text alone: numbers, references, captions
and boxes are resolved, code stands in fences.

Source: the proposal of J. Howard, The /llms.txt file, https://llmstxt.org.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from course.markdown import CELL_LINE, to_markdown
from course.notebook import code_cells
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LIST = "llms.txt"
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')


def write_page(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Write a page as Markdown."""
    if app.builder.name != "html":
        return
    code = code_cells(app.env, docname)
    text = CELL_LINE.sub(
        lambda cell: f"```python\n{code[int(cell[1])].source.strip()}\n```",
        to_markdown(document, docname, app.builder),
    )
    path = Path(app.outdir) / f"{docname}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def description(page: Path) -> str:
    """What a page says of itself to search engines."""
    found = DESCRIPTION.search(page.read_text(encoding="utf-8"))
    return unescape(found[1]) if found else ""


def parts(env: BuildEnvironment) -> Iterator[tuple[str, list[str]]]:
    """The parts of the book: their captions, and the names of their pages."""
    for tree in env.get_doctree(env.config.root_doc).findall(addnodes.toctree):
        yield str(tree["caption"] or env.config.html_title), list(tree["includefiles"])


def write_list(app: Sphinx, exception: Exception | None) -> None:
    """Write what pages there are."""
    if exception is not None or app.builder.name != "html":
        return
    root, env = Path(app.outdir), app.env
    lines = [
        f"# {app.config.html_title}",
        "",
        f"> {description(root / (env.config.root_doc + '.html'))}",
    ]
    for caption, pages in parts(env):
        lines += ["", f"## {caption}", ""]
        for page in pages:
            title, about = env.titles[page].astext(), description(root / f"{page}.html")
            lines.append(f"- [{title}]({page}.md): {about}")
    (root / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After solutions are taken out, where they are, and before terms become links.
    app.connect("doctree-resolved", write_page, priority=402)
    app.connect("build-finished", write_list)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
