"""Run the notebooks of the course where nothing but the installed package is: do they hold?

    python -m course.checking FOLDER [CHAPTER …] [--some N]

Runs the students' notebook of each chapter from its first cell to its last. Where a student is to
write a function, it first runs the stub and the tests that follow, which must fail, and then the
solution and the same tests, which must pass. FOLDER has the variants, as the book's build writes
them. The notebooks run side by side, each in an empty folder of its own. With ``--some 5`` those of
the five chapters that changed last are run, and of five others, which change from commit to commit.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from side_by_side import QUIET, chapters_at_once, limited_threads
from tqdm import tqdm

from course.choosing import choose, read_history
from course.variants import CHECK, STUB

SECONDS_PER_CELL = 300


def is_tagged(cell: NotebookNode, tag: str) -> bool:
    """Whether a cell has a tag."""
    return tag in cell.metadata.get("tags", ())


async def check(student: NotebookNode, solutions: NotebookNode) -> str:
    """Run a students' notebook, with stubs and then with the solutions in their place.

    Returns:
        What is wrong, empty if nothing.
    """
    cells = [cell for cell in student.cells if cell.cell_type == "code"]
    answers = [cell.source for cell in solutions.cells if is_tagged(cell, STUB)]
    if len(answers) != sum(is_tagged(cell, STUB) for cell in cells):
        return "Expected as many stubs as solutions of them."
    with TemporaryDirectory() as folder:
        client = NotebookClient(
            nbformat.v4.new_notebook(
                metadata=student.metadata, cells=[nbformat.v4.new_code_cell()]
            ),
            timeout=SECONDS_PER_CELL,
            resources={"metadata": {"path": folder}},
            extra_arguments=[QUIET],
        )
        async with client.async_setup_kernel():
            try:
                for number, cell in enumerate(cells):
                    await run(client, cell.source)
                    if is_tagged(cell, STUB):
                        if not await fails(client, tests_after(cells[number + 1 :])):
                            return f"Expected tests that fail for the stub\n{cell.source}"
                        await run(client, answers.pop(0))
            except CellExecutionError as error:
                return f"Expected every cell to run.\n{error}"
    return ""


async def run(client: NotebookClient, source: str) -> None:
    """Run code in the kernel of a client."""
    await client.async_execute_cell(nbformat.v4.new_code_cell(source), 0)


def tests_after(cells: list[NotebookNode]) -> list[str]:
    """The tests of a function: those that follow it, up to the next that is to be written."""
    until_next = takewhile(lambda cell: not is_tagged(cell, STUB), cells)
    return [cell.source for cell in until_next if is_tagged(cell, CHECK)]


async def fails(client: NotebookClient, tests: list[str]) -> bool:
    """Whether one of the tests fails."""
    for test in tests:
        try:
            await run(client, test)
        except CellExecutionError:
            return True
    return False


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("chapters", nargs=-1)
@click.option("--some", type=int, help="Only so many that changed last, and as many others.")
def main(folder: Path, chapters: tuple[str, ...], some: int | None) -> None:
    """Check the notebooks in FOLDER, all, some or those of the CHAPTERS named."""
    if chapters and some is not None:
        raise click.UsageError(
            f"Expected names of chapters or a number of them. Got both {' '.join(chapters)} and "
            f"{some}. Try either."
        )
    students = folder / "student"
    paths = [path.relative_to(students) for path in students.rglob("*.ipynb")]
    found = sorted(path.with_suffix("").as_posix() for path in paths)
    unknown = sorted(set(chapters) - set(found))
    if unknown:
        raise click.UsageError(
            f"Expected chapters that the book has. Got {', '.join(unknown)}. "
            f"Try {', '.join(found)}."
        )
    names = sorted(set(chapters)) or found
    if some is not None:
        try:
            why = choose(read_history(Path.cwd()), found, some)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        names = sorted(why)
        for name, reason in why.items():
            click.echo(f"{name}: {reason}")
        click.echo(f"{len(names)} of {len(found)} chapters are run.")

    def check_one(name: str) -> str:
        notebooks = [
            nbformat.read(folder / variant / f"{name}.ipynb", as_version=4)
            for variant in ("student", "solutions")
        ]
        return asyncio.run(check(*notebooks))

    workers = chapters_at_once()
    with limited_threads(workers), ThreadPoolExecutor(workers) as pool:
        wrong = dict(zip(names, tqdm(pool.map(check_one, names), total=len(names)), strict=True))
    for name, complaint in wrong.items():
        click.echo(f"{name}: {complaint or 'right'}")
    sys.exit(any(wrong.values()))


if __name__ == "__main__":
    main()
