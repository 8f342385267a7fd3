"""What an architecture makes of a missing pose: the paper's figures 5 and 8.

Two images of different classes, each with all its transforms but one left out, under any action and
any kernel that is invariant under the exact part of it. Gram matrices and measurements are separate
steps, because matrices of fewer transforms, and of averaged kernels, are parts and means of others.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from symtheory import regression, spectral
from symtheory._checks import as_integer
from symtheory.actions import Action, orbit
from symtheory.datasets import normalize
from symtheory.groups import FiniteGroup, cyclic_group
from symtheory.kernels import Kernel
from symtheory.orbit_gram import orbit_gram

__all__ = ["RELATIVE_RIDGE", "Preparation", "coarser", "grams", "measure", "unit_norm"]

RELATIVE_RIDGE = 1e-10


class Preparation(Protocol):
    """What is done to each of some images, as `symtheory.datasets.normalize` does."""

    def __call__(self, images: np.ndarray, /, *, item_ndim: int) -> np.ndarray:
        """Prepare images, of which each has so many axes, the last ones."""


def unit_norm(images: np.ndarray, *, item_ndim: int) -> np.ndarray:
    """Bring each image to unit norm and leave its mean, as the paper does for shifts.

    Args:
        images: of shape (..., *image).
        item_ndim: how many axes an image has: 2 for (height, width), 3 with channels, over all of
            which its norm is taken; 1 for flattened images.

    Returns:
        Float64 of the same shape.

    Raises:
        ValueError: if an image is blank, or has no such axes.
    """
    images = np.asarray(images, dtype=np.float64)
    item_ndim = as_integer(item_ndim, "item_ndim", minimum=1, maximum=max(images.ndim, 1))
    norm = np.sqrt(np.square(images).sum(axis=tuple(range(-item_ndim, 0)), keepdims=True))
    if (norm == 0).any():
        raise ValueError(
            f"Expected images that are not blank. Got {int((norm == 0).sum())} of zeros. "
            "Try leaving them out."
        )
    return images / norm


def grams(
    images: np.ndarray, action: Action, kernel: Kernel, *, prepare: Preparation = normalize
) -> np.ndarray:
    """The Gram matrices of pairs of orbits.

    Args:
        images: the pairs, of shape (pairs, 2, height, width), not normalized.
        action: what moves them.
        kernel: invariant under the exact elements of the action, as kernels of networks are: MLPs
            always, convolutional ones (square filters, circular padding) under shifts and the
            symmetries of a square.
        prepare: what is done to each image, after it was moved.

    Returns:
        Shape (pairs, 2|G|, 2|G|), seed-major.

    Raises:
        ValueError: for images of another shape.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] != 2:
        raise ValueError(
            f"Expected images of shape (pairs, 2, height, width). Got shape {images.shape}. "
            "Try dataset.images[sample_pairs(dataset.labels, 8, seed=1)]."
        )

    def moved(pair: np.ndarray) -> np.ndarray:
        # An exact action only moves pixels. Moved last, patches stay the same to the last bit.
        if action.exact:
            return orbit(prepare(pair, item_ndim=2), action)
        return prepare(orbit(pair, action), item_ndim=2)

    stacked = np.stack([np.asarray(orbit_gram(kernel, moved(pair), action)) for pair in images])
    # Blocks that are computed as k(x, hx') and read as k(hx', x) agree to rounding only.
    return (stacked + np.swapaxes(stacked, -1, -2)) / 2


