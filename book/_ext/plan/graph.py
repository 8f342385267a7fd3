"""The chapters as a picture: each stands below those that it builds on."""

from __future__ import annotations

from functools import cache
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING

from plan.layout import arrange, ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from plan.chapters import Chapter

# In pixels of a wide page; on a phone the picture is drawn a little more than half as large.
WIDTH, BOX_HEIGHT, GAP = 650, 52, 34
LINE = 16
CHARACTERS = 12


def layers(chapters: list[Chapter]) -> list[list[Chapter]]:
    """The chapters by how many others stand above them, one upon the other.

    Raises:
        ValueError: If chapters assume each other.
    """
    known = {chapter.docname: chapter for chapter in chapters}
    above: set[str] = set()

    @cache
    def depth(name: str) -> int:
        if name in above:
            raise ValueError(
                f"Expected chapters that build on each other in one direction. Got {name}, which "
                "assumes itself by way of others. Try to remove one link of its 'Assumed' line."
            )
        above.add(name)
        found = 1 + max((depth(need) for need in known[name].needs if need in known), default=-1)
        above.remove(name)
        return found

    rows: dict[int, list[Chapter]] = {}
    for chapter in chapters:
        rows.setdefault(depth(chapter.docname), []).append(chapter)
    return [rows[number] for number in sorted(rows)]


def direct(chapters: list[Chapter]) -> list[tuple[str, str]]:
    """Pairs of a chapter and one that builds on it, without those that follow from other pairs."""
    known = {chapter.docname: chapter for chapter in chapters}

    @cache
    def everything(name: str) -> frozenset[str]:
        needs = [need for need in known[name].needs if need in known]
        return frozenset(needs).union(*map(everything, needs))

    return [
        (need, chapter.docname)
        for chapter in chapters
        for need in chapter.needs
        if need in known
        and not any(need in everything(one) for one in chapter.needs if one in known)
    ]


def draw(chapters: list[Chapter], address: Callable[[Chapter], str]) -> str:
    """The picture as SVG, whose boxes are links.

    Args:
        chapters: In the order of the book.
        address: Where the page of a chapter is.
    """
    rows = [[one.docname for one in row] for row in layers(chapters)]
    lines = ways(rows, direct(chapters))
    middle, box = arrange(rows, lines, WIDTH)
    head = {name: row * (BOX_HEIGHT + GAP) for row, names in enumerate(rows) for name in names}
    height = len(rows) * (BOX_HEIGHT + GAP) - GAP
    curves = [curve([middle[stop] for stop in line], head[str(line[0])]) for line in lines]
    boxes = [
        draw_box(one, (middle[one.docname], head[one.docname] + BOX_HEIGHT / 2), box, address(one))
        for one in chapters
    ]
    return (
        f'<svg class="chapter-graph" viewBox="0 -1 {WIDTH} {height + 2}" role="group" '
        'aria-label="What builds on what: the chapters, each below those that it assumes">'
        f"{''.join(curves)}{''.join(boxes)}</svg>"
    )


def curve(middles: list[float], head: float) -> str:
    """A line from the foot of one box to the head of another, upright where it passes a row.

    Args:
        middles: Of the box, of the line's lanes in the rows between, and of the other box.
        head: Of the first box.
    """
    y = head + BOX_HEIGHT
    path = f"M{middles[0]:.0f} {y:.0f}"
    for before, after in pairwise(middles):
        bend, end = y + GAP / 2, y + GAP
        path += f"C{before:.0f} {bend:.0f} {after:.0f} {bend:.0f} {after:.0f} {end:.0f}"
        y = end + BOX_HEIGHT
        path += f"V{y:.0f}"
    return f'<path d="{path.rpartition("V")[0]}"/>'


def draw_box(chapter: Chapter, middle: tuple[float, float], width: float, address: str) -> str:
    """The box of a chapter, with its short name in one line or two."""
    x, y = middle
    lines = wrap(f"{chapter.number} {chapter.short}", CHARACTERS)
    top = y - LINE * (len(lines) - 1) / 2 + 5
    words = "".join(
        f'<text x="{x:.0f}" y="{top + LINE * number:.0f}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<a href="{escape(address)}"><title>{escape(chapter.title)}</title>'
        f'<rect x="{x - width / 2:.0f}" y="{y - BOX_HEIGHT / 2:.0f}" width="{width:.0f}" '
        f'height="{BOX_HEIGHT}" rx="5"/>{words}</a>'
    )
