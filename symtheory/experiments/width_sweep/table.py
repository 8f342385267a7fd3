"""How far from the infinitely wide network, a line for each order, norm and width."""

from __future__ import annotations

import itertools

from symtheory._tables import aligned
from symtheory.experiments.shared.tables import numbers
from symtheory.experiments.width_sweep.run import summary
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """How far from the infinitely wide network, a line for each order, norm and width."""
    found = summary(record.data)
    asked = record.parameters
    settings = list(itertools.product(asked["orders"], asked["norms"], asked["widths"]))
    columns = {
        name: [str(row[k]) for row in settings] for k, name in enumerate(("N", "norm", "width"))
    }
    columns |= {
        "distance": numbers(found["distance"].ravel()),
        "correlation": numbers(found["correlation"].ravel()),
        "correlation, regression": numbers(found["exact_correlation"].ravel()),
    }
    title = f"{asked['pairs']} pairs of {asked['dataset']}, {asked['networks']} networks each:"
    return aligned(title, columns)
