"""Keep the site on its own host, and light.

MathJax comes from the installed package, cut down to what a page of TeX needs. Scripts that no page
uses (thebe; the theme's icon script, which draws again what its icon font shows) are taken out.
"""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

# The name of the package cannot be written as an import.
PACKAGE = "sphinx-mathjax-offline"
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")
DROPPED_ASSETS = ("sphinx-thebe.", "thebe_selector")
DROPPED_FILES = (
    "scripts/fontawesome.js*",
    "scripts/*.map",
    "styles/*.map",
    "sphinx-thebe.*",
    "*.html",
)


def copy_mathjax(static: Path) -> None:
    """Copy the parts of MathJax that pages use to ``static/mathjax``, unless they are there."""
    target = static / "mathjax"
    if (target / "complete").exists():
        return
    with as_file(files(PACKAGE).joinpath("static", "mathjax")) as source:
        for part in MATHJAX:
            if (source / part).is_dir():
                shutil.copytree(source / part, target / part, dirs_exist_ok=True)
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / part, target / part)
    (target / "complete").touch()


def drop_unused(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Take scripts and styles that no page uses out of the lists of a page."""
    for key in ("script_files", "css_files"):
        context[key] = [
            asset
            for asset in context[key]
            if not any(
                name in f"{asset} {getattr(asset, 'attributes', '')}" for name in DROPPED_ASSETS
            )
        ]


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Copy MathJax and clear away what the pages no longer ask for."""
    if exception is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    copy_mathjax(site / "_static")
    for pattern in DROPPED_FILES:
        for file in (site / "_static").glob(pattern):
            file.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
