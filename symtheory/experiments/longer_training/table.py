"""The accuracies at the end, means over the missing digits, for each way and order."""

from __future__ import annotations

from symtheory.experiments.shared.tables import accuracies
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The accuracies at the end, means over the missing digits, for each way and order."""
    asked = record.parameters
    title = f"{asked['epochs']} epochs on {asked['dataset']}. Recognized:"
    return accuracies(title, record, "training", asked["variants"])
