"""Refuse a bound that rounding made false: "at most 0.02" of what is 0.0205.

A number that the page computes is printed to some digits, rounded to the nearest. Where the words
beside it say "at most" or "at least", it must be rounded away from what it bounds, which
`symtheory.book.numbers` does.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from docutils import nodes
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["wrong_bound"]

# What stands right before a number, or right after it and its unit.
UPPER = re.compile(r"\b(?:at most|no more than|never more than|up to|(?:to )?within)\s*$", re.I)
LOWER = re.compile(r"\b(?:at least|no less than|never less than|no fewer than)\s*$", re.I)
UNIT = r"^\s*(?:%|°)?\s*(?:points? )?"
UPPER_AFTER = re.compile(UNIT + r"(?:or less|or fewer|at most)\b", re.I)
LOWER_AFTER = re.compile(UNIT + r"(?:or more|at least)\b", re.I)
# Of a value: what single precision leaves, as `symtheory.book.numbers` has it.
ROUNDING = 1e-6


def wrong_bound(before: str, value: float, shown: float, after: str) -> str:
    """The name of the function that would have rounded the other way, or nothing if all is well.

    Args:
        before: What is written before the number.
        value: The number.
        shown: What of it is printed.
        after: What is written after it.
    """
    slack = ROUNDING * abs(value)
    if shown < value - slack and (UPPER.search(before) or UPPER_AFTER.search(after)):
        return "at_most"
    if shown > value + slack and (LOWER.search(before) or LOWER_AFTER.search(after)):
        return "at_least"
    return ""


class _Measured(PasteTextRole):
    """A computed number in the prose, which keeps what it is beside what of it is printed."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found, messages = super().run()
        key, _, spec = self.text.rpartition(":")
        if len(found) == 1 and isinstance(found[0], nodes.inline) and "::" not in self.text and key:
            try:
                data = retrieve_glue_data(self.document, key).data["text/plain"]
                value, shown = float(data), float(found[0].astext())
            except ValueError:  # words, or a number that is not written as one
                return found, messages
            if math.isfinite(value):
                found[0]["measured"] = (key, spec, value, shown)
        return found, messages


def _check(app: Sphinx, doctree: nodes.document) -> None:
    for node in doctree.findall(lambda node: isinstance(node, nodes.inline) and "measured" in node):
        name, spec, value, shown = node["measured"]
        del node["measured"]
        place = node.parent.index(node)
        before = "".join(part.astext() for part in node.parent[:place])
        after = "".join(part.astext() for part in node.parent[place + 1 :])
        if mend := wrong_bound(before, value, shown, after):
            logging.getLogger(__name__).warning(
                "Expected a bound that holds as it is printed. Got %s for %r, which is %r. "
                'Try %s(…, "%s").',
                *(node.astext(), name, value, mend, spec),
                location=node,
                type="bounds",
            )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.setup_extension("myst_nb")
    app.add_role_to_domain("glue", "text", _Measured(), override=True)
    app.connect("doctree-read", _check, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
