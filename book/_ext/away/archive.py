"""All figures as SVG and all numbered formulas as TeX, named after their labels, in one archive."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from away.packing import pack
from away.site import formula, plain
from away.svg_files import standalone
from away.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from away.mathml import Formulas
    from away.site import Page

ALL = "all-equations.tex"
README = """Figures and equations of "{book}"

figures/    each figure as SVG, named after its label in the book
equations/  each numbered formula as TeX, named after its label
{all}  a document that sets all of them, for LaTeX with amsmath and amssymb
index.html  figures and formulas with captions, to look at
index.csv   the same as a table: number, chapter, page, caption or TeX, alternative text

(c) The symtheory authors. Figures and text may be used under the Creative Commons Attribution
4.0 International license (LICENSE.txt): say where they are from, and what you changed.
"""
HEAD = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\begin{document}
"""
STYLE = (
    "body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; "
    "font: 1rem/1.5 system-ui, sans-serif; color: #1f2328 } "
    "img { max-width: 100%; height: auto } figure { margin: 2rem 0 } "
    "figcaption, p { max-width: 42rem } code { color: #57606a } math { font-size: 1.1rem }"
)


@dataclass(frozen=True)
class Item:
    """A figure or a formula.

    Attributes:
        label: Its label in the book.
        number: As the book numbers it, such as "Fig. 4.1" or "(4.1)".
        page: The page it stands on.
        content: SVG or TeX.
        caption: The caption of a figure, as HTML; of a formula nothing.
        plain_caption: The same as text, formulas as TeX.
        alt: The alternative text of a figure.
    """

    label: str
    number: str
    page: Page
    content: str
    caption: str = ""
    plain_caption: str = ""
    alt: str = ""

    @property
    def path(self) -> str:
        """Its place in the archive."""
        return f"figures/{self.label}.svg" if self.alt else f"equations/{self.label}.tex"


def figures_of(page: Page, formulas: Formulas) -> Iterator[Item]:
    """The figures of a page that have a label."""
    for figure in page.article.select("figure[id]"):
        number, caption = (figure.select_one(f".caption-{part}") for part in ("number", "text"))
        if number is None or caption is None:
            continue
        label, (drawing, alt) = str(figure["id"]), page.drawing(figure)
        yield Item(
            label=label,
            number=plain(number),
            page=page,
            content=standalone(drawing, alt, title=f"{plain(number)}, {label}"),
            caption=words(caption, formulas),
            plain_caption=plain(caption),
            alt=alt,
        )


def equations_of(page: Page) -> Iterator[Item]:
    """The numbered formulas of a page."""
    for math in page.article.select("div.math[id]"):
        number = math.select_one(".eqno")
        yield Item(
            label=str(math["id"]).removeprefix("equation-"),
            number=plain(number).rstrip("#") if number else "",
            page=page,
            content=formula(math),
        )


def snippet(equation: Item) -> str:
    """A formula as LaTeX, which can be referred to by its label."""
    tex = equation.content
    if r"\\" in tex and not tex.startswith(r"\begin"):
        tex = f"\\begin{{gathered}}\n{tex}\n\\end{{gathered}}"
    return (
        f"% {equation.number} in {equation.page.title}\n"
        f"\\begin{{equation}}\\label{{{equation.label}}}\n{tex}\n\\end{{equation}}\n"
    )


def document(equations: Iterable[Item]) -> str:
    """All formulas as one document, a section for each chapter."""
    lines, page = [HEAD], None
    for equation in equations:
        if equation.page is not page:
            page = equation.page
            lines.append(f"\\section*{{{page.title}}}\n")
        lines.append(f"\\noindent\\texttt{{{equation.label}}}, {equation.number} in the book:\n")
        lines.append(f"\\input{{{equation.path}}}\n")
    return "".join([*lines, "\\end{document}\n"])


def table(items: Iterable[Item]) -> str:
    """All figures and formulas as comma-separated values."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["label", "number", "chapter", "page", "file", "caption or TeX", "alt"])
    for item in items:
        said = item.plain_caption or item.content
        where = f"{item.page.name}.html"
        writer.writerow(
            [item.label, item.number, item.page.title, where, item.path, said, item.alt]
        )
    return text.getvalue()


def index(items: Iterable[Item], book: str, formulas: Formulas) -> str:
    """All figures and formulas as a page to look at."""
    lines, page = [], None
    for item in items:
        if item.page is not page:
            page = item.page
            lines.append(f"<h2>{escape(page.title)}</h2>")
        name = f'<a href="{item.path}"><code>{item.path}</code></a>'
        if item.alt:
            alt = escape(item.alt, quote=True)
            lines.append(
                f'<figure><img src="{item.path}" alt="{alt}"/><figcaption>{item.number}. '
                f"{item.caption}<br/>{name}</figcaption></figure>"
            )
        else:
            lines.append(f"<p>{item.number} {name}</p>{formulas[item.content, True]}")
    body = "\n".join(lines)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/><title>Figures and '
        f"equations · {escape(book)}</title><style>{STYLE}</style></head><body>\n"
        f"<h1>Figures and equations of “{escape(book)}”</h1>\n{body}\n</body></html>\n"
    )


def write_archive(
    pages: Iterable[Page], book: str, formulas: Formulas, terms: Path, path: Path
) -> list[Item]:
    """Write the archive, and tell what is in it.

    Args:
        pages: All pages of the book, in their order.
        book: Its title.
        formulas: MathML of its formulas.
        terms: The license of text and figures.
        path: Where to.

    Raises:
        ValueError: If two things have one label.
    """
    items = [item for page in pages for item in (*figures_of(page, formulas), *equations_of(page))]
    files: dict[str, str | bytes] = {
        "README.txt": README.format(book=book, all=ALL),
        "LICENSE.txt": terms.read_text(encoding="utf-8"),
        "index.html": index(items, book, formulas),
        "index.csv": table(items),
        ALL: document(item for item in items if not item.alt),
    }
    for item in items:
        if item.path in files:
            raise ValueError(f"Expected a label once. Got {item.label} twice. Try another name.")
        files[item.path] = item.content if item.alt else snippet(item)
    pack(path, files)
    return items
