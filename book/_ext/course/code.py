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
        ValueError: If it defines no function at its top.
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
        body = slice(first.end_lineno if described else first.lineno - 1, function.end_lineno)
        lines[body] = change(lines[body], " " * first.col_offset)
    return "\n".join(lines)


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
    """The code without the calls that bring numbers into the prose."""
    lines = source.splitlines()
    for statement in reversed(ast.parse(source).body):
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) in GLUE:
            del lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(lines).strip()


def needed(sources: list[str], shown: list[bool]) -> list[bool]:
    """Which cells a notebook needs: those that it shows, and those that these take names from.

    Args:
        sources: The code of all cells, in order.
        shown: Whether the reader sees a cell.
    """
    keep, wanted = list(shown), set[str]()
    for index in reversed(range(len(sources))):
        source = sources[index] if shown[index] else without_glue(sources[index])
        keep[index] = shown[index] or bool(bound(source) & wanted)
        if keep[index]:
            wanted |= used(source)
    return keep
