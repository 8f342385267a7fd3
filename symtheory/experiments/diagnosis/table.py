"""Forecast and trained shares, a line for each network and number of rotations."""

from __future__ import annotations

import itertools

import numpy as np

from symtheory.diagnosis.calibration import calibration, cases
from symtheory.experiments.diagnosis.run import summary
from symtheory.experiments.shared.tables import aligned, percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """Means over classes, correlations, and how often a verdict came true."""
    asked, data = record.parameters, record.data
    own, closed = (cases(data, asked["seeds"], kernel=kernel) for kernel in ("own", "closed"))
    settings = list(itertools.product(asked["networks"], asked["orders"]))
    columns = {name: [str(row[k]) for row in settings] for k, name in enumerate(("network", "N"))}
    for heading, values in (
        ("own kernel", own.predicted),
        ("closed form", closed.predicted),
        ("trained", own.trained),
        ("in training", data["fitted"].mean(axis=2)),
    ):
        shares = percent(values.mean(axis=-1).ravel())
        columns[heading] = ["" if "nan" in share else share for share in shares]
    title = (
        f"{asked['seeds']} seeds of each class of {asked['dataset']}, starts: {asked['starts']}. "
        "Right at the pose that a class lacks, mean over classes:"
    )
    found = summary(data, asked["seeds"])
    lines = [aligned(title, columns)]
    for kernel, (k, name) in itertools.product(("own", "closed"), enumerate(asked["networks"])):
        if not np.isnan(found[f"{kernel}_correlation"][k]):
            low, high = found[f"{kernel}_interval"][k]
            lines.append(
                f"{name}, {'own kernel' if kernel == 'own' else 'closed form'}: correlation "
                f"{found[f'{kernel}_correlation'][k]:.2f} (95 % {low:.2f} to {high:.2f}), within "
                f"one N {found[f'{kernel}_within'][k]:.2f}"
            )
    return "\n".join([*lines, str(calibration(record))])
