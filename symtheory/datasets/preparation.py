"""From labeled images to the pairs of seeds and the normalized images of the experiments."""

from __future__ import annotations

import numpy as np


def sample_pairs(labels: np.ndarray, n_pairs: int, *, seed: int) -> np.ndarray:
    """Draw pairs of images with different labels, uniformly over all such pairs.

    The draws are independent, so a pair may come twice; the first k pairs of a longer draw are not
    those of a shorter one.

    Args:
        labels: the label of each image, shape (n,).
        n_pairs: how many pairs, at least 1.
        seed: the same seed gives the same pairs.

    Returns:
        Int64 indices of shape (n_pairs, 2).

    Raises:
        ValueError: if all labels are the same, or an argument is out of range.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(
            f"Expected one label per image, shape (n,). Got shape {labels.shape}. "
            "Try dataset.labels."
        )
    if n_pairs < 1:
        raise ValueError(f"Expected at least 1 pair. Got n_pairs={n_pairs}. Try n_pairs=8.")
    classes, position, count = np.unique(labels, return_inverse=True, return_counts=True)
    if len(classes) < 2:
        raise ValueError(
            f"Expected labels of at least two classes, to pair images of different ones. "
            f"Got {len(classes)} class in {len(labels)} labels. "
            "Try the labels of the whole data set."
        )
    # An image of class c has n - count[c] partners: draw the first image with that weight, then its
    # partner uniformly from the others, which in the order of labels are all but one block.
    generator = np.random.default_rng(seed)
    by_label = np.argsort(labels, kind="stable")
    block_start = np.cumsum(count) - count
    partners = len(labels) - count[position]
    first = generator.choice(len(labels), size=n_pairs, p=partners / partners.sum())
    rank = generator.integers(0, partners[first])
    own = position[first]
    rank = np.where(rank < block_start[own], rank, rank + count[own])
    return np.stack([first, by_label[rank]], axis=1)


def normalize(images: np.ndarray) -> np.ndarray:
    """Bring each image to zero mean and unit norm, as the paper does before any kernel.

    Args:
        images: shape (..., height, width).

    Returns:
        Float64 of the same shape.

    Raises:
        ValueError: if an image has no contrast, which leaves nothing to scale, or is not finite.
    """
    images = np.asarray(images, dtype=np.float64)
    if images.ndim < 2:
        raise ValueError(
            f"Expected images of shape (..., height, width). Got shape {images.shape}. "
            "Try images.reshape(-1, 28, 28)."
        )
    mean = images.mean(axis=(-2, -1), keepdims=True)
    # A sum that is not finite means that an entry is not: one pass over the means, not the pixels.
    if not np.isfinite(mean).all():
        raise ValueError(
            "Expected finite pixels. Got NaN or infinity. Try numpy.nan_to_num, or leave them out."
        )
    centered = images - mean
    norm = np.sqrt(np.einsum("...ij,...ij->...", centered, centered))[..., None, None]
    # Rounding leaves a constant image of value c a norm of about 1e-16 · c · √pixels, not 0.
    floor = 1e-12 * np.abs(mean) * np.sqrt(images.shape[-2] * images.shape[-1])
    if (norm <= floor).any():
        raise ValueError(
            f"Expected images with contrast. Got {int((norm <= floor).sum())} constant image(s). "
            "Try leaving blank images out."
        )
    return centered / norm
