"""The slides of a part as one page, which shows them one by one (Reveal.js) from any folder."""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from away.slides import choice, labelled, make_slides
from away.svg_files import standalone
from away.words import size, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from away.mathml import Formulas
    from away.site import Page, Part
    from away.slides import Slide

HERE = Path(__file__).parent
# Letters of room from which a slide is set smaller, and smaller still.
DENSE, DENSER = 360, 560
# Questions that fit on the first slide of a part, one below another, and in two columns.
IN_ONE_COLUMN, IN_TWO_COLUMNS = 8, 12
INDEX = "index.html"
LICENSE = "© The symtheory authors, CC BY 4.0"
HOW = (
    "<p>Arrows turn the slides: down within a chapter, right to the next. S opens the notes in a "
    "window of their own, O shows all slides, and ?print-pdf at the end of the address sets them "
    "for printing.</p>"
)


def write_decks(
    parts: list[tuple[Part, list[Page]]], book: str, formulas: Formulas, folder: Path
) -> None:
    """Write the slides of every part that has chapters, with all that they need.

    Args:
        parts: Parts, with their pages.
        book: The title of the book.
        formulas: MathML of the formulas, for the notes.
        folder: Where to; its ``figures`` get the figures that are shown.
    """
    figures = folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    page = Template((HERE / "deck.html").read_text(encoding="utf-8"))
    for part, pages in parts:
        if not part.chapters:
            continue
        chapters = [page for page in pages if page.name in part.chapters]
        stacks = [opening(part, chapters, book)]
        for chapter in chapters:
            stacks.append(stack(chapter, make_slides(chapter, formulas)))
            figure = labelled(chapter, str(choice(chapter)["data-figure"]))
            drawing, alt = chapter.drawing(figure)
            name = str(figure["id"])
            text = standalone(drawing, alt, title=name)
            (figures / f"{name}.svg").write_text(text, encoding="utf-8")
        title = f"{part.caption} · {book}"
        html = page.substitute(title=escape(title), sections="\n".join(stacks))
        (folder / f"{part.name}.html").write_text(html, encoding="utf-8")
    (folder / INDEX).write_text(index([part for part, _ in parts], book), encoding="utf-8")
    shutil.copy2(HERE / "slides.css", folder)


def index(parts: Iterable[Part], book: str) -> str:
    """A page that leads to the slides of each part."""
    links = "".join(
        f'<li><a href="{part.name}.html">{escape(part.caption)}</a></li>'
        for part in parts
        if part.chapters
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"/><title>Slides · {escape(book)}</title>'
        f'<link rel="stylesheet" href="slides.css"/></head><body><main class="index"><h1>Slides of '
        f"“{escape(book)}”</h1><ol>{links}</ol>{HOW}<p>{LICENSE}</p></main></body></html>\n"
    )


def opening(part: Part, chapters: list[Page], book: str) -> str:
    """The first slide of a part: its chapters' questions."""
    asked = "".join(f"<li>{words(heading)}</li>" for heading in headings(chapters))
    columns = " columns" if len(chapters) > IN_ONE_COLUMN else ""
    columns += " many" if len(chapters) > IN_TWO_COLUMNS else ""
    body = f'<ul class="plain{columns}">{asked}</ul><p class="source">{LICENSE}</p>'
    return section("opening", f"<h1>{escape(part.caption)}</h1>{body}", "", book, HOW)


def headings(chapters: list[Page]) -> Iterable:
    """The titles of chapters."""
    return (chapter.article.h1 for chapter in chapters)


def stack(chapter: Page, slides: list[Slide]) -> str:
    """The slides of a chapter, one below another."""
    inner = "\n".join(sheet(chapter, slide) for slide in slides)
    return f'<section id="{chapter.name.rpartition("/")[2]}">\n{inner}\n</section>'


def sheet(chapter: Page, slide: Slide) -> str:
    """A slide; one with much to say is set smaller."""
    room = size(slide.body)
    dense = "denser" if room > DENSER else "dense" if room > DENSE else ""
    above = "" if slide.kind == "question" else chapter.title
    return section(slide.kind, f"<h2>{slide.title}</h2>{slide.body}", dense, above, slide.notes)


def section(kind: str, content: str, dense: str, above: str, notes: str) -> str:
    """A slide, as Reveal.js has it."""
    of = f'<p class="of">{escape(above)}</p>' if above else ""
    sheet = f'<div class="sheet {kind} {dense}">{of}{content}</div>'
    return f'<section>{sheet}<aside class="notes">{notes}</aside></section>'


def copy_players(folder: Path, site: Path, modules: Path) -> None:
    """Bring what shows the slides: Reveal.js and the site's MathJax."""
    reveal, target = modules / "reveal.js", folder / "reveal"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("dist/reveal.js", "dist/reveal.css", "dist/plugin/notes.js", "LICENSE"):
        shutil.copy2(reveal / name, target)
    shutil.copytree(site / "_static" / "mathjax", folder / "mathjax", dirs_exist_ok=True)
