"""The chapters as a picture: each stands below those that it builds on."""

from __future__ import annotations

from functools import cache
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

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
    rows = layers(chapters)
    widest = max(map(len, rows))
    box = WIDTH / widest - 8
    middles = {}
    for depth, row in enumerate(rows):
        for place, chapter in enumerate(row):
            x = WIDTH * (place + 0.5) / len(row)
            middles[chapter.docname] = (x, depth * (BOX_HEIGHT + GAP) + BOX_HEIGHT / 2)
    height = len(rows) * (BOX_HEIGHT + GAP) - GAP
    curves = [curve(middles[first], middles[second]) for first, second in direct(chapters)]
    boxes = [draw_box(one, middles[one.docname], box, address(one)) for one in chapters]
    return (
        f'<svg class="chapter-graph" viewBox="0 -1 {WIDTH} {height + 2}" role="group" '
        'aria-label="What builds on what: the chapters, each below those that it assumes">'
        f"{''.join(curves)}{''.join(boxes)}</svg>"
    )


def curve(above: tuple[float, float], below: tuple[float, float]) -> str:
    """A line from the foot of one box to the head of another."""
    start, end = above[1] + BOX_HEIGHT / 2, below[1] - BOX_HEIGHT / 2
    bend = (end - start) / 2
    return (
        f'<path d="M{above[0]:.0f} {start:.0f}C{above[0]:.0f} {start + bend:.0f} '
        f'{below[0]:.0f} {end - bend:.0f} {below[0]:.0f} {end:.0f}"/>'
    )


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
