"""What a course needs to know of the chapters, from the chapters.

`{chapter-plan}` is a table of what each needs, takes and asks, `{chapter-graph}` a picture of what
builds on what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from places import add_place

from plan.chapters import is_lab, read_chapters
from plan.graph import draw
from plan.table import plan_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from plan.chapters import Chapter


def plan(app: Sphinx, docname: str) -> nodes.Node:
    """The table of all chapters."""

    def link(chapter: Chapter, words: str) -> nodes.Node:
        address = app.builder.get_relative_uri(docname, chapter.docname)
        return nodes.reference("", words, internal=True, refuri=address)

    return plan_table(read_chapters(app.env), link)


def graph(app: Sphinx, docname: str) -> nodes.Node:
    """The picture, without labs: they stand beside the argument, and assume little of it."""
    chapters = [one for one in read_chapters(app.env) if not is_lab(one.docname)]

    def address(chapter: Chapter) -> str:
        return str(app.builder.get_relative_uri(docname, chapter.docname))

    return nodes.raw("", draw(chapters, address), format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    add_place(app, "chapter-plan", plan)
    add_place(app, "chapter-graph", graph)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
