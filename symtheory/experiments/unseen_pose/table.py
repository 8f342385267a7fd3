"""The accuracies at the end, means over the missing digits, for each network and order."""

from __future__ import annotations

from symtheory.experiments.shared.tables import accuracies
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The accuracies at the end, means over the missing digits, for each network and order."""
    asked = record.parameters
    title = f"{asked['images']} images of each class of {asked['dataset']}. Recognized:"
    return accuracies(title, record, "network", asked["networks"])
