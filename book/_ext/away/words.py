"""What stands on a page, written again for another place."""

from __future__ import annotations

import copy
import re
from html import escape
from typing import TYPE_CHECKING

from away.site import SCREEN, formula, plain

if TYPE_CHECKING:
    from bs4 import Tag

    from away.mathml import Formulas

KEPT = {"math", "eqno", "st-together", "caption-number"}
HOLE = "\ue000{}\ue001"
COMMAND = re.compile(r"\\[a-zA-Z]+|[\\{}^_$&()\[\]]")
# As many letters take as much room as a displayed formula.
DISPLAYED = 110


def words(element: Tag, formulas: Formulas | None = None, *, keep_tag: bool = False) -> str:
    """An element as HTML without links, names and what is for the screen alone.

    Args:
        element: What is written; it is not changed.
        formulas: If given, formulas are MathML; else they are TeX, for MathJax.
        keep_tag: Whether its own tag is written too, or what stands in it.
    """
    twin = copy.copy(element)
    for useless in twin.select(SCREEN):
        useless.decompose()
    # A title that is no link is a quotation.
    for title in twin.select("a > span.doc"):
        title.insert(0, "\N{LEFT DOUBLE QUOTATION MARK}")
        title.append("\N{RIGHT DOUBLE QUOTATION MARK}")
    for link in twin.select("a"):
        link.unwrap()
    holes = []
    for math in twin.select(".math"):
        tex, displayed = formula(math), math.name == "div"
        holes.append(set_formula(math, tex, displayed=displayed, formulas=formulas))
        math.replace_with(HOLE.format(len(holes) - 1))
    for tag in [twin, *twin.find_all(True)]:
        classes = [name for name in tag.get("class") or () if name in KEPT]
        tag.attrs.clear()
        if classes:
            tag["class"] = " ".join(classes)
    text = (str(twin) if keep_tag else twin.decode_contents()).strip()
    for place, hole in enumerate(holes):
        text = text.replace(HOLE.format(place), hole)
    return text


def set_formula(math: Tag, tex: str, *, displayed: bool, formulas: Formulas | None) -> str:
    """A formula in its new place, with its number if it has one."""
    if formulas is not None:
        return formulas[tex, displayed]
    if not displayed:
        return f'<span class="math">\\({escape(tex)}\\)</span>'
    number = math.select_one(".eqno")
    tag = f'<span class="eqno">{plain(number).rstrip("#")}</span>' if number else ""
    return f'<div class="math">\\[{escape(tex)}\\]{tag}</div>'


def size(html: str) -> int:
    """About how many letters of room a text takes."""
    displayed = html.count('<div class="math">')
    short = re.sub(r'<div class="math">.*?</div>', "", html, flags=re.DOTALL)
    letters = COMMAND.sub("", re.sub(r"<[^>]*>", "", short))
    rows = sum(formula.count(r"\\") for formula in re.findall(r"\\\[.*?\\\]", html, re.DOTALL))
    return len(letters) + DISPLAYED * (displayed + rows)
