"""Forecast and trained shares, a line for each network and number of rotations."""

from __future__ import annotations

import itertools

import numpy as np

from symtheory._tables import aligned
from symtheory.diagnosis.calibration import cases
from symtheory.experiments.diagnosis.run import summary
from symtheory.experiments.shared.tables import percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """Means over classes, and correlations over classes and numbers of rotations."""
    asked, data = record.parameters, record.data
    own, closed = (cases(data, asked["seeds"], kernel=kernel) for kernel in ("own", "closed"))
    computed = ~np.isnan(own.trained).all(axis=-1)
    every = np.array(list(itertools.product(asked["networks"], asked["orders"])))
    settings = every[computed.ravel()]
    columns = {name: [str(row[k]) for row in settings] for k, name in enumerate(("network", "N"))}
    for heading, values in (
        ("own kernel", own.predicted),
        ("closed form", closed.predicted),
        ("trained", own.trained),
        ("in training", data["fitted"].mean(axis=2)),
    ):
        shares = percent(values.mean(axis=-1)[computed])
        columns[heading] = ["" if "nan" in share else share for share in shares]
    title = (
        f"{asked['seeds']} seeds of each class of {asked['dataset']}, starts: {asked['starts']}. "
        "Right at the pose that a class lacks, mean over classes:"
    )
    found = summary(data, asked["seeds"])
    places = [asked["networks"].index(name) for name, _ in settings]
    columns["correlation, all N"] = [f"{found['own_correlation'][k]:.2f}" for k in places]
    columns["95 %"] = ["{:.2f} to {:.2f}".format(*found["own_interval"][k]) for k in places]
    return aligned(title, columns)
