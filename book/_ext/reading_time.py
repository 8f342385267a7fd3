"""Say how long a chapter takes to read, computed from what is on it: {reading-time}`minutes`.

The first number is for the page as it opens. The second counts what is folded or asked as well:
full proofs, solutions, exercises, reasons of answers, code behind figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# Seconds. A careful reader of mathematics takes about 150 words in a minute, stops at a formula
# that stands by itself, and reads code line by line.
WORD = 60 / 150
INLINE_FORMULA = 2.0
DISPLAYED_FORMULA = 20.0
CODE_LINE = 4.0
FIGURE = 30.0
# Classes of what is folded, or asked of the reader.
EXTRA = frozenset({"dropdown", "toggle", "solution", "exercise", "reason", "tag_hide-input"})
STEP = 5


class ReadingTime(nodes.Inline, nodes.TextElement):
    """Where the numbers will stand."""


@dataclass
class Seconds:
    """What a page takes, as it opens and in full."""

    open: float = 0.0
    full: float = 0.0

    def add(self, seconds: float, *, extra: bool) -> None:
        """Count what is read at once, or only by those who read all."""
        self.full += seconds
        self.open += 0.0 if extra else seconds


def measure(node: nodes.Node, seconds: Seconds, *, extra: bool = False) -> Seconds:
    """Add up what a node and all in it take."""
    if isinstance(node, nodes.Element):
        extra = extra or bool(EXTRA & set(node.get("classes", ()))) or "solution" in node.tagname
    if isinstance(node, nodes.math_block):
        seconds.add(DISPLAYED_FORMULA, extra=extra)
    elif isinstance(node, nodes.math):
        seconds.add(INLINE_FORMULA, extra=extra)
    elif isinstance(node, nodes.literal_block):
        seconds.add(CODE_LINE * len(node.astext().splitlines()), extra=extra)
    elif isinstance(node, nodes.Text):
        seconds.add(WORD * len(node.split()), extra=extra)
    elif isinstance(node, nodes.Element) and not isinstance(node, (nodes.raw, nodes.Invisible)):
        if isinstance(node, nodes.figure):
            seconds.add(FIGURE, extra=False)
        for child in node.children:
            measure(child, seconds, extra=extra)
    return seconds


def in_minutes(seconds: float) -> int:
    """Rounded up to five minutes: it is no more exact."""
    return STEP * max(1, -int(-seconds // (60 * STEP)))


def write_time(app: Sphinx, document: nodes.document) -> None:
    """Put the numbers where a page asks for them."""
    for place in list(document.findall(ReadingTime)):
        seconds = measure(document, Seconds())
        least, most = in_minutes(seconds.open), in_minutes(seconds.full)
        text = f"{least} minutes"
        if most > least:
            text += f", {most} with proofs, exercises and code"
        place.replace_self(nodes.Text(text))


def role(name: str, rawtext: str, text: str, *_: Any) -> tuple[list[nodes.Node], list[Any]]:
    """The role: a place for the numbers, whatever its text says."""
    return [ReadingTime()], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_node(ReadingTime)
    app.add_role("reading-time", role)
    app.connect("doctree-read", write_time)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
