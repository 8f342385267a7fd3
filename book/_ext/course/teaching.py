"""What instructors find in the notebook of a chapter beside the chapter, all of it from there.

Before the chapter: how long it takes, advice, what to ask, what students believe that is not so,
and the exercises as a table. At each exercise: its points, part by part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from guess import guess
from instructor import instructor
from self_check import WRONG, answer, self_check
from tabulate import tabulate

from course.markdown import fragment, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plan.chapters import Chapter
    from sphinx.builders import Builder

    from course.exercises import Exercise

COLUMNS = ("exercise", "", "minutes", "difficulty", "marked by", "points")


class Guide:
    """What is told of a chapter.

    Args:
        document: The chapter, with all references resolved.
        chapter: What it takes.
        exercises: Its exercises.
        builder: Knows the numbers of what it refers to.
    """

    def __init__(
        self,
        document: nodes.document,
        chapter: Chapter,
        exercises: list[Exercise],
        builder: Builder,
    ) -> None:
        self.document, self.chapter, self.exercises = document, chapter, exercises
        self.builder = builder

    def words(self, parts: Sequence[nodes.Node]) -> str:
        """Nodes of the chapter as Markdown in one paragraph."""
        texts = (fragment(one, self.document, self.chapter.docname, self.builder) for one in parts)
        return " ".join(" ".join(text.split()) for text in texts)

    def line(self, node: nodes.Element) -> str:
        """What is in a node of a line, as Markdown."""
        return self.words([nodes.paragraph("", "", *(one.deepcopy() for one in node.children))])

    def before(self) -> str:
        """What stands before the chapter."""
        least, most = self.chapter.reading
        points = sum(one.points for one in self.exercises)
        minutes = sum(one.minutes for one in self.exercises)
        parts = [
            f"**For instructors.** Reading takes {least} minutes, {most} with proofs, exercises "
            f"and code; the code ran for {self.chapter.running:.0f} s when the book was built. "
            f"{len(self.exercises)} exercises take {minutes} minutes and give {points} points.",
            *self.advice(),
            *self.to_ask(),
            *self.beliefs(),
            self.table(),
        ]
        return "\n\n".join(parts)

    def advice(self) -> list[str]:
        """What the chapter tells them, outside of its exercises."""
        of_exercises = [box for one in self.exercises for box in one.advice]
        boxes = [box for box in self.document.findall(instructor) if box not in of_exercises]
        return [self.words(box.children) for box in boxes]

    def to_ask(self) -> list[str]:
        """What is to be guessed before it is shown."""
        asked = []
        for box in self.document.findall(guess):
            *question, shown = box.children
            unit = f" {box['unit']}" if box["unit"] else ""
            asked.append(f"{self.words(question)} ({self.line(shown)}{unit})")
        return [f"**To ask before it is shown.** {one}" for one in asked]

    def beliefs(self) -> list[str]:
        """The wrong answers of the questions to oneself, and what is wrong with them."""
        lines = []
        for box in self.document.findall(self_check):
            question = [one for one in box.children if not isinstance(one, answer)]
            lines.append(f"- {self.words(question)}")
            for one in (one for one in box.findall(answer) if not one["right"]):
                head, *why = one.children
                reason = self.words(why).removeprefix(f"**{WRONG}** ")
                lines.append(f"  - *{self.line(head)}* {reason}")
        said_so = "**What students believe**, and what to say. The questions stand in the chapter."
        return [said_so, "\n".join(lines)] if lines else []

    def table(self) -> str:
        """The exercises: how long they take, and how answers are marked."""
        rows = [
            (
                self.number(one),
                one.title,
                one.minutes,
                one.difficulty,
                marked_by(one),
                one.points,
            )
            for one in self.exercises
        ]
        return str(tabulate(rows, headers=COLUMNS, tablefmt="github", disable_numparse=True))

    def number(self, exercise: Exercise) -> str:
        """The number of an exercise, such as "5.1"."""
        return number_of(self.builder, self.chapter.docname, "exercise", [exercise.label])

    def notes(self) -> dict[str, str]:
        """What stands at each exercise, by its label."""
        return {one.label: self.note(one) for one in self.exercises}

    def note(self, exercise: Exercise) -> str:
        """The points of an exercise, part by part; what it rests on; advice."""
        parts = "; ".join(f"{what}: {points}" for what, points in exercise.parts)
        text = f"**For instructors.** *{counted(exercise.points)}.* {parts[:1].upper()}{parts[1:]}."
        if exercise.rests_on:
            text += f" Rests on {', '.join(exercise.rests_on)}."
        return " ".join([text, *(self.words(box.children) for box in exercise.advice)])


def counted(points: int) -> str:
    """Points, with their noun."""
    return "1 point" if points == 1 else f"{points} points"


def marked_by(exercise: Exercise) -> str:
    """How answers to an exercise are marked."""
    ways = [
        "its tests" if exercise.tests + exercise.hidden else "",
        "reading it" if exercise.in_words else "",
    ]
    return " and ".join(filter(None, ways))
