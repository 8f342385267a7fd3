"""Errors at the end of training, a line for each norm, pair and width."""

from __future__ import annotations

import numpy as np

from symtheory._tables import aligned
from symtheory.experiments.shared.tables import numbers, percent
from symtheory.experiments.training_replay.run import summary
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """Errors at the end of training, a line for each norm, pair and width."""
    data, found = record.data, summary(record.data)
    settings = list(np.ndindex(found["error"].shape[:3]))
    end = {name: values[..., -1] for name, values in found.items()}
    columns = {
        "norm": [f"{data['norms'][i]:g}" for i, _, _ in settings],
        "digit": [str(data["classes"][j, 0]) for _, j, _ in settings],
        "other": [str(data["classes"][j, 1]) for _, j, _ in settings],
        "width": [str(data["widths"][k]) for _, _, k in settings],
        "theory": numbers(np.array([end["flow_error"][i, j] for i, j, _ in settings])),
        "error": numbers(end["error"].ravel()),
        "±": numbers(end["error_half"].ravel()),
        "right": percent(end["right"].ravel()),
    }
    asked = record.parameters
    title = f"{asked['networks']} networks each after {asked['epochs']} epochs:"
    return aligned(title, columns)
