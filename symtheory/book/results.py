"""The records of the book, for the pages that sum it up, and what two of these say alike."""

from __future__ import annotations

import numpy as np

from symtheory.experiments.catalog import EXPERIMENTS
from symtheory.records import Record, load, published

__all__ = ["best_at_unseen_pose", "book_records"]

ALIKE_UPSIDE_DOWN = 1


def book_records() -> dict[str, Record]:
    """The record that the book shows of each experiment, by the experiment's name."""
    return {name: load(published(one.record)) for name, one in EXPERIMENTS.items()}


def best_at_unseen_pose(record: Record) -> dict[str, np.ndarray]:
    """The best that any epoch comes to at the unseen pose, for each way of training.

    Args:
        record: Of the experiment ``longer-training``.

    Returns:
        By the name of the way, fractions of shape (digits,): of each missing digit but the 1,
        which looks the same upside down.
    """
    kept = record.data["digits"] != ALIKE_UPSIDE_DOWN
    best = record.data["unseen_pose"][:, 0, kept].max(axis=-1)
    return dict(zip(record.parameters["variants"], best, strict=True))
