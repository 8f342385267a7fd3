"""From labeled images to the pairs of seeds and the normalized images of the experiments."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from symtheory._checks import as_integer, as_real_values

__all__ = ["normalize", "sample_pairs"]

_CONTRAST = 1e-12  # of the largest entry: the least root mean square that is not rounding
_MOST_PAIRS = 100_000_000  # 1.6 GB of indices
_MOST_CHANNELS = 4  # red, green, blue and opacity: an image is hardly as narrow


def sample_pairs(labels: ArrayLike, n_pairs: int, *, seed: int) -> np.ndarray:
    """Draw pairs of images with different labels, uniformly over all such pairs.

    The draws are independent, so a pair may come twice; the first k pairs of a longer draw are not
    those of a shorter one.

    Args:
        labels: the label of each image, shape (n,): integers, or names.
        n_pairs: how many pairs, at least 1.
        seed: the same seed gives the same pairs.

    Returns:
        Int64 indices of shape (n_pairs, 2).

    Raises:
        ValueError: if all labels are the same, or an argument is out of range.
    """
    n_pairs = as_integer(n_pairs, "n_pairs", minimum=1, maximum=_MOST_PAIRS)
    seed = as_integer(seed, "seed", minimum=0)
    labels = _labels(labels)
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


def normalize(items: ArrayLike, *, item_ndim: int | None = None) -> np.ndarray:
    """Bring each item to zero mean and unit norm, as the paper does before any kernel.

    An array (n, size) holds vectors, such as flattened images; one with more axes holds images,
    (..., n, height, width), such as orbits (m, |G|, height, width). Anything else, `item_ndim`
    says; shapes that may as well mean it are refused without.

    Args:
        items: shape (..., *item).
        item_ndim: how many of the last axes one item has: 1 for vectors and flattened images, 2
            for images, sequences of vectors and clouds of points, 3 for images (height, width,
            channels). One item is normalized as a whole, over all of them.

    Returns:
        Float64 of the same shape.

    Raises:
        ValueError: if an item has no contrast, which leaves nothing to scale, or is not finite; if
            the shape leaves open what an item is.
    """
    items = as_real_values(items, "items to normalize")
    ndim = _item_ndim(items.shape) if item_ndim is None else as_integer(item_ndim, "item_ndim")
    if not 1 <= ndim <= items.ndim or 0 in items.shape[-ndim:]:
        raise ValueError(
            f"Expected items of {ndim} axes, with entries, in the last of shape {items.shape}. "
            f"Got none. Try an item_ndim from 1 to {items.ndim}."
        )
    flat = items.reshape(*items.shape[:-ndim], math.prod(items.shape[-ndim:]))
    # Powers of two change no digits, and bring the squares of any item in range.
    _, exponent = np.frexp(np.abs(flat).max(axis=-1, keepdims=True))
    flat = flat * np.ldexp(1.0, np.clip(-exponent, -1000, 1000))
    centered = flat - flat.mean(axis=-1, keepdims=True)
    norm = np.sqrt(np.einsum("...i,...i->...", centered, centered))[..., None]
    # Rounding leaves a constant item a norm of about 1e-16 · √size, not 0.
    constant = norm <= _CONTRAST * np.sqrt(flat.shape[-1])
    if constant.any():
        raise ValueError(
            f"Expected items with contrast. Got {int(constant.sum())} constant of {constant.size}. "
            "Try leaving blank images out."
        )
    return (centered / norm).reshape(items.shape)


def _labels(labels: ArrayLike) -> np.ndarray:
    """One label for each image: integers, finite numbers or strings, of shape (n,).

    Raises:
        ValueError: if they are something else.
    """
    try:
        values = np.asarray(labels)
    except (TypeError, ValueError):  # rows of different lengths
        values = np.asarray(None)
    missing = values.dtype.kind == "f" and not np.isfinite(values).all()
    if values.ndim != 1 or values.dtype.kind not in "biufUS" or missing:
        raise ValueError(
            "Expected one label per image, integers or names of shape (n,). "
            f"Got {'NaN in ' if missing else ''}{values.dtype} of shape {values.shape}. "
            "Try dataset.labels."
        )
    return values


def _item_ndim(shape: tuple[int, ...]) -> int:
    """The axes of an item where nothing is said: 1 of vectors (n, size), 2 of images.

    Raises:
        ValueError: for shapes that may as well be a single image, or images with channels.
    """
    if len(shape) < 2:
        meant = "item_ndim=1 for a single vector, or items[:, None] for numbers"
    elif len(shape) == 2 and shape[0] != shape[1]:
        return 1
    elif len(shape) == 2:
        meant = "item_ndim=2 for a single image, item_ndim=1 for vectors"
    elif shape[-1] <= _MOST_CHANNELS and shape[-1] != shape[-2]:
        meant = "item_ndim=3 if the last axis is channels, item_ndim=2 if it is the width"
    else:
        return 2
    raise ValueError(
        "Expected many images, of shape (..., n, height, width), or vectors, (n, size). "
        f"Got shape {shape}. Try {meant}."
    )
