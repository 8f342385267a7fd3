"""The shares that are recognized, a line for each order and number of seeds."""

from __future__ import annotations

import itertools

from symtheory.experiments.operators.recognition import SOURCES
from symtheory.experiments.operators.run import shares
from symtheory.experiments.shared.tables import aligned, numbers, percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The shares that are recognized, a line for each order and number of seeds."""
    data = record.data
    settings = list(itertools.product(data["orders"], data["seeds_per_class"]))
    columns = {name: [str(row[k]) for row in settings] for k, name in enumerate(("N", "seeds"))}
    for k, name in enumerate(SOURCES):
        columns[name] = percent(shares(data, "recognized")[0][..., k].ravel())
    columns["averaged"] = percent(shares(data, "averaged")[0][..., 0].ravel())
    for head, name in (("no turn", "unturned"), ("supervised", "supervised")):
        columns[head] = percent(shares(data, name)[0].ravel())
    columns["strangers"] = percent(shares(data, "strangers")[0][..., 0].ravel())
    columns["true turns"] = percent(shares(data, "strangers_turned")[0].ravel())
    columns["error of T"] = numbers(data["error"].mean(axis=(1, 3))[..., 0].ravel())
    title = (
        f"Nine digits of {record.parameters['dataset']}, draws: {record.parameters['draws']}. "
        "Recognized in the pose that their class lacks, T from:"
    )
    return aligned(title, columns)
