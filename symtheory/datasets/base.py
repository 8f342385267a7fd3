"""What a data set of images is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np


class DatasetError(Exception):
    """A data set could not be had: a file is missing, damaged, or out of reach."""


@dataclass(frozen=True)
class Dataset:
    """Labeled grey images, read-only.

    Attributes:
        name: what provenance prints, such as "digits" or "mnist-test".
        images: float64 of shape (n, 28, 28), in [0, 1], ink bright on a dark ground.
        labels: int64 of shape (n,).
        sha256: hash of the source as published, its integer pixels followed by its labels, one
            byte each. It does not depend on how this package turns them into `images`.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    sha256: str

    def __post_init__(self) -> None:
        """Freeze the arrays: data sets are cached and shared."""
        self.images.setflags(write=False)
        self.labels.setflags(write=False)

    def __len__(self) -> int:
        """Number of images."""
        return len(self.labels)


def source_hash(pixels: np.ndarray, labels: np.ndarray) -> str:
    """SHA-256 of the pixels (n, ...) followed by the labels (n,), as bytes."""
    digest = hashlib.sha256(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes())
    digest.update(np.ascontiguousarray(labels, dtype=np.uint8).tobytes())
    return digest.hexdigest()
