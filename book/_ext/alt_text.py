"""Refuse a figure without alternative text.

Checked are images in prose and in notebook outputs, and ``<img>`` and ``<svg>`` in raw HTML. A
picture that says nothing may be marked as such: ``aria-hidden="true"``, ``role="presentation"`` or,
in HTML, ``alt=""`` with that role.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class PictureParser(HTMLParser):
    """Collect the pictures of an HTML fragment that have no words.

    Attributes:
        silent: The tags of ``<img>`` and outermost ``<svg>`` elements without alternative text, as
            written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.silent: list[str] = []
        self._hidden_depth = 0
        self._svg: str | None = None
        self._svg_depth = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a picture; an ``<svg>`` may still get its words from a ``<title>`` child."""
        attributes = dict(attrs)
        if self._hidden_depth:
            self._hidden_depth += tag not in VOID
            return
        if attributes.get("aria-hidden") == "true" or attributes.get("role") in (
            "presentation",
            "none",
        ):
            self._hidden_depth += tag not in VOID
            return
        text = " ".join(
            (attributes.get(name) or "").strip()
            for name in ("alt", "aria-label", "aria-labelledby")
        )
        if tag == "img" and not self._svg_depth and not text.strip():
            self.silent.append(self.get_starttag_text() or "<img>")
        elif tag == "svg":
            if not self._svg_depth:
                self._svg = None if text.strip() else (self.get_starttag_text() or "<svg>")
            self._svg_depth += 1
        elif tag == "title" and self._svg_depth:
            self._in_title = True

    def handle_data(self, data: str) -> None:
        """Take the text of a ``<title>`` as the words of its ``<svg>``."""
        if self._in_title and data.strip():
            self._svg = None

    def handle_endtag(self, tag: str) -> None:
        """Judge an ``<svg>`` when it ends."""
        if self._hidden_depth:
            self._hidden_depth -= 1
        elif tag == "title":
            self._in_title = False
        elif tag == "svg" and self._svg_depth:
            self._svg_depth -= 1
            if not self._svg_depth and self._svg is not None:
                self.silent.append(self._svg)
                self._svg = None


def silent_pictures(html: str) -> list[str]:
    """The start tags of the pictures in ``html`` that have no alternative text."""
    parser = PictureParser()
    parser.feed(html)
    parser.close()
    return parser.silent


def check_page(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn about every picture of a page without words; under -W that fails the build."""
    if app.builder.format != "html":
        return
    for node in doctree.findall(lambda node: isinstance(node, nodes.image | nodes.raw)):
        if isinstance(node, nodes.image):
            silent = [] if str(node.get("alt", "")).strip() else [f"image {node.get('uri', '')}"]
        else:
            silent = silent_pictures(node.astext()) if "html" in node.get("format", "") else []
        for picture in silent:
            LOGGER.warning(
                "Expected alternative text on every figure. Got none on %s. "
                "Try figures.show(figure, alt=..., provenance=...) or ![words](file).",
                picture[:120],
                location=node if node.source else docname,
                type="alt_text",
            )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After the output formats of the notebooks are chosen.
    app.connect("doctree-resolved", check_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
