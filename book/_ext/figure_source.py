"""Put how a figure is made, its code and where its numbers come from, behind one control.

MyST-NB folds the code of a cell above its output, under the same words for every cell. Here the
code of a figure stands beneath its caption, together with the line of provenance; what is folded
elsewhere is named after what it defines.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag
from drawings import put_back, take_out

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

MOST_NAMES = 3


def fold(html: str) -> str:
    """The body of a page with one control for each figure, and a name for every fold."""
    if "cell_input" not in html and "st-provenance" not in html:
        return html
    text, drawings = take_out(html)
    soup = BeautifulSoup(text, "html.parser")
    for provenance in soup.select(".st-provenance"):
        gather(soup, provenance)
    for code in soup.select("details.hide"):
        name(soup, code)
    return put_back(str(soup), drawings)


def gather(soup: BeautifulSoup, provenance: Tag) -> None:
    """Move provenance and code of a figure into one fold at its end."""
    cell = provenance.find_parent("div", class_="cell")
    drawing = provenance.find_parent("div", class_="st-figure")
    if cell is None or drawing is None:
        return
    figure = provenance.find_parent("figure") or drawing
    number = figure.select_one(".caption-number")
    summary = soup.new_tag("summary")
    summary.string = f"How {number.get_text().strip() if number else 'this figure'} is made"
    source = soup.new_tag("details", attrs={"class": "st-source"})
    source.extend([summary, provenance.extract()])
    code = cell.find("details", class_="hide", recursive=False)
    if isinstance(code, Tag):
        source.extend(list(code.extract().find_all("div", recursive=False)))
    figure.append(source)


def name(soup: BeautifulSoup, code: Tag) -> None:
    """Say what the folded code of a cell defines."""
    summary, source = code.find("summary"), code.find("pre")
    if not isinstance(summary, Tag) or source is None:
        return
    names = definitions(source.get_text())
    # "Toggle hidden content" would hide the words on the button from those who speak to a computer.
    del summary["aria-label"]
    summary.clear()
    if source.get_text().lstrip().startswith(("import ", "from ")):
        summary.append("Imports and settings")
        return
    summary.append("Code")
    for number, word in enumerate(names[:MOST_NAMES]):
        summary.append(", " if number else " of ")
        summary.append(soup.new_tag("code", string=word))
    if len(names) > MOST_NAMES:
        summary.append(", …")


def definitions(source: str) -> list[str]:
    """The names that the code of a cell binds at its top, in order; none if it is no Python."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return []
    names: list[str] = []
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign):
            names += [
                part.id
                for target in statement.targets
                for part in ast.walk(target)
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            ]
    return [word for word in dict.fromkeys(names) if not word.startswith("_")]


def fold_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Fold the figures of a page."""
    if "body" in context:
        context["body"] = fold(context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After the words of its pictures are checked.
    app.connect("html-page-context", fold_page, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
