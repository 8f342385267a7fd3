"""Columns of text, one below the other, for terminals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["aligned"]


def aligned(title: str, every: Mapping[str, Sequence[str]]) -> str:
    """A title, the names of the columns, and their lines."""
    width = {name: max(len(name), *map(len, cells)) for name, cells in every.items()}
    rows = [list(every), *zip(*every.values(), strict=True)]
    lines = [
        "  ".join(c.rjust(w) for c, w in zip(row, width.values(), strict=True)) for row in rows
    ]
    return "\n".join([title, *lines])
