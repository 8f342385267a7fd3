"""Who knows the missing pose, a line for each kind of network."""

from __future__ import annotations

import numpy as np

from symtheory._tables import aligned
from symtheory.experiments.averaged_networks.run import NETWORKS, summary
from symtheory.experiments.shared.tables import percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """Who knows the missing pose, a line for each kind of network, and the kernel."""
    found = summary(record.data)
    right = np.concatenate([found["right"], found["kernel_right"]])
    intervals = np.concatenate([found["right_interval"], found["kernel_right_interval"]])
    train = np.append(record.data["train_right"].mean(axis=(0, 1)), [np.nan, np.nan])
    columns = {
        "network": [*NETWORKS, "kernel", "averaged kernel"],
        "missing pose": percent(right),
        "from": percent(intervals[:, 0]),
        "to": percent(intervals[:, 1]),
        "seen": ["-" if np.isnan(value) else f"{value:.0%}" for value in train],
    }
    title = f"{found['networks']} networks of each kind on {record.parameters['dataset']}:"
    return aligned(title, columns)
