"""Give every page a description for search engines and previews: its first paragraph."""

from __future__ import annotations

from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LENGTH = 160


def describe(doctree: nodes.document) -> str:
    """The first paragraph of the text that has no formula, cut to the length that is shown."""
    for paragraph in doctree.findall(nodes.paragraph):
        in_text = isinstance(paragraph.parent, nodes.section | nodes.document)
        if in_text and paragraph.astext().strip() and not any(paragraph.findall(nodes.math)):
            return shorten(paragraph.astext(), LENGTH, placeholder=" …")
    return ""


def add_description(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the description, unless the page has its own or is made without a text."""
    if doctree is None:
        text = f"{context.get('title', '')} of the book: {app.config.html_title}"
    else:
        text = describe(doctree) or app.config.html_title
    if 'name="description"' not in context.get("metatags", ""):
        context["metatags"] = (
            context.get("metatags", "") + f'<meta name="description" content="{escape(text)}" />\n'
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("html-page-context", add_description)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
