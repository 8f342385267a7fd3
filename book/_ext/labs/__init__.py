"""What each lab claims and what came out, in the lab, as a card and as a row of the scoreboard.

    ```{lab}
    :claim: Networks whose neurons cannot be exchanged are connected by a line without a barrier.
    :figure: fig-barrier
    ```

stands in a lab, after its other seeds. What came out is computed there and glued under two names,
``verdict`` ("holds", "holds for 4 of 5 seeds", "does not hold") and ``evidence``, the numbers.
`{lab-cards}` shows all labs, each with its paper, the first source that it cites, and with its
figure; `{lab-scores}` is a table with a row for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.parsers.rst import directives
from places import add_place
from sphinx.util.docutils import SphinxDirective

from labs.cards import make_card
from labs.read import BOX, read_labs
from labs.scores import score_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

TITLE = "What came out"


class LabDirective(SphinxDirective):
    """The claim of a lab and its verdict, as a box."""

    option_spec = {  # noqa: RUF012 - docutils reads it from the class
        "claim": directives.unchanged_required,
        "figure": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """The box."""
        missing = [name for name in self.option_spec if name not in self.options]
        if missing:
            raise self.error(f"Expected {' and '.join(missing)}. Got none. Try :{missing[0]}: …")
        box = nodes.admonition("", classes=[BOX], figure=self.options["figure"])
        claim, verdict, evidence = (
            nodes.inline("", "", *self.parse_inline(text, lineno=self.lineno)[0], classes=[kind])
            for kind, text in (
                ("claim", self.options["claim"]),
                ("verdict", "{glue:text}`verdict`"),
                ("evidence", "{glue:text}`evidence`"),
            )
        )
        box += nodes.paragraph("", "", claim)
        box += nodes.paragraph("", "", verdict, nodes.Text(": "), evidence, nodes.Text("."))
        box.insert(0, nodes.title("", TITLE))
        self.set_source_info(box)
        return [box]


def cards(app: Sphinx, docname: str) -> nodes.Node:
    """All labs as cards."""
    return nodes.container(
        "", *(make_card(lab, docname) for lab in read_labs(app.env)), classes=["lab-cards"]
    )


def scores(app: Sphinx, docname: str) -> nodes.Node:
    """All labs as a table."""
    return score_table(read_labs(app.env), docname)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_directive("lab", LabDirective)
    add_place(app, "lab-cards", cards)
    add_place(app, "lab-scores", scores)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
