"""Let a page be read, and its explorers be moved, before anything else of it has arrived.

A script in the head stops the page until it is there and has run, which on a slow phone is seconds.
Here scripts wait until the page is read (``defer``), all but those that say how it looks, and that
of the explorers, which runs as soon as it has come (``async``, in ``_config.yml``). MathJax, which
takes longest, is only fetched; ``formulas.js`` runs it when the explorers are there. The search
index, which the theme loads on every page, is left to the page that searches.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from page_fixes import mend_pages
from sphinx.builders.html._assets import _JavaScript

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

# What a page must know before it is shown; a figure that a guess covers must not flash.
AT_ONCE = ("documentation_options.js", "pages.js", "guess.js")
SEARCH = re.compile(
    r'\s*<script src="[^"]*_static/searchtools\.js"></script>'
    r'\s*<script src="[^"]*_static/language_data\.js"></script>'
    r'\s*<script src="[^"]*searchindex\.js"></script>'
)
MATHJAX = re.compile(r'<script defer="defer" src="([^"]*/tex-chtml\.js[^"]*)"></script>')
FETCHED = r'<link rel="preload" as="script" fetchpriority="low" id="mathjax" href="\1" />'
SEARCHES, RESULTS = "search", 'id="search-results"'


def put_off(script: _JavaScript) -> _JavaScript:
    """A script that waits for the page, unless it says itself when it comes."""
    name = str(script.filename or "").rpartition("/")[2].partition("?")[0]
    attributes = dict(script.attributes)
    if not name or name in AT_ONCE or {"async", "type", "body"} & set(attributes):
        return script
    return _JavaScript(script.filename, priority=script.priority, **attributes | {"defer": "defer"})


def put_all_off(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Put off the scripts of a page; those of the search stand in its template, and do not wait."""
    if pagename == SEARCHES:
        return
    context["script_files"] = [
        put_off(one) if isinstance(one, _JavaScript) else one for one in context["script_files"]
    ]


def lighten(html: str) -> str:
    """A page that does not run MathJax by itself, nor has the search index unless it searches."""
    html = MATHJAX.sub(FETCHED, html)
    return html if RESULTS in html else SEARCH.sub("", html)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Leave to their time what the theme and Sphinx load with every page."""
    mend_pages(app, exception, mend=lighten)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After all others have said what a page needs.
    app.connect("html-page-context", put_all_off, priority=950)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
