"""What of a chapter goes into a notebook: for whom it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course.code import marked, stub

if TYPE_CHECKING:
    from collections.abc import Callable

# Tags of code cells in a solution: functions that a student writes, what tests them, and what tests
# them where students do not see it.
STUB, CHECK, HIDDEN_CHECK = "stub", "check", "hidden-check"


def unchanged(source: str) -> str:
    """The code as the page has it."""
    return source


@dataclass(frozen=True)
class Variant:
    """A kind of notebook.

    Attributes:
        keeps: Tags of the cells that it has of a solution; None if it has solutions whole.
        write: Makes of the code that a student is to write what the notebook has.
        guided: Whether it tells instructors how the chapter is taught and marked.
        graded: Whether its cells say to nbgrader what they are.
    """

    keeps: tuple[str, ...] | None
    write: Callable[[str], str]
    guided: bool = False
    graded: bool = False


VARIANTS = {
    "student": Variant(keeps=(STUB, CHECK), write=stub),
    "solutions": Variant(keeps=None, write=unchanged),
    "instructor": Variant(keeps=None, write=unchanged, guided=True),
    "nbgrader": Variant(keeps=(STUB, CHECK, HIDDEN_CHECK), write=marked, graded=True),
}


def grading(tags: tuple[str, ...], name: str) -> dict[str, Any]:
    """What nbgrader wants to know of a cell.

    Args:
        tags: Of the cell.
        name: Of the cell, unique in its notebook.
    """
    test = CHECK in tags or HIDDEN_CHECK in tags
    if not test and STUB not in tags:
        return {}
    points = {"points": 1} if test else {}
    return {
        "nbgrader": {
            "grade": test,
            "grade_id": name,
            "locked": test,
            "schema_version": 3,
            "solution": not test,
            "task": False,
            **points,
        }
    }
