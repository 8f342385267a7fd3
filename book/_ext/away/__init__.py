"""What can be taken away: slides of each part, figures and formulas in one archive, an EPUB.

All of it is made from the pages of the built site (``python -m away``, in ``make away``). What the
slides of a chapter show, the chapter says under its objectives:

    ```{slides}
    :figure: fig-diagonalization
    :result: thm-circulant
    :exercise: ex-different-radii
    ```

the one figure to remember, a theorem or a formula (a chapter without one leaves it out), and an
exercise to discuss, by their labels. The rest the slides find: the question, what to guess, and the
takeaways, of which the first from the figure on is the chapter's idea. A chapter of a numbered part
without these lines stops the build.

A page may name a file that is made, {away}`symtheory.epub`: a name, and a link once it is made.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from plan.chapters import is_overview
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

CHOICES = ("figure", "result", "exercise")
TRY = "Try ```{slides} with :figure: fig-…, :result: thm-… or eq-…, and :exercise: ex-…."


class Slides(SphinxDirective):
    """The directive: labels, which a reader of the page does not see."""

    option_spec: ClassVar = dict.fromkeys(CHOICES, directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        """A template, which no browser shows."""
        if not {"figure", "exercise"} <= set(self.options):
            raise self.error(
                f"Expected a figure and an exercise for the slides. Got {self.options}. {TRY}"
            )
        self.env.metadata[self.env.docname]["slides"] = dict(self.options)
        data = "".join(f' data-{name}="{escape(to)}"' for name, to in self.options.items())
        return [nodes.raw("", f'<template class="slides"{data}></template>', format="html")]


class Away(SphinxRole):
    """The role: the name of a file that ``make away`` makes."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A name in a mark of its own, which `away.publish` makes a link."""
        return [nodes.inline(self.rawtext, self.text, classes=["away"])], []


def demand(app: Sphinx, env: BuildEnvironment) -> None:
    """Let no chapter be without slides.

    Raises:
        ExtensionError: If a chapter of a numbered part says nothing of its slides.
    """
    silent = [
        name
        for name in env.toc_secnumbers
        if "slides" not in env.metadata[name] and not is_overview(name)
    ]
    if silent:
        raise ExtensionError(
            f"Expected what the slides of each chapter show. Got nothing in {', '.join(silent)}. "
            f"{TRY}"
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_directive("slides", Slides)
    app.add_role("away", Away())
    app.connect("env-check-consistency", demand)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
