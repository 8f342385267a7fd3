"""Who is right, and what correlates with trained networks, a line for each network and order."""

from __future__ import annotations

from symtheory._tables import aligned
from symtheory.experiments.shared.tables import numbers, percent
from symtheory.experiments.trained_pairs.run import summary
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """Who is right, and what correlates with trained networks, a line for each."""
    asked = record.parameters
    columns: dict[str, list[str]] = {"network": [], "N": []}
    for network, found in summary(record.data).items():
        columns["network"] += len(asked["orders"]) * [network]
        columns["N"] += [str(order) for order in asked["orders"]]
        parts = {f"{who} right": percent(found[f"{who}_correct"]) for who in ("trained", "final")}
        parts |= {
            f"correlation, {name}": numbers(found[f"{key}_correlation"])
            for name, key in (
                ("own kernel", "start"),
                ("final kernel", "final"),
                ("kin", "kin"),
                ("MLP", "mlp"),
            )
        }
        for name, column in parts.items():
            columns.setdefault(name, []).extend(column)
    return aligned(f"{asked['pairs']} pairs of {asked['dataset']}:", columns)
