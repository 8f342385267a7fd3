"""Advice for those who teach a chapter, which the page does not show.

    ```{instructor}
    Ask which of the two halves of the poses is symmetry. Most will say: both.
    ```

The instructors' notebook has it: where its exercises are planned, or, if it stands in an exercise,
beside that exercise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class instructor(nodes.Invisible, nodes.Element):
    """What instructors are told."""


class Instructor(SphinxDirective):
    """The directive: paragraphs."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """A node of what it says."""
        if not self.content:
            raise self.error("Expected advice. Got none. Try a question to ask, or leave it out.")
        box = instructor("", *self.parse_content_to_nodes())
        self.set_source_info(box)
        return [box]


def take_out(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Leave the advice out of what is shown."""
    for box in list(document.findall(instructor)):
        box.parent.remove(box)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_node(instructor)
    app.add_directive("instructor", Instructor)
    # After the notebooks are written, and before the first mentions of terms become links.
    app.connect("doctree-resolved", take_out, priority=401)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
