"""The NTK of fully connected networks on pairs of orbits of rotated images, in NumPy.

`symtheory.ntk.MLPKernel` is for any items. Here all have norm 1, which leaves its recursion a few
lines, and quarter turns move pixels only, which leaves a quarter of the rows to compute. So a run
need not wait for a compiler.
"""

from __future__ import annotations

from math import gcd

import numpy as np

__all__ = ["rotated_grams", "tangent_kernel"]

# Below this 1 - cos, subtracting from 1 costs digits that matter, as in `symtheory.ntk.mlp`.
NEAR = 1e-2


def rotated_grams(orbits: np.ndarray, depth: int) -> np.ndarray:
    """What `kernels.gram` gives of ``MLPKernel(depth)``, for pairs of orbits of rotations.

    Args:
        orbits: square images of norm 1 and all their rotations by multiples of 360°/N, of shape
            (pairs, 2, N, pixels).
        depth: number of hidden layers.

    Returns:
        Shape (pairs, 2N, 2N), seed-major.
    """
    n_pairs, _, order, size = orbits.shape
    base = order // gcd(order, 4)  # rotations up to the first exact turn
    rows = orbits[:, :, :base].reshape(n_pairs, 2 * base, size)
    columns = orbits.reshape(n_pairs, 2 * order, size)
    versine = 1 - rows @ np.swapaxes(columns, -1, -2)
    pair, row, column = np.nonzero(versine < NEAR)
    versine[pair, row, column] = np.square(rows[pair, row] - columns[pair, column]).sum(axis=-1) / 2
    kernel = tangent_kernel(versine, size, depth).reshape(n_pairs, 2, base, 2, order)
    # An exact turn h leaves the kernel as it is, K[(i, hg), (j, g')] = K[(i, g), (j, h⁻¹g')].
    turned = [np.roll(kernel, h, axis=-1) for h in range(0, order, base)]
    return np.concatenate(turned, axis=2).reshape(n_pairs, 2 * order, 2 * order)


def tangent_kernel(versine: np.ndarray, size: int, depth: int) -> np.ndarray:
    """The kernel of two points of norm 1: the recursion of `symtheory.ntk.mlp` for σ_w = σ_b = 1.

    Layer by layer all points keep one norm, so that what a bias does to 1 - cos θ is one factor.

    Args:
        versine: 1 - cos of their angle, any shape.
        size: the number of their entries, over which inner products are means.
        depth: number of hidden layers.

    Returns:
        Of the same shape.
    """
    norm = 1 / size + 1  # Σ(x, x), the same for all points
    versine = versine * (norm - 1) / norm
    tangent = norm * (1 - versine)
    for _ in range(depth):
        cosine, sine = 1 - versine, np.sqrt(versine * (2 - versine))
        angle = np.arctan2(sine, cosine)
        shrunk = versine - (sine - angle * cosine) / np.pi  # κ₁ is norm/2 · (1 - shrunk)
        norm = norm / 2 + 1
        versine = shrunk * (norm - 1) / norm
        tangent = norm * (1 - versine) + tangent * (np.pi - angle) / (2 * np.pi)
    return tangent
