"""Who is right, and what correlates with trained networks, a line for each network and order."""

from __future__ import annotations

from symtheory._tables import aligned
from symtheory.experiments.shared.tables import agreements
from symtheory.experiments.trained_pairs.run import summary
from symtheory.records import Record

__all__ = ["table"]

_CORRELATED = {"own kernel": "start", "final kernel": "final", "kin": "kin", "MLP": "mlp"}


def table(record: Record) -> str:
    """Who is right, and what correlates with trained networks, a line for each."""
    asked = record.parameters
    columns: dict[str, list[str]] = {"network": [], "N": []}
    for network, found in summary(record.data).items():
        columns["network"] += len(asked["orders"]) * [network]
        columns["N"] += [str(order) for order in asked["orders"]]
        for name, column in agreements(found, ("trained", "final"), _CORRELATED).items():
            columns.setdefault(name, []).extend(column)
    return aligned(f"{asked['pairs']} pairs of {asked['dataset']}:", columns)
