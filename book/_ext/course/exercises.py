"""The exercises of a chapter: what each takes, asks and gives."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docutils import nodes
from instructor import instructor
from plan.chapters import is_exercise
from sphinx_exercise.nodes import solution_node

from course.variants import CHECK, HIDDEN_CHECK, STUB

if TYPE_CHECKING:
    from course.notebook import Code

LINE = re.compile(r"(\d+) minutes · (\w+)\.")
# Points for an answer in words.
POINTS = {"easy": 1, "medium": 2, "harder": 3}
# A solution with fewer words is code with a remark.
WORDS = 15
# What a reference says that leads to a formula, or to a theorem or the like.
NUMBERED = re.compile(r"\(\d+\.\d+\)|[A-Z][a-z]+ \d+\.\d+")


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        label: Its label.
        title: Its title.
        minutes: How long it takes.
        difficulty: One of `POINTS`.
        functions: Names of the functions to write.
        tests: Cells with tests that students see.
        hidden: Cells with tests that only graders see.
        in_words: Points for an answer in words, 0 if none is asked.
        rests_on: The theorems and formulas that it or its solution names.
        advice: What instructors are told.
    """

    label: str
    title: str
    minutes: int
    difficulty: str
    functions: tuple[str, ...]
    tests: int
    hidden: int
    in_words: int
    rests_on: tuple[str, ...]
    advice: tuple[instructor, ...]

    @property
    def points(self) -> int:
        """Points in all."""
        return self.tests + self.hidden + self.in_words

    @property
    def parts(self) -> list[tuple[str, int]]:
        """What gives points, and how many."""
        names = " and ".join(f"`{name}`" for name in self.functions)
        found = [
            (f"{names} passes the tests that students see", self.tests),
            ("those that they do not see", self.hidden),
        ]
        if self.in_words == 1:
            found.append(("the result, with the reason that the solution gives", 1))
        elif self.in_words:
            found += [("the result", 1), ("the reason that the solution gives", self.in_words - 1)]
        return [(what, points) for what, points in found if points]


def read_exercises(document: nodes.document, code: dict[int, Code]) -> list[Exercise]:
    """The exercises of a chapter, in order.

    Args:
        document: The chapter, with all references resolved.
        code: Its code cells, by number.

    Raises:
        ValueError: If one does not begin with its minutes and its difficulty.
    """
    solutions = {one["target_label"]: one for one in document.findall(solution_node)}
    found = (node for node in document.findall(nodes.Element) if is_exercise(node))
    return [read_exercise(node, solutions.get(node["label"]), code) for node in found]


def read_exercise(
    node: nodes.Element, solution: nodes.Element | None, code: dict[int, Code]
) -> Exercise:
    """An exercise and its solution; errors as of `read_exercises`."""
    line = LINE.search(node.astext())
    if line is None or line[2] not in POINTS:
        raise ValueError(
            f"Expected minutes and difficulty, one of {', '.join(POINTS)}. Got neither in "
            f"{node['label']}. Try '*10 minutes · medium.*'."
        )
    both = [node] if solution is None else [node, solution]
    cells = [
        code[cell["cell_index"]]
        for one in both
        for cell in one.findall(nodes.container)
        if cell.get("nb_element") == "cell_code"
    ]
    stubs = [ast.parse(cell.source).body for cell in cells if STUB in cell.tags]
    references = [link.astext() for one in both for link in one.findall(nodes.reference)]
    title = next(iter(node.findall(nodes.title))).astext().strip()
    return Exercise(
        label=node["label"],
        title=title.removeprefix("(").removesuffix(")"),
        minutes=int(line[1]),
        difficulty=line[2],
        functions=tuple(
            one.name for body in stubs for one in body if isinstance(one, ast.FunctionDef)
        ),
        tests=sum(CHECK in cell.tags for cell in cells),
        hidden=sum(HIDDEN_CHECK in cell.tags for cell in cells),
        in_words=POINTS[line[2]] if solution is not None and in_words(solution) else 0,
        rests_on=tuple(dict.fromkeys(name for name in references if NUMBERED.fullmatch(name))),
        advice=tuple(node.findall(instructor)),
    )


def in_words(solution: nodes.Element) -> bool:
    """Whether a solution says something, or is code alone."""
    return sum(len(one.astext().split()) for one in solution.findall(nodes.paragraph)) >= WORDS
