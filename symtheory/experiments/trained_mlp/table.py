"""Who is right, and what correlates with the trained networks, a line for each order."""

from __future__ import annotations

from symtheory.experiments.shared.tables import agreements, lines
from symtheory.experiments.trained_mlp.run import summary
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """Who is right, and what correlates with the trained networks, a line for each order."""
    columns = agreements(
        summary(record.data),
        ("trained", "exact"),
        {"kernel": "exact", "theory": "spectral", "own kernel": "own", "final kernel": "final"},
    )
    asked = record.parameters
    title = f"{asked['pairs']} pairs of {asked['dataset']}, width {asked['width']}:"
    return lines(title, record, columns)
