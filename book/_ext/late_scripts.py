"""Let a page be read, and its explorers be moved, before anything else of it has arrived.

A script in the head stops the page until it is there and has run, which on a slow phone is seconds.
Here scripts wait until the page is read (``defer``), all but those that say how it looks; that of
the explorers runs first. The search index, which the theme loads on every page, is left to the page
that searches.
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
FIRST = "widget-host.js"
SEARCH = re.compile(
    r'\s*<script src="[^"]*_static/searchtools\.js"></script>'
    r'\s*<script src="[^"]*_static/language_data\.js"></script>'
    r'\s*<script src="[^"]*searchindex\.js"></script>'
)
SEARCHES, RESULTS = "search", 'id="search-results"'


def put_off(script: _JavaScript) -> _JavaScript:
    """A script that waits for the page, unless it says itself when it comes."""
    name = str(script.filename or "").rpartition("/")[2].partition("?")[0]
    attributes = dict(script.attributes)
    if not name or name in AT_ONCE or {"async", "type", "body"} & set(attributes):
        return script
    priority = 0 if name == FIRST else script.priority
    return _JavaScript(script.filename, priority=priority, **attributes | {"defer": "defer"})


def put_all_off(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Put off the scripts of a page; those of the search stand in its template, and do not wait."""
    if pagename == SEARCHES:
        return
    context["script_files"] = [
        put_off(one) if isinstance(one, _JavaScript) else one for one in context["script_files"]
    ]


def without_search(html: str) -> str:
    """A page without the search index, unless it shows what was found."""
    return html if RESULTS in html else SEARCH.sub("", html)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Leave the search index out of the pages."""
    mend_pages(app, exception, mend=without_search)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    # After all others have said what a page needs.
    app.connect("html-page-context", put_all_off, priority=950)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
