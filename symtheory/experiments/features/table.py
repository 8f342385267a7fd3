"""How many missing images are recognized, before and after metrics were learned."""

from __future__ import annotations

from symtheory._tables import aligned
from symtheory.experiments.shared.tables import percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """How many missing images are recognized, before and after metrics were learned."""
    data, asked = record.data, record.parameters
    right = data["right"].mean(axis=(1, 2, 3))  # (tasks, metrics)
    share = data["share"].mean(axis=(1, 2))
    title = (
        f"Nine digits of {asked['dataset']}, {asked['seeds']} seeds of each, draws: "
        f"{asked['draws']}. The missing images that are recognized, without a metric, at the best "
        f"bandwidth, and after {asked['iterations']} metrics; what of the metric is invariant:"
    )
    columns = {
        "poses": data["tasks"].tolist(),
        "without": percent(right[:, 0]),
        "bandwidth": percent(data["bandwidth"].mean(axis=(1, 2, 3)).max(axis=-1)),
        "learned": percent(right[:, -1]),
        "invariant": percent(share[:, -1]),
    }
    return aligned(title, columns)