def coarser(matrices: np.ndarray, order: int, kept: int) -> np.ndarray:
    """Of Gram matrices of orbits of a cyclic group, the part that belongs to a subgroup.

    Args:
        matrices: of shape (..., m·order, m·order).
        order: of the group.
        kept: the order of the subgroup, a divisor: how many transforms, equally spaced, remain.

    Returns:
        Shape (..., m·kept, m·kept).

    Raises:
        ValueError: if it is no divisor, or the matrices are not of whole orbits.
    """
    if kept < 1 or order % kept or matrices.shape[-1] % order:
        raise ValueError(
            f"Expected Gram matrices of whole orbits of order {order}, and a divisor of it to keep."
            f" Got matrices of size {matrices.shape[-1]} and {kept}. Try kept={order} on matrices "
            f"of size {2 * order}."
        )
    batch, m, step = matrices.shape[:-2], matrices.shape[-1] // order, order // kept
    blocks = matrices.reshape(*batch, m, order, m, order)[..., ::step, :, ::step]
    return blocks.reshape(*batch, m * kept, m * kept)


def measure(
    matrices: np.ndarray, group: FiniteGroup, *, ridge: float = RELATIVE_RIDGE
) -> dict[str, np.ndarray]:
    """Measure and predict errors at a missing transform, and what they are made of.

    Args:
        matrices: Gram matrices of pairs of orbits, of shape (pairs, 2|G|, 2|G|).
        group: that acts.
        ridge: as a fraction of the trace of each matrix.

    Returns:
        By name, arrays of shape (pairs, 2), a column for each orbit, or (pairs,):
        `exact_error` (pairs, 2), 1 - yŷ at the untransformed image when it alone is held out;
        `number_correct` (pairs,), how many of these two are below 1;
        `orbit_mean_error` (pairs, 2), the mean of the exact error over the orbit, and
        `orbit_mean_size`, that of its size |1 - yŷ|, which is larger where single errors scatter
        around 0;
        `spectral_error` (pairs, 2), the general formula, and its parts: `signal` and `noise`, whose
        ratio noise/signal it is (a signal below 0 is an overshoot);
        `feature_spread` (pairs, 2), the mean squared distance of an orbit's points from their
        mean, in feature space;
        `symmetry_defect` (pairs,) of the Gram matrix; and for cyclic groups
        `circulant_error` (pairs,), the paper's formula.

    Raises:
        ValueError: if the matrices are not of pairs of orbits, or singular to precision.
    """
    n, labels = group.order, np.repeat([1.0, -1.0], group.order)
    if matrices.ndim != 3 or matrices.shape[-1] != 2 * n:
        raise ValueError(
            f"Expected Gram matrices of pairs of orbits of {group.name}, of shape "
            f"(pairs, {2 * n}, {2 * n}). Got shape {matrices.shape}. "
            "Try matrices[None] for one pair."
        )
    absolute = np.asarray(regression.relative_ridge(matrices, ridge))
    everywhere = np.asarray(regression.leave_one_out_error(matrices, labels, ridge=absolute))
    everywhere = everywhere.reshape(-1, 2, n)
    rows = np.asarray(spectral.average_rows(matrices, group))
    first_rows = spectral.FirstRows(rows)
    # Pooled networks collapse orbits by design: items are the same to them.
    error = np.asarray(
        spectral.spectral_error(first_rows, group, ridge=absolute, allow_copies=True)
    )
    trivial = rows.sum(axis=-1) + absolute[:, None, None] * np.eye(2)  # Λ_1
    sides = np.array([1.0, -1.0])
    signal = 1 / (sides * np.linalg.solve(trivial, sides[:, None])[..., 0])
    own = rows[:, [0, 1], [0, 1]]
    result = {
        "exact_error": everywhere[..., 0],
        "number_correct": (everywhere[..., 0] < 1).sum(axis=-1, dtype=np.int8),
        "orbit_mean_error": everywhere.mean(axis=-1),
        "orbit_mean_size": np.abs(everywhere).mean(axis=-1),
        "spectral_error": error,
        "signal": signal,
        "noise": error * signal,
        "feature_spread": own[..., 0] - own.mean(axis=-1),
        "symmetry_defect": np.asarray(spectral.symmetry_defect(matrices, group)),
    }
    if np.array_equal(group.table, cyclic_group(n).table):
        circulant = spectral.circulant_spectral_error(first_rows, ridge=absolute, allow_copies=True)
        result["circulant_error"] = np.asarray(circulant)
    return result
