"""What the experiments of the part on learning share: nine digits, turned.

A 9 is a 6 upside down, so that with both no label stays what it is under half a turn: the nines
are left out.
"""

from __future__ import annotations

import numpy as np

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset, normalize

__all__ = ["NINES", "NORM", "nine_digits", "turned"]

NINES = 9
# What images are scaled to: pixels of order one, for 28 × 28 of them.
NORM = 28.0


def nine_digits(dataset: Dataset) -> Dataset:
    """The images of a data set that do not show a 9."""
    kept = dataset.labels != NINES
    return Dataset(dataset.name, dataset.images[kept], dataset.labels[kept], dataset.sha256)


def turned(images: np.ndarray, order: int) -> np.ndarray:
    """All rotations of images, each of zero mean and norm 28.

    Args:
        images: raw, of shape (…, height, width): seeds of several classes, say.
        order: the number N of rotations. Quarter turns are exact, all others interpolate.

    Returns:
        Shape (m, N, height · width), the seeds in one row.
    """
    shape = images.shape[-2:]
    poses = orbit(images.reshape(-1, *shape), rotation_action(order, shape))
    return NORM * normalize(poses).reshape(*poses.shape[:2], -1)
