"""What is refused is refused in one form: Expected … Got … Try …."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import symtheory

PACKAGE = Path(symtheory.__file__).parent
FORM = re.compile("Expected.*Got.*Try", re.DOTALL)

# No refusals: an assertion of the test helpers, a protocol of Python, a run that was stopped.
OTHER = {
    "AssertionError",
    "AttributeError",
    "Interruption",
    "KeyError",
    "NotImplementedError",
    "TypeError",
}
# By place, what is raised there and why it has no form of its own.
EXCEPTIONS = {
    ("_checks/arrays.py", "refusal()"): "the caller's message",
    (
        "cli/choices.py",
        "f'Expected a network or a kernel from {text!r}. {error}'",
    ): "the error has Got and Try",
    ("records/archive.py", "f'not an array: {info.filename}'"): "caught, told as a damaged file",
    ("records/archive.py", "f'{info.filename} is not as long as its header says'"): "likewise",
    ("records/archive.py", "'a name that occurs twice'"): "likewise",
    ("records/archive.py", "f'version {version} of the format'"): "likewise",
    ("records/archive.py", "f'an array of {dtype} and shape {shape}'"): "likewise",
    ("records/base.py", "'not the header of a record'"): "likewise",
    ("records/base.py", "f'Expected {path} to be a record. {error}'"): "the error has Got and Try",
}


def bindings(statements: Iterable[ast.AST]) -> dict[str, list[ast.AST]]:
    """What names stand for: values that are assigned to them, and functions."""
    found: dict[str, list[ast.AST]] = {}
    for node in statements:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = list(zip(names, values, strict=True))
            case ast.Assign(targets=[name], value=value) | ast.AugAssign(target=name, value=value):
                pairs = [(name, value)]
            case ast.FunctionDef(name=name):
                pairs = [(ast.Name(name), node)]
            case _:
                continue
        for target, value in pairs:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return found


def text(node: ast.AST, known: dict[str, list[ast.AST]], seen: frozenset[str] = frozenset()) -> str:
    """The strings of an expression in order, with what its names stand for."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.FunctionDef():
            returned = (part.value for part in ast.walk(node) if isinstance(part, ast.Return))
            return "".join(text(part, known, seen) for part in returned if part)
        case ast.Name(id=name):
            values = [] if name in seen else known.get(name, [])
            return "".join(text(value, known, seen | {name}) for value in values)
    return "".join(text(part, known, seen) for part in ast.iter_child_nodes(node))


def unformed(source: str) -> Iterator[tuple[int, str]]:
    """Lines that raise a message without the form, and what they raise."""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        known = bindings(tree.body) | bindings(ast.walk(function))
        for node in ast.walk(function):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            error = ast.unparse(node.exc.func)
            if error not in OTHER and not FORM.search(text(node.exc, known)):
                yield node.lineno, ", ".join(map(ast.unparse, node.exc.args))


def test_what_is_refused_says_what_was_expected_what_came_and_what_to_try():
    found = {
        (path.relative_to(PACKAGE).as_posix(), raised): line
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, raised in unformed(path.read_text("utf-8"))
    }
    assert {place: line for place, line in found.items() if place not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) <= set(found)  # each is still needed


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("f'Expected 1. Got {x}. Try 1.'", []),
        ("f'Expected 1. Got {x}.' + retry", []),
        ("hint(x)", []),
        ("f'Expected 1. Got {x}.'", [5]),
        ("'Expected 1. Try it. Got 2.'", [5]),
        ("unknown", [5]),
    ],
)
def test_the_form_is_found_in_names_and_functions_and_missed_where_a_part_is(message, lines):
    source = f"""
retry = "Try 1."
def check(x):
    if x != 1:
        raise ValueError({message})
def hint(x):
    return f"Expected 1. Got {{x}}. {{retry}}"
"""
    assert [line for line, _ in unformed(source)] == lines
