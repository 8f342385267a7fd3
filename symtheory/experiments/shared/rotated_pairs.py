"""Pairs of rotated digits under any kernel: what regression gets wrong, and what theory predicts.

Two digits of different classes, each with all its N rotations but one left out: the exact error of
kernel regression at the missing image, and the errors that the theory reads off the spectrum.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import jax
import numpy as np
from jax import Array

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import normalize
from symtheory.experiments.shared.checks import require_finite, require_float64
from symtheory.experiments.shared.cyclic import (
    averaged_rows,
    circulant,
    defects,
    exact_errors,
    general_errors,
)
from symtheory.experiments.shared.rotated_grams import rotated_grams
from symtheory.kernels import Kernel, gram

__all__ = [
    "RELATIVE_RIDGE",
    "UNIT_IMAGES",
    "held_out_first",
    "held_out_first_grams",
    "measure",
    "measure_orders",
    "pairs_at_a_time",
]

RELATIVE_RIDGE = 1e-10
# Images in one unit of work: 13 MB of them, which stay near the processor, in about 0.1 s.
UNIT_IMAGES = 2048


def measure(
    images: np.ndarray, order: int, *, kernel: Kernel | None = None, ridge: float = RELATIVE_RIDGE
) -> dict[str, np.ndarray]:
    """Measure and predict the errors of kernel regression on pairs of rotated digits.

    The raw images are rotated, and each rotated image is then brought to zero mean and unit norm,
    as in the paper.

    Args:
        images: the pairs, of shape (pairs, 2, height, width), not normalized.
        order: the number of rotations N, by multiples of 360°/N.
        kernel: `MLPKernel()`, computed in NumPy, if not given.
        ridge: as a fraction of the trace of the Gram matrix of both orbits.

    Returns:
        By name, arrays of shape (pairs,), or (pairs, 2) with a column for each of the two orbits:
        `exact_error` (pairs, 2), 1 - yŷ at the unrotated image when it alone is held out;
        `number_correct`, how many of these two are below 1, so that the prediction has the right
        sign;
        `orbit_mean_error` (pairs, 2), the mean of the exact error over all images of the orbit,
        each held out in turn;
        `spectral_error` (pairs, 2), the general formula;
        `circulant_error`, the paper's formula ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, with `last_eigenvalue` λ_N and
        `mean_inverse` ⟨λ⁻¹⟩;
        `symmetry_defect` of the Gram matrix;
        `squared_separation` Δ², between the means of the two orbits, and `spread` R, the mean
        distance of an image from the mean of its orbit, both among normalized images.

    Raises:
        ValueError: for images of another shape, with a kernel but without 64-bit floats, or if
            a Gram matrix is singular to precision.
    """
    return measure_orders(images, [order], kernel=kernel, ridge=ridge)[0]


def measure_orders(
    images: np.ndarray,
    orders: Sequence[int],
    *,
    depth: int = 1,
    kernel: Kernel | None = None,
    ridge: float = RELATIVE_RIDGE,
) -> list[dict[str, np.ndarray]]:
    """`measure` at several orders; those that divide the largest share its Gram matrices.

    Args:
        images: as `measure`.
        orders: numbers of rotations.
        depth: the number of hidden layers of the network,
        kernel: or another kernel, as `measure`.
        ridge: as `measure`.

    Returns:
        What `measure` returns for each order.
    """

    def grams(orbits: np.ndarray) -> np.ndarray:
        return rotated_grams(orbits, depth) if kernel is None else _grams(orbits, kernel)

    largest = max(orders)
    orbits = _orbits(images, largest)
    matrices = grams(orbits)
    results = []
    for order in orders:
        if largest % order:
            own = _orbits(images, order)
            results.append(_measure(own, grams(own), ridge))
        else:
            blocks = matrices.reshape(-1, 2, largest, 2, largest)
            step = largest // order
            chosen = blocks[:, :, ::step, :, ::step].reshape(-1, 2 * order, 2 * order)
            results.append(_measure(orbits[:, :, ::step], chosen, ridge))
    return results


def _orbits(images: np.ndarray, order: int) -> np.ndarray:
    """Normalized orbits of pairs of raw images, shape (pairs, 2, N, pixels)."""
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] != 2:
        raise ValueError(
            f"Expected images of shape (pairs, 2, height, width). Got shape {images.shape}. "
            "Try dataset.images[sample_pairs(dataset.labels, 8, seed=1)]."
        )
    n_pairs, _, height, width = images.shape
    action = rotation_action(order, (height, width))
    rotated = orbit(images.reshape(-1, height, width), action)
    return normalize(rotated).reshape(n_pairs, 2, order, -1)


def _measure(orbits: np.ndarray, matrices: np.ndarray, ridge: float) -> dict[str, np.ndarray]:
    """All results, from orbits (pairs, 2, N, pixels) and Gram matrices (pairs, 2N, 2N)."""
    absolute = ridge * np.trace(matrices, axis1=-2, axis2=-1)
    everywhere = exact_errors(matrices, absolute)
    rows = averaged_rows(matrices)
    interleaved = circulant(rows, absolute)
    result = {
        "exact_error": everywhere[..., 0],  # orbits begin with the unrotated image
        "orbit_mean_error": everywhere.mean(axis=-1),
        "spectral_error": general_errors(rows, absolute),
        "circulant_error": interleaved.error,
        "last_eigenvalue": interleaved.last_eigenvalue,
        "mean_inverse": interleaved.mean_inverse,
        "symmetry_defect": defects(matrices, rows),
    }
    require_finite(result, ridge)
    mean = orbits.mean(axis=2)
    # ‖x - μ‖² of points of norm 1, without a copy of them all.
    squared = 1 - 2 * (orbits @ mean[..., None])[..., 0] + np.square(mean).sum(-1)[..., None]
    return result | {
        "number_correct": (result["exact_error"] < 1).sum(axis=-1, dtype=np.int8),
        "squared_separation": np.square(mean[:, 0] - mean[:, 1]).sum(axis=-1),
        "spread": np.sqrt(np.maximum(squared, 0)).mean(axis=(1, 2)),
    }


def _grams(orbits: np.ndarray, kernel: Kernel) -> np.ndarray:
    """Gram matrices under any kernel."""
    require_float64()
    return np.asarray(_compiled_grams(orbits, kernel))


@partial(jax.jit, static_argnames=("kernel",))
def _compiled_grams(orbits: Array, kernel: Kernel) -> Array:
    """Pair after pair, not batched: the kernel skips work that a pair spares it."""
    return jax.lax.map(partial(gram, kernel), orbits)


def held_out_first(images: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """The orbits of pairs of digits, with one unrotated image first: to be held out.

    Args:
        images: raw, of shape (pairs, 2, height, width).
        order: the number of rotations N.

    Returns:
        Points of shape (2·pairs, 2N, pixels), of zero mean and unit norm, and their labels ±1 of
        shape (2·pairs, 2N). Of each pair, A0 comes first once, and then B0.
    """
    n_pairs, _, height, width = images.shape
    action = rotation_action(order, (height, width))
    rotated = normalize(orbit(images.reshape(-1, height, width), action))
    orbits = rotated.reshape(n_pairs, 2, order, -1)
    points = np.stack([orbits, orbits[:, ::-1]], axis=1).reshape(2 * n_pairs, 2 * order, -1)
    labels = np.repeat([1.0, -1.0], order)
    return points, np.tile([labels, -labels], (n_pairs, 1))


def held_out_first_grams(kernel: Kernel, points: np.ndarray) -> np.ndarray:
    """The Gram matrices of what `held_out_first` returns, under a kernel that all networks share.

    With B0 first a pair has the orbits that it had with A0 first, in the other order, and so has
    its matrix the same blocks: the kernel is computed once for each pair.

    Args:
        kernel: Of points.
        points: Of shape (2·pairs, 2N, *item), each pair twice, its orbits exchanged.

    Returns:
        Shape (2·pairs, 2N, 2N).
    """
    first = np.stack([np.asarray(kernel(one)) for one in points[::2]])
    exchanged = np.roll(first, first.shape[-1] // 2, axis=(-2, -1))
    return np.stack([first, exchanged], axis=1).reshape(-1, *first.shape[1:])


def pairs_at_a_time(orders: Sequence[int]) -> int:
    """Pairs in one unit of work."""
    return max(1, UNIT_IMAGES // (2 * max(orders)))
