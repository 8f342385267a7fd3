"""The shares that are recognized, a line for each order and number of seeds."""

from __future__ import annotations

import numpy as np

from symtheory._tables import aligned
from symtheory.experiments.operators.recognition import SOURCES
from symtheory.experiments.operators.run import shares
from symtheory.experiments.shared.tables import numbers, percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The shares that are recognized, a line for each order and number of seeds."""
    data = record.data
    measured = np.isfinite(data["recognized"][:, 0, :, 0, 0])
    settings = [(data["orders"][i], data["seeds_per_class"][k]) for i, k in np.argwhere(measured)]

    def column(name: str) -> np.ndarray:
        """A share at all settings: of the first source, if there is one for each."""
        share = shares(data, name)[0][measured]
        return share[:, 0] if share.ndim > 1 else share

    columns = {name: [str(row[k]) for row in settings] for k, name in enumerate(("N", "seeds"))}
    for k, name in enumerate(SOURCES):
        columns[name] = percent(shares(data, "recognized")[0][..., k][measured])
    for head, name in (
        ("averaged", "averaged"),
        ("no turn", "unturned"),
        ("supervised", "supervised"),
        ("strangers", "strangers"),
        ("true turns", "strangers_turned"),
    ):
        columns[head] = [cell.replace("nan%", "-") for cell in percent(column(name))]
    columns["error of T"] = numbers(data["error"].mean(axis=(1, 3))[..., 0][measured])
    title = (
        f"Nine digits of {record.parameters['dataset']}, draws: {record.parameters['draws']}. "
        "Recognized in the pose that their class lacks, T from:"
    )
    return aligned(title, columns)
