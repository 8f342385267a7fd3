"""Write each chapter as notebooks that stand alone: for students, and for those who teach.

A notebook has the chapter's text as plain Markdown, with numbers, references, captions and boxes
resolved, and its code, after a cell that installs the package where it is missing. The page's
download button gives the students' one. Where the environment says ``SOLUTIONS=hide``, the site has
no solutions, and neither have the sources that it offers.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from plan.chapters import CHAPTERS, is_chapter
from sphinx.errors import ExtensionError
from sphinx_exercise.nodes import solution_node

from course.notebook import make_notebook
from course.variants import VARIANTS

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

SETTING = "SOLUTIONS"
WITHOUT = "course_without_solutions"


def read_setting(app: Sphinx, config: Config) -> None:
    """Ask the environment whether the site is to be without solutions.

    Raises:
        ExtensionError: If it says anything else.
    """
    wish = os.environ.get(SETTING, "")
    if wish not in ("", "hide"):
        raise ExtensionError(
            f"Expected {SETTING}=hide or nothing. Got {wish!r}. Try {SETTING}=hide."
        )
    config[WITHOUT] = bool(wish)


def folder(app: Sphinx) -> Path:
    """Where the notebooks of all variants are kept."""
    return Path(app.outdir).parent / "course"


def write_notebooks(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Write the notebooks of a chapter."""
    if app.builder.name != "html" or not is_chapter(docname):
        return
    for name in VARIANTS:
        path = folder(app) / name / f"{docname.removeprefix(CHAPTERS)}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(make_notebook(app, document, docname, name), path)


def hide_solutions(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Take the solutions out of a page, if the site is to be without."""
    if app.config[WITHOUT]:
        for solution in list(document.findall(solution_node)):
            solution.parent.remove(solution)


def forget_gone(app: Sphinx, exception: Exception | None) -> None:
    """Remove what earlier builds wrote of chapters that are gone, their solutions among it."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    there = tuple(f"{name.removeprefix(CHAPTERS)}." for name in app.env.found_docs)
    places = [site, site / "_sources"]
    folders = [place / CHAPTERS for place in places] + [folder(app) / name for name in VARIANTS]
    for written in folders:
        for path in written.rglob("*"):
            if path.is_file() and not path.relative_to(written).as_posix().startswith(there):
                path.unlink()


def offer_for_download(app: Sphinx, exception: Exception | None) -> None:
    """Put the students' notebooks where the download buttons of the pages lead."""
    if exception is not None or app.builder.name != "html":
        return
    sources = Path(app.outdir) / "_sources"
    if app.config[WITHOUT]:
        shutil.rmtree(sources / CHAPTERS, ignore_errors=True)
    notebooks = folder(app) / "student"
    if notebooks.is_dir():
        shutil.copytree(notebooks, sources / CHAPTERS, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_config_value(WITHOUT, False, "html", bool)
    app.connect("config-inited", read_setting)
    # Before the first mentions of terms become links.
    app.connect("doctree-resolved", write_notebooks, priority=400)
    app.connect("doctree-resolved", hide_solutions, priority=401)
    # Before any other handler reads the pages.
    app.connect("build-finished", forget_gone, priority=100)
    # After jupyter-book has put its own there.
    app.connect("build-finished", offer_for_download, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
