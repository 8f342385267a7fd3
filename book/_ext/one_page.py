"""The whole book as one page, which is printed as one PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ONE_PAGE = "singlehtml"


def write_as_html(app: Sphinx) -> None:
    """Let the builder of one page write what extensions taught the one of many pages.

    Sphinx asks a builder's own handlers of nodes first, and the handlers of its format only if it
    has none. Some extensions give it a few, so that all others are not found.
    """
    handlers = app.registry.translation_handlers
    if app.builder.name == ONE_PAGE:
        handlers[ONE_PAGE] = {**handlers.get("html", {}), **handlers.get(ONE_PAGE, {})}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("builder-inited", write_as_html)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
