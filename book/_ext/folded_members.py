"""Fold what a module offers behind the names of it, each of which leads to its description.

The descriptions of a whole package are a page of some fifty screens on a phone. A link to one, from
here or from elsewhere, opens the fold that it is in (``pages.js``, where the browser does not).
On paper nothing is folded.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

# What autodoc writes of a module: a list for each class, function or value.
MEMBER = "section > dl.py"


def fold(html: str) -> str:
    """The body of a page with each run of descriptions in a fold, after a line of their names."""
    if '<dl class="py' not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for first in soup.select(MEMBER):
        if first.find_parent("details"):
            continue
        members = [first, *takewhile(is_member, first.find_next_siblings())]
        names = soup.new_tag("p", attrs={"class": "st-members"})
        first.insert_before(names)
        for number, member in enumerate(members):
            names.extend([", "] if number else [])
            names.append(link_to(member, soup))
        details = soup.new_tag("details", attrs={"class": "st-members"})
        summary = soup.new_tag("summary")
        summary.string = (
            "What it takes and gives" if len(members) == 1 else "What each takes and gives"
        )
        names.insert_after(details)
        details.extend([summary, *members])
    return str(soup)


def is_member(tag: Tag) -> bool:
    """Whether a tag is one more description."""
    return tag.name == "dl" and "py" in (tag.get("class") or ())


def link_to(member: Tag, soup: BeautifulSoup) -> Tag:
    """The name of a member, as a link to its description."""
    anchor = member.select("dt[id]")[0]["id"]
    link = soup.new_tag("a", attrs={"class": "reference", "href": f"#{anchor}"})
    code = soup.new_tag("code")
    code.string = str(anchor).rpartition(".")[2]
    link.append(code)
    return link


def fold_page(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Fold the descriptions of a page."""
    if app.builder.name == "html" and "body" in context:
        context["body"] = fold(context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("html-page-context", fold_page, priority=860)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
