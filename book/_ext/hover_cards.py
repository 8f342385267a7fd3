"""What a link leads to, kept beside the page: a theorem, a formula, a caption, a term, a source.

Of every element of the site that a link within it names, the part that answers "what was that
again?" is written to ``_static/cards/PAGE.js``, one file for each page that has such links. The
script ``cards.js`` loads it when the first of them is pointed at. A script, and not data, so that
it also loads where the site is read from a folder.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from drawings import DRAWING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "_static/cards"
PARSER = "html.parser"
# What no card shows and a page has most of: drawings, and the code of its cells.
CODE = (
    r'(?<=<div class="highlight-ipython3 notranslate">)'
    r'<div class="highlight"><pre\b.*?</pre>\s*</div>'
)
MOST = re.compile(f"{DRAWING.pattern}|{CODE}", re.DOTALL)
# Links of the text, but those that stand beside what they lead to.
LINKS = ".bd-article a.internal[href*='#']"
# What a card leaves out: links to itself, tests, drawings, code, and what is folded.
LEFT_OUT = (
    ".headerlink, .checked-by, .st-provenance, script, style, svg, img, button, details, "
    "div.cell_input, div.cell_output, .admonition.dropdown"
)


def card(target: Any) -> str:
    """The part of an element that a card shows, as HTML; empty if it has none.

    Args:
        target: Any element of a page that has an id.
    """
    classes = set(target.get("class", ()))
    if target.name == "dt":
        part = target.find_next_sibling("dd")
    elif target.name == "figure":
        part = target.find("figcaption")
    elif target.name == "table":
        part = target.find("caption")
    elif classes & {"math", "proof", "exercise", "citation"}:
        part = target
    else:
        part = None
    return plain(part) if part else ""


def plain(part: Any) -> str:
    """An element without what a card leaves out, as a box of its own.

    Its links, which lead from another page, are words. Its names, which the page may have too, are
    left out.
    """
    return _plain(str(part))


@cache  # a term or a symbol is spoken of on many pages
def _plain(html: str) -> str:
    copy: Any = BeautifulSoup(html, PARSER).find(True)
    copy.name = "div"
    for inner in copy.select(LEFT_OUT):
        inner.decompose()
    for link in copy.find_all("a"):
        link.unwrap()
    for element in (copy, *copy.find_all(True)):
        element.attrs = {name: value for name, value in element.attrs.items() if name == "class"}
    return str(copy) if copy.get_text(strip=True) else ""


class Pages:
    """The pages of a site, each read once.

    Args:
        root: Where the site lies.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.read = lru_cache(maxsize=None)(self._read)
        self.named = lru_cache(maxsize=None)(self._named)

    def _read(self, name: str) -> Any:
        path = self.root / name
        if not path.is_file():
            return None
        return BeautifulSoup(MOST.sub("", path.read_text(encoding="utf-8")), PARSER)

    def _named(self, name: str) -> dict[str, Any]:
        page = self.read(name)
        return (
            {element["id"]: element for element in reversed(page.find_all(id=True))} if page else {}
        )

    def cards(self, name: str) -> dict[str, str]:
        """Cards for the links of a page, by their addresses as the page has them."""
        found = {}
        for address in sorted({link["href"] for link in self.read(name).select(LINKS)}):
            page, _, anchor = address.partition("#")
            there = posixpath.normpath(posixpath.join(posixpath.dirname(name), page))
            target = self.named(there if page else name).get(anchor)
            if target is not None and (html := card(target)):
                found[address] = html
        return found


def write_cards(app: Sphinx, exception: Exception | None) -> None:
    """Write the cards of every page that has some."""
    if exception is not None or app.builder.name != "html":
        return
    root = Path(app.outdir)
    pages = Pages(root)
    for docname in sorted(app.env.found_docs):
        cards = pages.cards(f"{docname}.html")
        path = root / FOLDER / f"{docname}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(cards, ensure_ascii=False, sort_keys=True)
        path.write_text(f"window.symtheoryCards({text});\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After the pages are mended.
    app.connect("build-finished", write_cards, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
