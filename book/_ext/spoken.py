"""Mend what a page says to those who hear it.

A screen reader goes from heading to heading: titles of boxes become headings, one level below the
section that they stand in. A drawing is heard by its text alone, not by its labels once more. Code
is announced. A table says which cells head rows and columns, and has no header without words. The
sidebar is a landmark. The bibliography is a list.

Source: W3C, Accessible Rich Internet Applications 1.2; HTML Accessibility API Mappings 1.0.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from page_fixes import mend_pages

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DEEPEST = 6

# A heading, or the title of a box; the title of a fold is the name of its button.
TITLE = re.compile(
    r'<summary[^>]*>\s*<p class="admonition-title">|<h([1-6])\b|<p class="admonition-title">'
)
BOX = '<p class="admonition-title">'
# Its attributes come in any order: folding figures sorts them.
DRAWING = re.compile(
    r'(<svg\b(?=[^>]*\bclass="st-(?:wide|narrow)")[^>]*>)(?!<g aria-hidden)(.*?)</svg>', re.DOTALL
)
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
HEADER = re.compile(r"<th\b(?! scope)")
SILENT_HEADER = re.compile(r"<th\b([^>]*)>((?:\s|<p>|</p>)*)</th>")
FIRST_CELL = re.compile(r"(<tr\b[^>]*>\s*<td)(?! role)(?![^>]*>(?:\s|<p>|</p>)*</td>)")
CODE = re.compile(r'(<div class="highlight"><pre)(?! role)')
SIDEBAR = re.compile(r'<div id="pst-primary-sidebar" (?=class)')


def mend(html: str) -> str:
    """The page with every fix; a page that has them all stays as it is."""
    html = SIDEBAR.sub('<div id="pst-primary-sidebar" role="region" aria-label="Book" ', html)
    html = html.replace(' role="doc-biblioentry"', ' role="listitem"')
    html = CODE.sub(r'\1 role="code"', html)
    html = DRAWING.sub(r'\1<g aria-hidden="true">\2</g></svg>', html)
    html = TABLE.sub(lambda table: name_rows(table[0]), html)
    return head_boxes(html)


def name_rows(table: str) -> str:
    """A table whose headers head columns, whose first cells head rows; nothing heads silently."""
    head, body, rest = SILENT_HEADER.sub(r"<td\1>\2</td>", table).partition("<tbody>")
    head = HEADER.sub('<th scope="col"', head)
    return head + body + FIRST_CELL.sub(r'\1 role="rowheader"', rest)


def head_boxes(html: str) -> str:
    """Titles of boxes as headings, one level below the heading before them."""
    level = 1

    def head(title: re.Match[str]) -> str:
        nonlocal level
        if title[1]:
            level = int(title[1])
        if title[0] != BOX:
            return title[0]
        below = min(level + 1, DEEPEST)
        return f'<p class="admonition-title" role="heading" aria-level="{below}">'

    return TITLE.sub(head, html)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("build-finished", partial(mend_pages, mend=mend))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
