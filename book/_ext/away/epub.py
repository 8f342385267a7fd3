"""The book for readers of electronic books: EPUB 3, with MathML and the figures as SVG.

Source: EPUB 3.3, W3C Recommendation, https://www.w3.org/TR/epub-33/.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from away.chapter_text import PAGE, make_text, targets
from away.packing import pack

if TYPE_CHECKING:
    from away.chapter_text import Text
    from away.mathml import Formulas
    from away.site import Page, Part

HERE = Path(__file__).parent
AUTHORS = "The symtheory authors"
TERMS = "https://creativecommons.org/licenses/by/4.0/"
TYPES = {".xhtml": "application/xhtml+xml", ".svg": "image/svg+xml", ".css": "text/css"}
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{authors}</dc:creator>
<dc:language>en</dc:language>
<dc:rights>{terms}</dc:rights>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">
Figures have alternative texts with their numbers.
</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def write_epub(
    parts: list[tuple[Part, list[Page]]], formulas: Formulas, path: Path, *, version: str
) -> None:
    """Write the book.

    Args:
        parts: Its parts, with their pages.
        formulas: MathML of the formulas.
        path: Where to.
        version: Of the book, which tells one edition from another.

    Raises:
        ValueError: If a page is no XML, or a link leads nowhere.
    """
    pages = [page for _, pages in parts for page in pages]
    known = targets(pages)
    texts = {page.name: make_text(page, formulas, known) for page in pages}
    files = {text.path: text.html for text in texts.values()}
    for text in texts.values():
        files |= text.figures
    files["contents.xhtml"] = contents([(part, [texts[p.name] for p in ps]) for part, ps in parts])
    files["book.css"] = (HERE / "epub.css").read_text(encoding="utf-8")
    check(files)
    title = pages[0].title
    spine = [texts[pages[0].name].path, "contents.xhtml", *(texts[p.name].path for p in pages[1:])]
    package = PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, f"symtheory {version}"),
        title=escape(title),
        authors=AUTHORS,
        terms=TERMS,
        modified=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        manifest="\n".join(entry(name, content) for name, content in files.items()),
        spine="\n".join(f'<itemref idref="{token(name)}"/>' for name in spine),
    )
    whole: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "book/book.opf": package,
    }
    pack(path, whole | {f"book/{name}": text for name, text in files.items()}, stored=("mimetype",))


def token(name: str) -> str:
    """The name of a file as one of XML."""
    return "file-" + name.replace("/", "-")


def entry(name: str, content: str) -> str:
    """A file in the list of files."""
    properties = "nav" if name == "contents.xhtml" else "mathml" if "<math" in content else ""
    also = f' properties="{properties}"' if properties and name.endswith(".xhtml") else ""
    kind = TYPES[Path(name).suffix]
    return f'<item id="{token(name)}" href="{name}" media-type="{kind}"{also}/>'


def contents(parts: list[tuple[Part, list[Text]]]) -> str:
    """The table of contents: parts, chapters, sections."""
    items = []
    for part, texts in parts:
        chapters = "".join(
            f'<li><a href="{text.path}">{escape(text.title)}</a>{sections(text)}</li>'
            for text in texts
        )
        name = f"<span>{escape(part.caption)}</span>"
        items.append(f"<li>{name}<ol>{chapters}</ol></li>" if part.caption else chapters)
    body = f'<nav epub:type="toc"><h1>Contents</h1><ol>{"".join(items)}</ol></nav>'
    return PAGE.format(title="Contents", body=body)


def sections(text: Text) -> str:
    """The sections of a chapter, in the table of contents."""
    items = "".join(
        f'<li><a href="{text.path}#{name}">{escape(title)}</a></li>'
        for name, title in text.sections
    )
    return f"<ol>{items}</ol>" if items else ""


def check(files: dict[str, str]) -> None:
    """See that every page is XML, and every link and picture within the book leads somewhere.

    Raises:
        ValueError: If not.
    """
    names: dict[str, set[str]] = {}
    links: list[tuple[str, str]] = []
    for path, content in files.items():
        if path.endswith(".css"):
            continue
        try:
            root = ElementTree.fromstring(content)
        except ElementTree.ParseError as error:
            raise ValueError(f"Expected XML. Got {error} in {path}. Try its page.") from error
        names[path] = {str(tag.get("id")) for tag in root.iter() if tag.get("id")}
        if path.endswith(".xhtml"):
            links += [(path, tag.get("href") or tag.get("src") or "") for tag in root.iter()]
    for path, address in links:
        there, _, anchor = address.partition("#")
        if not address or ":" in address or there.endswith(".css"):
            continue
        if (there or path) not in names or (anchor and anchor not in names[there or path]):
            raise ValueError(f"Expected a link within the book. Got {address} in {path}.")
