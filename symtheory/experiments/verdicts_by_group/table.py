"""Forecast and trained shares, a line for each data set and group."""

from __future__ import annotations

import numpy as np

from symtheory._tables import aligned
from symtheory.experiments.verdicts_by_group.run import agreement, summary
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """For each architecture the forecast, what trained networks did, and a letter for the verdict.

    The letter is g for *generalizes*, f for *fails* and u for *undecided*.
    """
    asked, data = record.parameters, record.data
    found = summary(data, asked["seeds"])
    rows = list(dict.fromkeys(zip(data["data"].tolist(), data["groups"].tolist(), strict=True)))
    columns = {name: [row[k] for row in rows] for k, name in enumerate(("data", "group"))}
    for architecture in asked["architectures"]:
        column = []
        for row in rows:
            places = (data["data"] == row[0]) & (data["groups"] == row[1])
            here = np.flatnonzero(places & (data["architectures"] == architecture))
            column.append(
                "".join(
                    f"{found['forecast'][k]:.0%} {found['trained'][k]:.0%} {found['verdict'][k][0]}"
                    for k in here
                )
            )
        columns[architecture] = column
    counts = agreement(found)
    low, high = counts.interval
    title = (
        f"{asked['seeds']} seeds of each of five classes, starts: {asked['starts']}. Right at the "
        "pose that a class lacks: forecast, trained, and whether it generalizes, fails or is "
        f"undecided. Verdicts that came true: {counts.reached + counts.stayed} of "
        f"{counts.generalizes + counts.fails} (95 % {low:.0%} to {high:.0%}):"
    )
    return aligned(title, columns)
