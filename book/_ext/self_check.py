r"""A question about what was just read, whose answers say why they are right or wrong.

    ````{self-check}
    What decides the error?

    - [ ] The number of seeds.

      It moves neither signal nor noise.

    - [x] The spectrum of one orbit.

      Only $\lambda_k$ stands in the formula.
    ````

Each answer is a fold, named by the answer: opened, it says whether it is right, and why. So it
works by mouse, touch and keyboard, to the ear, and without a script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from docutils.writers.html5_polyglot import HTMLTranslator
    from sphinx.application import Sphinx

RIGHT, WRONG = "Right.", "Not so."
TRY = "Try '- [x] answer' and, after an empty line, two spaces and the reason."


class self_check(nodes.Element):
    """A question, then its answers."""


class answer(nodes.Element):
    """One `said`, then the verdict and why; ``right`` if it is the right one."""


class said(nodes.TextElement):
    """What one may answer."""


class SelfCheck(SphinxDirective):
    """The directive: paragraphs, then a list of tasks of which one is done."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """A node of the question and its answers."""
        *question, answers = self.parse_content_to_nodes() or [nodes.paragraph()]
        if not question or not isinstance(answers, nodes.bullet_list):
            raise self.error(f"Expected a question, then a list of answers. Got neither. {TRY}")
        box = self_check("", *question)
        self.set_source_info(box)
        box += [self.make_answer(item) for item in answers.children]
        right = sum(one["right"] for one in box.findall(answer))
        if right != 1 or len(answers) < 2:
            raise self.error(
                f"Expected two answers or more, of which one is right. Got {len(answers)}, "
                f"of which {right} right. {TRY}"
            )
        return [box]

    def make_answer(self, item: nodes.Element) -> answer:
        """An answer of an item of the list, whose box is raw HTML."""
        head, *reason = item.children
        boxes = list(head.findall(nodes.raw))
        if len(boxes) != 1 or not reason:
            raise self.error(f"Expected an answer and its reason. Got {item.astext()!r}. {TRY}")
        boxes[0].parent.remove(boxes[0])
        right = "checked=" in boxes[0].astext()
        made = answer("", said("", "", *head.children), right=right)
        verdict = nodes.strong("", RIGHT if right else WRONG)
        reason[0].insert(0, [verdict, nodes.Text(" ")])
        for part in reason:
            part["classes"].append("reason")
        made += reason
        return made


def open_box(writer: HTMLTranslator, node: nodes.Element) -> None:
    """The box, which a blind reader hears named."""
    writer.body.append('<div class="self-check" role="group" aria-label="Check yourself">\n')


def close_box(writer: HTMLTranslator, node: nodes.Element) -> None:
    """End of the box."""
    writer.body.append("</div>\n")


def open_answer(writer: HTMLTranslator, node: nodes.Element) -> None:
    """A fold."""
    kind = "right" if node["right"] else "wrong"
    writer.body.append(f'<details class="answer {kind}">\n')


def close_answer(writer: HTMLTranslator, node: nodes.Element) -> None:
    """End of the fold."""
    writer.body.append("</details>\n")


def open_said(writer: HTMLTranslator, node: nodes.Element) -> None:
    """What names the fold."""
    writer.body.append("<summary>")


def close_said(writer: HTMLTranslator, node: nodes.Element) -> None:
    """End of what names the fold."""
    writer.body.append("</summary>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_node(self_check, html=(open_box, close_box))
    app.add_node(answer, html=(open_answer, close_answer))
    app.add_node(said, html=(open_said, close_said))
    app.add_directive("self-check", SelfCheck)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
