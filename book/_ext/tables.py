"""Tables of what chapters say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def make_table(
    heads: Sequence[str], rows: Iterable[list[list[nodes.Node]]], name: str
) -> nodes.table:
    """A table.

    Args:
        heads: Of its columns.
        rows: What stands in the cells of each.
        name: Its class.
    """
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec("", colwidth=1) for _ in heads]
    group += nodes.thead("", make_row([[nodes.Text(head)] for head in heads]))
    group += nodes.tbody("", *map(make_row, rows))
    return nodes.table("", group, classes=[name])


def make_row(contents: list[list[nodes.Node]]) -> nodes.row:
    """A row of a table."""
    entries = (nodes.entry("", nodes.paragraph("", "", *content)) for content in contents)
    return nodes.row("", *entries)
