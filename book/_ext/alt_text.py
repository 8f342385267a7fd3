"""Refuse a figure without alternative text.

Every page is read as it will stand on the site: images of the prose, notebook outputs, raw HTML. A
picture has words if it has an accessible name: an ``alt`` text, an ``aria-label``, the text that
``aria-labelledby`` points to, a ``title``, or what stands in its tag for those who do not see it. A
picture that says nothing may be marked as such: ``aria-hidden="true"`` or ``role="presentation"``.

Source: W3C, Accessible Name and Description Computation 1.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
PICTURES = "img, svg, canvas, object, embed, area[href], input[type=image], [role=img i]"
# Their content is for those who do not see the picture.
WITH_FALLBACK = ("canvas", "object")


def silent_pictures(html: str) -> list[str]:
    """The start tags of the pictures in ``html`` that have no alternative text."""
    soup = BeautifulSoup(html, "html.parser")
    return [
        start_tag(picture)
        for picture in soup.select(PICTURES)
        if not is_decoration(picture) and not is_part(picture) and not words(picture, soup)
    ]


def is_decoration(picture: Tag) -> bool:
    """Whether a picture is marked as saying nothing, or stands in what is hidden."""
    return attribute(picture, "role").lower() in ("presentation", "none") or any(
        attribute(tag, "aria-hidden").lower() == "true" or tag.has_attr("hidden")
        for tag in (picture, *picture.parents)
    )


def is_part(picture: Tag) -> bool:
    """Whether a picture belongs to another, which must have words for both."""
    return any(
        parent.name in ("svg", *WITH_FALLBACK) or attribute(parent, "role").lower() == "img"
        for parent in picture.parents
    )


def words(picture: Tag, soup: BeautifulSoup) -> str:
    """The accessible name of a picture, empty if it has none."""
    labels = [soup.find(id=name) for name in attribute(picture, "aria-labelledby").split()]
    texts = [label.get_text() for label in labels if label is not None]
    texts += [attribute(picture, name) for name in ("aria-label", "alt", "title")]
    if picture.name == "svg":
        texts += [title.get_text() for title in picture.find_all("title", recursive=False)]
    if picture.name in WITH_FALLBACK:
        texts += [picture.get_text(), *(attribute(img, "alt") for img in picture.find_all("img"))]
    return " ".join(texts).strip()


def attribute(tag: Tag, name: str) -> str:
    """The value of an attribute, empty if the tag has none."""
    value = tag.get(name) or ""
    return value if isinstance(value, str) else " ".join(value)


def start_tag(tag: Tag) -> str:
    """A tag without its content, for a message."""
    return str(tag).split(">", 1)[0] + ">"


def check_images(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn about every image of the prose without words: on the page, its address would be read."""
    if app.builder.format != "html":
        return
    for image in doctree.findall(nodes.image):
        if not str(image.get("alt", "")).strip():
            warn(f"image {image.get('uri', '')}", image if image.source else docname)


def check_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Warn about every picture of a page without words; under -W that fails the build."""
    for picture in silent_pictures(context.get("body", "")):
        warn(picture, pagename)


def warn(picture: str, location: nodes.Node | str) -> None:
    """Say which picture has no words."""
    LOGGER.warning(
        "Expected alternative text on every figure. Got none on %s. "
        "Try figures.show(figure, alt=..., provenance=...) or ![words](file).",
        picture[:120],
        location=location,
        type="alt_text",
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After the output formats of the notebooks are chosen.
    app.connect("doctree-resolved", check_images, priority=900)
    app.connect("html-page-context", check_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
