"""A chapter as a notebook that stands alone, in one of the variants of the course."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from checked_by import repository
from myst_nb.core.read import create_nb_reader
from plan.chapters import read_chapter

from course.code import HIDDEN, needed, without_glue
from course.exercises import read_exercises
from course.markdown import CELL_LINE, to_markdown
from course.teaching import Guide
from course.variants import CHECK, HIDDEN_CHECK, STUB, VARIANTS, Variant, grading

if TYPE_CHECKING:
    from docutils import nodes
    from myst_nb.sphinx_ import SphinxEnvType
    from nbformat import NotebookNode
    from sphinx.application import Sphinx

NOT_SHOWN = "remove-cell"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
INSTALL = """# Where symtheory is not installed yet, on Colab for instance, this takes some minutes.
import importlib.util

if importlib.util.find_spec("symtheory") is None:
    %pip install --quiet "symtheory[notebooks] @ git+{repository}@{branch}"
    # By itself, because it declares TensorFlow, which nothing here needs.
    %pip install --quiet --no-deps frozendict neural-tangents=={neural_tangents}
"""


@dataclass(frozen=True)
class Code:
    """A code cell of a chapter.

    Attributes:
        source: Its code.
        tags: Its tags.
    """

    source: str
    tags: tuple[str, ...]


def code_cells(env: SphinxEnvType, docname: str) -> dict[int, Code]:
    """The code cells of a chapter's source, by their number among its cells."""
    path = Path(env.doc2path(docname))
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    return {
        number: Code(cell.source, tuple(cell.metadata.get("tags", ())))
        for number, cell in enumerate(reader.read(text).cells if reader else ())
        if cell.cell_type == "code"
    }


def make_notebook(app: Sphinx, document: nodes.document, docname: str, name: str) -> NotebookNode:
    """A chapter as a notebook.

    Args:
        app: The build.
        document: The chapter, with all references resolved; it is not changed.
        docname: Its name among the pages.
        name: Of one of the `VARIANTS`.
    """
    variant, code = (
        VARIANTS[name],
        {
            number: Code(without_glue(cell.source), cell.tags)
            for number, cell in code_cells(app.env, docname).items()
        },
    )
    exercises = read_exercises(document, code)
    guide = Guide(document, read_chapter(app.env, docname), exercises, app.builder)
    text = to_markdown(
        document,
        docname,
        app.builder,
        solutions_keep=variant.keeps,
        notes=guide.notes() if variant.guided else None,
    )
    pieces = CELL_LINE.split(text)
    shown = [int(number) for number in pieces[1::2]]
    hidden = hidden_cells(code, shown)

    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
    if variant.guided:
        add_text(notebook, guide.before())
    add_text(notebook, pieces[0])
    url, _, branch = repository(app.config).partition("/blob/")
    install = INSTALL.format(
        repository=url, branch=branch, neural_tangents=version("neural-tangents")
    )
    add_code(notebook, Code(install, ()), variant)
    for number, following in zip(shown, pieces[2::2], strict=True):
        while hidden and hidden[0] < number:
            add_code(notebook, Code(code[hidden.pop(0)].source, ()), variant)
        add_code(notebook, code[number], variant)
        add_text(notebook, following)
    return notebook


def hidden_cells(code: dict[int, Code], shown: list[int]) -> list[int]:
    """Cells that the page removes and the notebook needs, for the names that they define."""
    order = [number for number in code if number in shown or NOT_SHOWN in code[number].tags]
    keep = needed([code[number].source for number in order], [one in shown for one in order])
    wanted = [number for number, kept in zip(order, keep, strict=True) if kept]
    return [number for number in wanted if number not in shown]


def add_text(notebook: NotebookNode, text: str) -> None:
    """Add a cell of Markdown, unless it would be empty."""
    if text.strip():
        name = f"text-{len(notebook.cells)}"
        notebook.cells.append(nbformat.v4.new_markdown_cell(text.strip(), id=name))


def add_code(notebook: NotebookNode, code: Code, variant: Variant) -> None:
    """Add a cell of code, and say in its metadata if a student writes it or it tests that."""
    name = f"code-{len(notebook.cells)}"
    source = variant.write(code.source) if STUB in code.tags else code.source
    if variant.graded and HIDDEN_CHECK in code.tags:
        source = HIDDEN.format(source.strip())
    cell = nbformat.v4.new_code_cell(source.strip(), id=name)
    tags = [tag for tag in code.tags if tag in (STUB, CHECK, HIDDEN_CHECK)]
    if tags:
        cell.metadata["tags"] = tags
    if variant.graded:
        cell.metadata.update(grading(code.tags, name))
    notebook.cells.append(cell)
