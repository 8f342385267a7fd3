"""The chapters as a table: what each needs, takes and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from tables import make_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from plan.chapters import Chapter

HEADS = ("chapter", "needs", "reading", "runs", "exercises")


def plan_table(chapters: list[Chapter], link: Callable[[Chapter, str], nodes.Node]) -> nodes.table:
    """A table with a row for each chapter: reading and exercises in minutes, running in seconds.

    Args:
        chapters: In their order.
        link: Makes of a chapter and words a link.
    """
    known = {chapter.docname: chapter for chapter in chapters}
    return make_table(HEADS, (cells(one, known, link) for one in chapters), "chapter-plan")


def cells(
    chapter: Chapter, known: dict[str, Chapter], link: Callable[[Chapter, str], nodes.Node]
) -> list[list[nodes.Node]]:
    """What stands in the row of a chapter."""
    name = f"{chapter.number}. {chapter.short}" if chapter.number else chapter.short
    needs: list[nodes.Node] = []
    for need in (known[one] for one in known if one in chapter.needs):
        needs += [nodes.Text(", ")] if needs else []
        needs.append(link(need, need.number or need.short))
    count, minutes = len(chapter.exercises), sum(chapter.exercises)
    least, most = chapter.reading
    reading = f"{least}–{most}" if most > least else f"{least}"
    numbers = (reading, f"{chapter.running:.0f}", f"{count} in {minutes}")
    return [[link(chapter, name)], needs, *([nodes.Text(text)] for text in numbers)]
