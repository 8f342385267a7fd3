"""The built site, as what is made from it reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import yaml
from bs4 import BeautifulSoup, Tag
from drawings import DRAWING
from plan.chapters import is_chapter

SCRIPTS = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
CODE = re.compile(r"(<pre\b[^>]*>)(.*?)</pre>", re.DOTALL)
COLORED = re.compile(r"</?span\b[^>]*>")
ARTICLE = re.compile(r'<article class="bd-article">.*?</article>', re.DOTALL)
LABEL = re.compile(r'aria-label="([^"]*)"')
# What a page has for the screen alone.
SCREEN = (
    ".headerlink, .st-report, .checked-by, template, .cell_input, details.st-source, details.hide"
)


@dataclass(frozen=True)
class Part:
    """A part of the book: its caption, whether its pages are numbered, and their names."""

    caption: str
    numbered: bool
    pages: tuple[str, ...]

    @property
    def chapters(self) -> tuple[str, ...]:
        """The names of its pages that are chapters."""
        return tuple(page for page in self.pages if self.numbered and is_chapter(page))

    @property
    def name(self) -> str:
        """The folder of its chapters, which names its slides."""
        return Path(self.pages[0]).parent.name


@dataclass(frozen=True)
class Page:
    """A page of the site.

    Attributes:
        name: Its path without an ending, such as ``notebooks/theory/circulant``.
        article: What it says. Where it has a drawing there is an ``img`` with the number of it.
        drawings: SVG, as it stands in the page.
    """

    name: str
    article: Tag
    drawings: list[str] = field(repr=False)

    @property
    def title(self) -> str:
        """Its title, with its number if it has one."""
        heading = one(self, "h1")
        return plain(heading).removesuffix("#").strip()

    def drawing(self, figure: Tag) -> tuple[str, str]:
        """The drawing of a figure, for a wide page, and its alternative text."""
        image = figure.select_one("img[data-drawing]")
        if image is None:
            refuse(self, f"a drawing in {figure.get('id')}")
        return self.drawings[int(str(image["data-drawing"]))], str(image["alt"])


def read_parts(contents: Path) -> list[Part]:
    """The parts of the book, from ``_toc.yml``; the first page is a part of its own.

    Raises:
        ValueError: If a part has no caption, or anything but pages, which have none below them; or
            if the slides of two parts would be one file.
    """
    toc = yaml.safe_load(contents.read_text(encoding="utf-8"))
    parts = [Part("", False, (toc["root"],))]
    for part in toc.get("parts", [toc]):
        chapters = part.get("chapters", [])
        if (
            not part.get("caption")
            or not chapters
            or any(not {"file"} <= set(one) <= {"file", "title"} for one in chapters)
        ):
            raise ValueError(
                "Expected parts with a caption and chapters, each a file without sections. "
                f"Got {part} in {contents.name}. Try '- file: notebooks/theory/circulant'."
            )
        pages = tuple(chapter["file"] for chapter in chapters)
        parts.append(Part(part["caption"], bool(part.get("numbered")), pages))
    names = [part.name for part in parts if part.chapters]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(
            "Expected each part to begin with a chapter of another folder, after which its slides "
            f"are named. Got {', '.join(twice)} twice in {contents.name}. Try a folder of its own."
        )
    return parts


def read_page(site: Path, name: str) -> Page:
    """A page of the built site.

    Raises:
        ValueError: If it is not there, or has no article.
    """
    path = site / f"{name}.html"
    found = path.is_file() and ARTICLE.search(path.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"Expected a page of the built site. Got none at {path}. Try make book.")
    return parse(name, found[0])


def parse(name: str, html: str) -> Page:
    """A page, from the text of its article."""
    drawings: list[str] = []

    def take_out(drawing: re.Match[str]) -> str:
        drawings.append(drawing[0])
        label = LABEL.search(drawing[0])
        alt = label[1] if label else ""
        narrow = " class='st-narrow'" if 'class="st-narrow"' in drawing[0] else ""
        return f'<img{narrow} data-drawing="{len(drawings) - 1}" alt="{alt}"/>'

    # A tag for each word of code would be most of a page.
    text = CODE.sub(
        lambda code: f"{code[1]}{COLORED.sub('', code[2])}</pre>", SCRIPTS.sub("", html)
    )
    text = DRAWING.sub(take_out, text)
    article = BeautifulSoup(text, "html.parser").find("article")
    assert isinstance(article, Tag)
    # The same once more, for a phone.
    for image in article.select("img.st-narrow"):
        image.decompose()
    return Page(name, article, drawings)


def one(page: Page, selector: str) -> Tag:
    """The first such thing on a page.

    Raises:
        ValueError: If there is none.
    """
    found = page.article.select_one(selector)
    if found is None:
        refuse(page, selector)
    return found


def refuse(page: Page, what: str) -> NoReturn:
    """Say what a page lacks."""
    raise ValueError(
        f"Expected {what} on the page. Got none in {page.name}. Try the text of a neighbor."
    )


def plain(element: Tag) -> str:
    """The words of an element, formulas as TeX."""
    return re.sub(r"\s+", " ", element.get_text()).strip()


def formula(element: Tag) -> str:
    """The TeX of a formula, without what Sphinx puts around it."""
    text = element.get_text()
    inner = re.search(r"\\[(\[](.*)\\[)\]]", text, flags=re.DOTALL)
    tex = (inner[1] if inner else text).strip()
    split = re.fullmatch(r"\\begin\{split\}(.*)\\end\{split\}", tex, flags=re.DOTALL)
    return split[1].strip() if split and r"\begin{split}" not in split[1] else tex
