"""A number that the reader guesses before it is shown.

    ````{guess}
    :answer: '{glue:text}`right-8:.0f`'
    :to: 100
    :unit: '%'

    Of how many percent of the pairs will the network be right?
    ````

The answer is computed like any number of the text. The slider runs from ``from`` (0, if it is not
given) to ``to``, in a hundred steps or by ``step``. It starts in the middle, or, if the answer is
near, at a quarter: nobody should be right who did not move it. What comes next in the section, a
figure, a table or a paragraph, holds the answer, and is covered until a guess is made or declined.
The guess then stands beside the answer, and is kept in the browser alone (``guess.js``). Without a
script, and on paper, nothing is covered and the answer is a fold.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from docutils.writers.html5_polyglot import HTMLTranslator
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
STEPS = 100
# Of the range of a slider: so near its start an answer would be guessed by leaving it there.
NEAR = 0.05
NUMBER = re.compile(r"-?\d+(\.\d+)?")
# What the panel calls that which it covers.
NAMES = {"figure": "The figure", "table": "The table"}


class guess(nodes.Element):
    """A question, then its `truth`; ``least``, ``most``, ``step``, ``unit`` of the slider."""


class truth(nodes.TextElement):
    """The answer."""


class Guess(SphinxDirective):
    """The directive: the question, with the answer as an option."""

    has_content = True
    option_spec: ClassVar = {
        "answer": directives.unchanged_required,
        "from": float,
        "to": float,
        "step": float,
        "unit": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """A node of the question and its answer."""
        least, most = self.options.get("from", 0.0), self.options.get("to")
        answer = self.options.get("answer")
        if answer is None or most is None or not least < most or not self.content:
            raise self.error(
                "Expected a question, its answer, and a slider from a number to a larger one. "
                f"Got {least:g} to {most}, the answer {answer!r} and {len(self.content)} lines. "
                "Try ':answer: 7' and ':to: 100'."
            )
        step = self.options.get("step", (most - least) / STEPS)
        if not 0 < step <= most - least:
            raise self.error(
                f"Expected a positive step within {least:g} to {most:g}. Got {step:g}. "
                "Try leaving it out."
            )
        box = guess("", least=least, most=most, step=step, unit=self.options.get("unit", ""))
        self.set_source_info(box)
        box += self.parse_content_to_nodes()
        found, messages = self.parse_inline(answer, lineno=self.lineno)
        box += truth("", "", *found)
        return [box, *messages]


def open_guess(writer: HTMLTranslator, node: nodes.Element) -> None:
    """A form, which a blind reader hears named."""
    writer.body.append(
        f'<form class="guess" aria-label="Guess first" data-unit="{escape(node["unit"])}">\n'
    )


def close_guess(writer: HTMLTranslator, node: nodes.Element) -> None:
    """End of the form."""
    writer.body.append("</form>\n")


def open_truth(writer: HTMLTranslator, node: nodes.Element) -> None:
    """The slider, and the fold with the answer."""
    box = node.parent
    least, most = box["least"], box["most"]
    writer.body.append(
        f'<div class="guess-line"><input type="range" aria-label="Your guess" min="{least:g}" '
        f'max="{most:g}" step="{box["step"]:g}"/><output></output>'
        '<button type="submit">That is my guess</button></div>\n'
        '<details><summary>The answer</summary><p><span class="guess-said"></span>'
        'It is <strong class="guess-truth">'
    )


def close_truth(writer: HTMLTranslator, node: nodes.Element) -> None:
    """End of the fold."""
    unit = node.parent["unit"]
    writer.body.append(f"</strong>{escape(space(unit) + unit)}.</p></details>\n")


def space(unit: str) -> str:
    """What stands between a number and its unit."""
    return "\N{NO-BREAK SPACE}" if unit and unit != "°" else ""


def cover(html: str) -> tuple[str, list[str]]:
    """The body of a page with a cover over what follows each guess.

    Returns:
        The body, and the questions after which there is nothing to cover.
    """
    if 'class="guess"' not in html:
        return html, []
    soup = BeautifulSoup(html, "html.parser")
    bare = []
    forms = soup.select("form.guess")
    for number, form in enumerate(forms):
        form["id"] = f"guess-{number}"
        if len(forms) > 1:
            form["aria-label"] = f"Guess first, {number + 1} of {len(forms)}"
        set_start(form)
        # Where the script takes over, before anything of the form is shown.
        form.append(soup.new_tag("guess-start"))
        holder = what_follows(form)
        if holder is None:
            bare.append(" ".join(form.get_text().split()))
            continue
        kind = next((name for name in NAMES if holder.name == name or holder.find(name)), "")
        attributes = {
            "for": str(form["id"]),
            "data-name": NAMES.get(kind, "The answer"),
            # What a link may lead to; drawings have names of their own.
            "data-holds": " ".join(
                str(part["id"]) for part in holder.find_all(id=True) if not part.find_parent("svg")
            ),
        }
        holder.wrap(soup.new_tag("guess-cover", attrs=attributes))
    return str(soup), bare


def set_start(form: Tag) -> None:
    """Set where the slider stands at first: in the middle of its range, or away from the answer."""
    slider = form.find("input")
    if not isinstance(slider, Tag):
        return
    least, most, step = (float(str(slider[name])) for name in ("min", "max", "step"))
    start = (least + most) / 2
    truth = NUMBER.search(form.select(".guess-truth")[0].get_text().replace("\N{MINUS SIGN}", "-"))
    if truth and abs(float(truth[0]) - start) <= max(NEAR * (most - least), step):
        start = (3 * least + most) / 4
    slider["value"] = f"{least + step * round((start - least) / step):g}"


def what_follows(form: Tag) -> Tag | None:
    """The first thing after a guess that is to be seen, code apart; none if a section ends."""
    for sibling in form.find_next_siblings():
        classes = sibling.get("class") or ()
        if "cell" in classes:
            output = sibling.find("div", class_="cell_output", recursive=False)
            if isinstance(output, Tag):
                return output
        else:
            found = sibling.name in ("p", "div", "figure", "table") and "math" not in classes
            return sibling if found else None
    return None


def cover_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Cover the answers of a page."""
    if app.builder.name != "html" or "body" not in context:
        return
    context["body"], bare = cover(context["body"])
    for question in bare:
        LOGGER.warning(
            "guess: Expected a figure, a table or a paragraph after a guess. Got none after %r. "
            "Try the place just before what holds the answer.",
            question,
            location=pagename,
            type="guess",
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_node(guess, html=(open_guess, close_guess))
    app.add_node(truth, html=(open_truth, close_truth))
    app.add_directive("guess", Guess)
    # After the parts of a figure are put together.
    app.connect("html-page-context", cover_page, priority=850)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
