"""How far from the theory, a line for each way to train and each width."""

from __future__ import annotations

import numpy as np

from symtheory._tables import aligned
from symtheory.experiments.linearization.run import summary
from symtheory.experiments.shared.tables import numbers
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """How far from the theory, a line for each way to train and each width."""
    data, found = record.data, summary(record.data)
    settings = list(np.ndindex(found["moved"].shape))
    moved, half = (found[name].ravel() for name in ("moved", "moved_half"))
    columns = {
        "ramp": ["rounded" if data["smooth"][i] else "ReLU" for i, _ in settings],
        "start": ["subtracted" if data["centered"][i] else "kept" for i, _ in settings],
        "labels": [f"{data['labels'][i]:g}" for i, _ in settings],
        "width": [str(data["widths"][j]) for _, j in settings],
        "networks": [str(data["networks"][j]) for _, j in settings],
        "moved": numbers(_root(moved)),
        "from": numbers(_root(moved - half)),
        "to": numbers(_root(moved + half)),
        "single": numbers(found["scatter"].ravel()),
        "flips": numbers(found["flips"].ravel()),
    }
    title = (
        f"Root mean square of trained less linearized, after {record.parameters['steps']} steps:"
    )
    return aligned(title, columns)


def _root(squares: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(squares, 0))
