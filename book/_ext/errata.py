"""Which version of the book a page is of, and a way to report an error from where it stands.

After each heading of a section comes a link that opens a new issue, with the page, the section, its
address and the version filled in. It is seen where a heading is pointed at, which a finger cannot
do; so another, of the page, stands at the foot. Nothing is loaded before they are followed.
"""

from __future__ import annotations

import re
from functools import partial
from html import escape, unescape
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from page_fixes import mend_pages

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

PACKAGE = "symtheory"
# A heading, with the link to itself at its end.
HEADING = re.compile(
    r"<h([23])[^>]*>(?P<title>.*?)"
    r'<a class="headerlink" href="#(?P<anchor>[^"]+)"[^>]*>#</a></h\1>(?!<a class="st-report")'
)
# The title of the page, whose link to itself keeps it apart from that for printers.
TITLE = re.compile(r'<h1[^>]*>(?P<title>(?:(?!</h1>).)*?)<a class="headerlink"[^>]*>#</a></h1>')
FOOT = re.compile(r'(?<=<div class="extra_footer">)\s*<p>Version [^<]*</p>(?!<p)')
PAGE = re.compile(r"DOCUMENTATION_OPTIONS\.pagename = '([^']*)'")
TAG = re.compile(r"<[^>]*>")


def name_version(app: Sphinx, config: Config) -> None:
    """Put the version at the foot of every page."""
    config.html_theme_options["extra_footer"] = f"<p>Version {version(PACKAGE)}.</p>"


def issue(repository: str, title: str, place: str) -> str:
    """The address that opens a new issue about a page or a section."""
    body = f"{place}, version {version(PACKAGE)}\n\nWhat is wrong, and what would be right:\n"
    return f"{repository}/issues/new?" + urlencode(
        {"title": f"Error in “{title}”", "body": body}, quote_via=quote
    )


def add_links(html: str, *, repository: str) -> str:
    """The page with its links, at the foot and after headings; one that has them stays as it is."""
    page = PAGE.search(html)
    if page is None:
        return html

    def say(title: str) -> str:
        return " ".join(unescape(TAG.sub("", title)).split())

    def add(heading: re.Match[str]) -> str:
        title = say(heading["title"])
        address = escape(issue(repository, title, f"{page[1]}#{heading['anchor']}"))
        name = escape(f"Report an error in {title}")
        return (
            f'{heading[0]}<a class="st-report" href="{address}" aria-label="{name}">'
            "Report an error</a>"
        )

    html = HEADING.sub(add, html)
    named = TITLE.search(html)
    if named is None:
        return html
    address = escape(issue(repository, say(named["title"]), page[1]))
    link = f'<p class="d-print-none"><a href="{address}">Report an error on this page</a></p>'
    return FOOT.sub(lambda foot: foot[0] + link, html)


def report_errors(app: Sphinx, exception: Exception | None) -> None:
    """Add the links to every page."""
    repository = app.config.html_theme_options.get("repository_url", "").rstrip("/")
    mend_pages(app, exception, mend=partial(add_links, repository=repository))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("config-inited", name_version)
    app.connect("build-finished", report_errors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
