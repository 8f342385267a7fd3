"""Refuse a bound that rounding made false: "at most 0.02" of what is 0.0205.

A number that the page computes is printed to some digits, rounded to the nearest. Where the words
beside it say "at most" or "at least", it must be rounded away from what it bounds, which
`symtheory.book.numbers` does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx.util import logging

from symtheory.book.numbers import at_least, at_most

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["wrong_bound"]

# What stands right before a number, or right after it and its unit. Of "none is off by more than"
# the first word may stand a little before.
NOTHING = r"\b(?:no|none|never|nothing|not)\b[^.;:]{0,80}\b"
UPPER = re.compile(
    rf"(?:\b(?:at most|up to|within)|{NOTHING}(?:more|farther|larger|higher) than)\s*$", re.I
)
LOWER = re.compile(rf"(?:\bat least|{NOTHING}(?:(?:less|fewer|smaller) than|below))\s*$", re.I)
UNIT = r"^\s*(?:%|°)?\s*(?:points? )?"
UPPER_AFTER = re.compile(UNIT + r"(?:or less|or fewer|at most)\b", re.I)
LOWER_AFTER = re.compile(UNIT + r"(?:or more|at least)\b", re.I)
# Formats that can be rounded either way; of others, such as that of thousands, nothing is said.
SPEC = re.compile(r"\.\d+[ef]")


def wrong_bound(before: str, value: float, spec: str, after: str) -> str:
    """The name of the function that would have rounded the other way, or nothing if all is well.

    Args:
        before: What is written before the number.
        value: The number.
        spec: The format that it is printed in.
        after: What is written after it.
    """
    before, after = (words.replace("\N{NO-BREAK SPACE}", " ") for words in (before, after))
    shown = float(format(value, spec))
    if shown < at_most(value, spec) and (UPPER.search(before) or UPPER_AFTER.search(after)):
        return "at_most"
    if shown > at_least(value, spec) and (LOWER.search(before) or LOWER_AFTER.search(after)):
        return "at_least"
    return ""


class _Measured(PasteTextRole):
    """A computed number in the prose, which keeps what it is beside what of it is printed."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found, messages = super().run()
        name, _, spec = self.text.rpartition(":")
        if SPEC.fullmatch(spec) and "::" not in name:
            for node in found:
                data = retrieve_glue_data(self.document, name).data["text/plain"]
                node["measured"] = (name, float(data), spec)
        return found, messages


def _check(app: Sphinx, doctree: nodes.document) -> None:
    for node in doctree.findall(lambda node: isinstance(node, nodes.inline) and "measured" in node):
        name, value, spec = node["measured"]
        del node["measured"]
        place = node.parent.index(node)
        before = "".join(part.astext() for part in node.parent[:place])
        after = "".join(part.astext() for part in node.parent[place + 1 :])
        if mend := wrong_bound(before, value, spec, after):
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
