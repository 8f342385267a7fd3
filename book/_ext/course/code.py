"""The code of a notebook that stands alone: stubs for students, and names that no page shows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# What a student writes instead.
YOUR_TURN = 'raise NotImplementedError("Your turn.")'
# Marks of nbgrader, which takes what stands between them out of what students get.
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
# Numbers for the prose, in which they stand already.
GLUE = ("glue_numbers", "glue_text")


def stub(source: str) -> str:
    """A cell whose functions have their signatures and docstrings, and no bodies.

    Args:
        source: Python code that defines functions; its other statements stay as they are.

    Raises:
        ValueError: If it defines no function at its top, or one whose body begins in the line of
            its signature.
    """
    return _with_bodies(source, lambda body, indent: [f"{indent}{YOUR_TURN}"])


def marked(source: str) -> str:
    """A cell whose functions have their bodies between the marks that nbgrader knows.

    Arguments and errors as for `stub`.
    """
    return _with_bodies(source, lambda body, indent: [indent + BEGIN, *body, indent + END])


def _with_bodies(source: str, change: Callable[[list[str], str], list[str]]) -> str:
    """Change the lines of the bodies of all functions, below their docstrings."""
    lines = source.splitlines()
    functions = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)]
    if not functions:
        raise ValueError(
            f"Expected a cell that defines a function for students to write. Got {source!r}. "
            "Try the tag 'stub' on another cell."
        )
    for function in reversed(functions):
        first = function.body[0]
        described = ast.get_docstring(function) is not None
        start = first.end_lineno if described else _body_start(first, lines)
        if lines[first.lineno - 1][: first.col_offset].strip():
            raise ValueError(
                f"Expected the body of {function.name} to begin in a line of its own. "
                f"Got {lines[first.lineno - 1]!r}. Try a line break after the colon."
            )
        body = slice(start, function.end_lineno)
        lines[body] = change(lines[body], " " * first.col_offset)
    return "\n".join(lines)


def _body_start(first: ast.stmt, lines: list[str]) -> int:
    """How many lines stand before a body: its first statement, with decorators and comments."""
    decorators = getattr(first, "decorator_list", [])
    start = min(one.lineno for one in (first, *decorators)) - 1
    while lines[start - 1].strip() == "" or lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def bound(source: str) -> set[str]:
    """Names that the code binds at its top or in its functions."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def used(source: str) -> set[str]:
    """Names that the code reads."""
    nodes = ast.walk(ast.parse(source))
    return {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def without_glue(source: str) -> str:
    """The code without what brings numbers into the prose: the calls, and their import."""
    lines = source.splitlines()
    blocks = [
        block
        for node in ast.walk(ast.parse(source))
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
        if isinstance(block, list)
    ]
    glue = [(one, all(map(_is_glue, block))) for block in blocks for one in block if _is_glue(one)]
    for statement, alone in sorted(glue, key=lambda one: one[0].lineno, reverse=True):
        place = slice(statement.lineno - 1, statement.end_lineno)
        indent = " " * statement.col_offset
        # A loop must have something to do.
        lines[place] = [f"{indent}pass"] if alone and indent else []
    return "\n".join(lines).strip()


def _is_glue(statement: ast.stmt) -> bool:
    """Whether a statement is there for the numbers of the prose alone."""
    if isinstance(statement, ast.ImportFrom):
        return all(name.name in GLUE for name in statement.names)
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and getattr(call.func, "id", None) in GLUE


def needed(sources: list[str], shown: list[bool]) -> list[bool]:
    """Which cells a notebook needs: those that it shows, and those that these take names from.

    Args:
        sources: The code of all cells, in order.
        shown: Whether the reader sees a cell.
    """
    keep, wanted = list(shown), set[str]()
    for index in reversed(range(len(sources))):
        keep[index] = shown[index] or bool(bound(sources[index]) & wanted)
        if keep[index]:
            wanted |= used(sources[index])
    return keep
