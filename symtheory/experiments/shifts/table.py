"""The medians over pairs, a line for each network, preparation and order."""

from __future__ import annotations

from symtheory.experiments.shared.network_tables import convolutional
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The medians over pairs, a line for each network, preparation and order."""
    return convolutional(record, str(record.parameters["pairs"]))
