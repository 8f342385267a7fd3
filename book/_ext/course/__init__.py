"""Write each chapter as notebooks that stand alone: for students, and for those who teach.

A notebook has the chapter's text as plain Markdown, with numbers, references, captions and boxes
resolved, and its code, after a cell that installs the package where it is missing. The page's
download button gives the students' one. Where the environment says ``SOLUTIONS=hide``, the site has
no solutions, and notebooks are not written.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from sphinx.errors import ExtensionError

from course.notebook import make_notebook
from course.variants import VARIANTS

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

CHAPTERS = "notebooks/"
SETTING = "SOLUTIONS"


def hide_solutions(app: Sphinx, config: Config) -> None:
    """Leave solutions out of the site, if the environment says so.

    Raises:
        ExtensionError: If it says anything else.
    """
    wish = os.environ.get(SETTING, "")
    if wish not in ("", "hide"):
        raise ExtensionError(
            f"Expected {SETTING}=hide or nothing. Got {wish!r}. Try {SETTING}=hide."
        )
    config["hide_solutions"] = bool(wish)


def folder(app: Sphinx) -> Path:
    """Where the notebooks of all variants are kept."""
    return Path(app.outdir).parent / "course"


def write_notebooks(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Write the notebooks of a chapter."""
    chapter = app.builder.format == "html" and docname.startswith(CHAPTERS)
    if not chapter or app.config.hide_solutions:
        return
    for name in VARIANTS:
        path = folder(app) / name / f"{docname.removeprefix(CHAPTERS)}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(make_notebook(app, document, docname, name), path)


def offer_for_download(app: Sphinx, exception: Exception | None) -> None:
    """Put the students' notebooks where the download buttons of the pages lead."""
    if exception is None and app.builder.format == "html":
        notebooks = folder(app) / "student"
        if notebooks.is_dir():
            shutil.copytree(notebooks, Path(app.outdir) / "_sources" / CHAPTERS, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("config-inited", hide_solutions)
    # Before the first mentions of terms become links.
    app.connect("doctree-resolved", write_notebooks, priority=400)
    # After jupyter-book has put its own there.
    app.connect("build-finished", offer_for_download, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
