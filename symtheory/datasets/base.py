"""What a data set of images is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from symtheory._checks import as_real_values

__all__ = ["Dataset", "DatasetError", "source_hash"]


class DatasetError(Exception):
    """A data set could not be had: a file is missing, damaged, or out of reach."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labeled images, read-only.

    Attributes:
        name: what provenance prints, such as "digits" or "mnist-test".
        images: float64 of shape (n, height, width) or (n, height, width, channels); in the data
            sets of this package (n, 28, 28), in [0, 1], ink bright on a dark ground. Copied, unless
            they are read-only.
        labels: int64 of shape (n,). Copied as well.
        sha256: hash of the source as published, its integer pixels followed by its labels, one
            byte each. It does not depend on how this package turns them into `images`.

    Raises:
        ValueError: if the images are not real and finite, or there is not one integer label for
            each.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    sha256: str

    def __post_init__(self) -> None:
        """Keep read-only arrays of one's own: data sets are cached and shared."""
        images = as_real_values(self.images, "images")
        if images.ndim not in (3, 4) or 0 in images.shape[1:]:
            raise ValueError(
                "Expected images of shape (n, height, width) or (n, height, width, channels). "
                f"Got shape {images.shape}. Try images.reshape(-1, height, width)."
            )
        try:
            labels = np.asarray(self.labels)
        except ValueError:  # rows of different lengths
            labels = np.asarray(None)
        whole = np.issubdtype(labels.dtype, np.integer) and np.can_cast(labels.dtype, np.int64)
        if not whole or labels.shape != images.shape[:1]:
            raise ValueError(
                f"Expected one integer label for each of {len(images)} images. Got {labels.dtype} "
                f"of shape {labels.shape}. Try numpy.unique(names, return_inverse=True)[1]."
            )
        object.__setattr__(self, "images", _read_only(images))
        object.__setattr__(self, "labels", _read_only(labels.astype(np.int64, copy=False)))

    def __len__(self) -> int:
        """Number of images."""
        return len(self.labels)


def _read_only(array: np.ndarray) -> np.ndarray:
    """The array itself if it can no longer be written to, by anybody; else a copy."""
    if array.flags.writeable or array.base is not None:
        array = array.copy()
        array.setflags(write=False)
    return array


def source_hash(pixels: np.ndarray, labels: np.ndarray) -> str:
    """SHA-256 of the pixels (n, ...) followed by the labels (n,), as bytes."""
    digest = hashlib.sha256(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes())
    digest.update(np.ascontiguousarray(labels, dtype=np.uint8).tobytes())
    return digest.hexdigest()
