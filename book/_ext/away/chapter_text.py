"""A page as XHTML for readers of books: no scripts, no folds, formulas as MathML."""

from __future__ import annotations

import copy
import posixpath
import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from away.site import formula, plain
from away.svg_files import standalone
from away.words import HOLE

if TYPE_CHECKING:
    from bs4 import Tag

    from away.mathml import Formulas
    from away.site import Page

DROPPED = (
    "template, input, button, output, .headerlink, .st-report, .guess-said, colgroup, "
    "details.hide, details.st-source, .skip-link"
)
KEPT = {"href", "src", "alt", "id", "class", "colspan", "rowspan", "start", "title"}
BLOCKS = ["p", "div", "ul", "ol", "dl", "table", "pre", "figure", "blockquote"]
# What XML takes for a name.
NAME = re.compile(r"[A-Za-z_][\w.-]*")
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True)
class Text:
    """A page as it stands in the book.

    Attributes:
        path: Its file.
        title: Its title, with its number.
        html: The whole file.
        sections: Names and titles of its sections.
        figures: SVG, by the names of its files.
    """

    path: str
    title: str
    html: str
    sections: list[tuple[str, str]]
    figures: dict[str, str] = field(repr=False)


def file_of(name: str) -> str:
    """The file of a page, such as ``theory-circulant.xhtml``."""
    return "-".join(name.split("/")[1:]) + ".xhtml"


def targets(pages: list[Page]) -> dict[str, set[str]]:
    """Names that links may lead to, by page."""
    return {
        page.name: {
            str(tag["id"]) for tag in page.article.select("[id]") if NAME.fullmatch(str(tag["id"]))
        }
        for page in pages
    }


def make_text(page: Page, formulas: Formulas, known: dict[str, set[str]]) -> Text:
    """Write a page again for a book.

    Args:
        page: The page; it is not changed.
        formulas: MathML of its formulas.
        known: What links may lead to, from `targets`.
    """
    body = copy.copy(page.article)
    for useless in body.select(DROPPED):
        useless.decompose()
    figures = take_figures(page, body)
    unfold(body)
    for link in body.select("a[href]"):
        mend_link(page, link, known)
    holes = take_formulas(body, formulas)
    sections = [
        (str(section["id"]), plain(heading))
        for section in body.select("section[id]")
        if (heading := section.find("h2", recursive=False)) and NAME.fullmatch(str(section["id"]))
    ]
    seen: set[str] = set()
    for tag in body.find_all(True):
        clear(tag, seen)
    html = body.decode_contents(formatter="minimal")
    for place, hole in enumerate(holes):
        html = html.replace(HOLE.format(place), hole)
    return Text(
        path=file_of(page.name),
        title=page.title,
        html=PAGE.format(title=escape(page.title), body=html.strip()),
        sections=sections,
        figures=figures,
    )


def take_figures(page: Page, body: Tag) -> dict[str, str]:
    """Drawings as files, explorers as they stand still; those with a label are named after it."""
    figures: dict[str, str] = {}
    for image in body.select("img[data-drawing]"):
        number = str(image["data-drawing"])
        figure = image.find_parent("figure")
        label = str(figure["id"]) if figure and figure.get("id") else ""
        name = label or f"{file_of(page.name).removesuffix('.xhtml')}-{number}"
        if f"figures/{name}.svg" in figures:
            name = f"{name}-{number}"
        alt = str(image["alt"])
        figures[f"figures/{name}.svg"] = standalone(page.drawings[int(number)], alt, title=name)
        image["src"] = f"figures/{name}.svg"
    return figures


def unfold(body: Tag) -> None:
    """Folds and questions as plain text; what holds paragraphs is none itself."""
    for summary in body.select("summary"):
        summary.name = "p"
        summary["class"] = "said"
    for fold in body.select("details, form"):
        fold.name = "div"
    for paragraph in body.find_all("p"):
        if paragraph.find(BLOCKS):
            paragraph.name = "div"


def mend_link(page: Page, link: Tag, known: dict[str, set[str]]) -> None:
    """A link to a page as a link to its file; one that leads to what a book lacks is its words."""
    address = str(link["href"])
    if re.match(r"https?:|mailto:", address):
        return
    path, _, anchor = address.partition("#")
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path))
    name = joined.removesuffix(".html") if path else page.name
    if name not in known or (anchor and anchor not in known[name]):
        link.unwrap()
        return
    there = "" if name == page.name and anchor else file_of(name)
    link["href"] = f"{there}#{anchor}" if anchor else there


def take_formulas(body: Tag, formulas: Formulas) -> list[str]:
    """Formulas as MathML, for which the text has holes; those displayed keep their numbers."""
    holes = []
    for math in body.select(".math"):
        displayed = math.name == "div"
        holes.append(formulas[formula(math), displayed])
        number = math.select_one(".eqno")
        tag = f" {plain(number)}" if number else ""
        math.clear()
        math.append(HOLE.format(len(holes) - 1) + tag)
    return holes


def clear(tag: Tag, seen: set[str]) -> None:
    """Keep what XHTML knows of a tag, and each name once."""
    for name in [name for name in tag.attrs if name not in KEPT]:
        del tag[name]
    label = str(tag.get("id") or "")
    if label and (label in seen or not NAME.fullmatch(label)):
        del tag["id"]
    seen.add(label)
