"""The embedded data set: scikit-learn's handwritten digits, laid out as MNIST lays them out."""

from __future__ import annotations

from functools import cache

import numpy as np

from symtheory.datasets.base import Dataset, source_hash

__all__ = ["BOX_SIZE", "FRAME_SIZE", "SOURCE_MAXIMUM", "SOURCE_SIZE", "enlargement", "load_digits"]

SOURCE_SIZE = 8
BOX_SIZE = 20  # MNIST fits each digit into a box of 20 pixels …
FRAME_SIZE = 28  # … in a frame of 28.
SOURCE_MAXIMUM = 16


@cache
def load_digits() -> Dataset:
    """The 1,797 digits that come with scikit-learn, as 28×28 images. Needs no network.

    Each 8×8 image is enlarged to 20×20 by cubic splines, clipped to [0, 1], and centered in a
    28×28 frame, the proportions of MNIST, so that a chapter runs unchanged on either set.

    Returns:
        A `Dataset` with images (1797, 28, 28) and labels (1797,). Source: E. Alpaydin and
        C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
    """
    # Imported here: scikit-learn takes longer to import than the rest of the package.
    from sklearn.datasets import load_digits as load_source

    source = load_source()
    pixels = source.images  # (1797, 8, 8), integers 0 to 16
    labels = source.target.astype(np.int64)
    enlarge = enlargement(SOURCE_SIZE, BOX_SIZE)
    box = np.clip(enlarge @ (pixels / SOURCE_MAXIMUM) @ enlarge.T, 0.0, 1.0)
    margin = (FRAME_SIZE - BOX_SIZE) // 2
    images = np.pad(box, ((0, 0), (margin, margin), (margin, margin)))
    return Dataset("digits", images, labels, source_hash(pixels, labels))


def enlargement(size: int, new_size: int) -> np.ndarray:
    """The matrix (new_size, size) that resamples a signal by cubic splines.

    The pixels are cells of equal width, and what lies outside the signal is zero. Applied to the
    rows and the columns of an image it enlarges the image.
    """
    from scipy.ndimage import zoom

    unit_signals = np.eye(size)
    return zoom(unit_signals, (new_size / size, 1), order=3, mode="grid-constant", grid_mode=True)
