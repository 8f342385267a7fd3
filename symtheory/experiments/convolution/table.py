"""The medians over pairs, a line for each network, preparation and order."""

from __future__ import annotations

from symtheory.experiments.shared.network_tables import convolutional
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The medians over pairs, a line for each network, preparation and order."""
    asked = record.parameters
    pairs = f"{asked['pairs']}, with pooling {asked['pooled_pairs']}"
    beyond = asked.get("pooled_pairs_beyond_16", asked["pooled_pairs"])
    if beyond < asked["pooled_pairs"]:
        pairs += f" ({beyond} at more than 16 rotations)"
    return convolutional(record, pairs)
