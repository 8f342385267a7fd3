"""Tables that are no wider than a page of the book, or a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from textwrap import wrap

__all__ = ["WIDTH", "tables"]

WIDTH = 78  # of a line
_GAP = 2  # between columns
_WORD = 24  # the longest piece of a cell that is not broken


def tables(every: Mapping[str, Sequence[str]]) -> str:
    """The names of the columns and their lines, of which none is longer than `WIDTH`.

    A name is continued in lines below where it is longer than the cells; so are the longest cells
    where not all fit; and where that does not help, other columns follow in further tables, each of
    which begins with the first column.

    Args:
        every: The cells of each column, by its name; one for each row.
    """
    least = {name: max(map(_longest_word, [name, *cells])) for name, cells in every.items()}
    first, *others = every
    groups: list[list[str]] = [[first]]
    for name in others:
        if len(groups[-1]) > 1 and _taken([least[one] for one in [*groups[-1], name]]) > WIDTH:
            groups.append([first])
        groups[-1].append(name)
    shown = []
    for names in groups:
        rows = [names, *zip(*(every[name] for name in names), strict=True)]
        widths = [max(least[name], *map(len, every[name])) for name in names]
        _narrow(widths, [least[name] for name in names])
        shown.append("\n".join(line for row in rows for line in _lines(row, widths)))
    return "\n\n".join(shown)


def _longest_word(cell: str) -> int:
    """To what a cell may be narrowed."""
    return min(_WORD, max(map(len, cell.split(" "))))


def _taken(widths: Sequence[int]) -> int:
    """How long a line is."""
    return sum(widths) + _GAP * (len(widths) - 1)


def _narrow(widths: list[int], least: Sequence[int]) -> None:
    """Take from the widest columns, in place, until all fit."""
    while _taken(widths) > WIDTH:
        loose = [place for place, width in enumerate(widths) if width > least[place]]
        widths[max(loose, key=widths.__getitem__)] -= 1


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The lines that a row takes."""
    cells = [wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
    return [
        (" " * _GAP)
        .join(part.rjust(width) for part, width in zip(parts, widths, strict=True))
        .rstrip()
        for parts in zip_longest(*cells, fillvalue="")
    ]
