"""What a course needs to know of the chapters, from the chapters.

`{chapter-plan}` is a table of what each needs, takes and asks, `{chapter-graph}` a picture of what
builds on what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from plan.chapters import read_chapters
from plan.graph import draw
from plan.table import make_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from plan.chapters import Chapter


class Place(nodes.General, nodes.Element):
    """Where the table or the picture will stand, once all chapters are read."""


class PlanDirective(SphinxDirective):
    """Both directives: they take nothing."""

    def run(self) -> list[nodes.Node]:
        """A place for what its name says."""
        return [Place(kind=self.name)]


class FillPlaces(SphinxPostTransform):
    """Put table and picture where they are wanted."""

    default_priority = 5

    def run(self, **kwargs: object) -> None:
        """Fill each place."""
        for place in list(self.document.findall(Place)):
            chapters = read_chapters(self.env)
            if place["kind"] == "chapter-plan":
                place.replace_self(make_table(chapters, self.link))
            else:
                place.replace_self(nodes.raw("", draw(chapters, self.address), format="html"))

    def address(self, chapter: Chapter) -> str:
        """The address of a chapter, seen from this page."""
        return str(self.app.builder.get_relative_uri(self.env.docname, chapter.docname))

    def link(self, chapter: Chapter, words: str) -> nodes.Node:
        """A link to a chapter."""
        return nodes.reference("", words, internal=True, refuri=self.address(chapter))


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages with such places, which say what chapters say that may have changed."""
    return [name for name in env.found_docs if any(env.get_doctree(name).findall(Place))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_node(Place)
    app.add_directive("chapter-plan", PlanDirective)
    app.add_directive("chapter-graph", PlanDirective)
    app.add_post_transform(FillPlaces)
    app.connect("env-updated", write_again)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
