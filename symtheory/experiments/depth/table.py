"""The medians over pairs, a line for each depth and order."""

from __future__ import annotations

from symtheory.experiments.shared.network_tables import of_networks
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The medians over pairs, a line for each depth and order."""
    asked = record.parameters
    title = f"{asked['pairs']} pairs of {asked['dataset']}. Medians:"
    return of_networks(title, record, "hidden layers", [str(depth) for depth in asked["depths"]])
