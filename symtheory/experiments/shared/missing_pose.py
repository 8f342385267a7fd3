"""One pose that a whole class was never seen in: what regression predicts there, and the theory.

Several classes with several seeds each, all in every pose but one: from all seeds of one class that
pose is held out, at once. Each class is the incomplete one in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import gcd

import jax
import numpy as np
from jax import Array
from scipy import linalg

from symtheory import spectral
from symtheory.actions import orbit, rotation_action
from symtheory.datasets import normalize
from symtheory.groups import cyclic_group
from symtheory.kernels import Kernel

__all__ = ["exact_prediction", "nested_grams", "pair_errors", "predicted", "rotated_gram"]


def rotated_gram(images: np.ndarray, order: int, kernel: Kernel) -> np.ndarray:
    """The Gram matrix of all rotations of several seeds of several classes.

    It is computed class by class, so that beside the matrix itself only blocks of it are held.

    Args:
        images: raw images, of shape (classes, seeds, height, width). They are rotated, and then
            brought to zero mean and unit norm.
        order: the number of rotations N.
        kernel: any kernel.

    Returns:
        Shape (m, N, m, N) for m = classes · seeds orbits, class by class.

    Raises:
        ValueError: for images of another shape, or without contrast.
    """
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(
            f"Expected images of shape (classes, seeds, height, width). Got shape {images.shape}. "
            "Try dataset.images[draw_seeds(dataset.labels, 2, 4, seed=1)]."
        )
    n_classes, n_seeds, height, width = images.shape
    action = rotation_action(order, (height, width))
    orbits = normalize(orbit(images.reshape(-1, height, width), action))
    points = orbits.reshape(n_classes, n_seeds * order, -1)
    size = n_seeds * order
    matrix = np.empty((n_classes * size, n_classes * size))
    for a in range(n_classes):
        own = slice(a * size, (a + 1) * size)
        matrix[own, own] = _within(points[a], kernel)
        for b in range(a):
            other = slice(b * size, (b + 1) * size)
            matrix[own, other] = _between(points[a], points[b], kernel)
            matrix[other, own] = matrix[own, other].T
    m = n_classes * n_seeds
    return matrix.reshape(m, order, m, order)


def nested_grams(images: np.ndarray, orders: Sequence[int], kernel: Kernel) -> Iterator[np.ndarray]:
    """`rotated_gram` at several orders; those that divide the largest are parts of its matrix."""
    largest = max(orders)
    matrix = rotated_gram(images, largest, kernel)
    for order in orders:
        if largest % order:
            yield rotated_gram(images, order, kernel)
        else:
            step = largest // order
            yield matrix[:, ::step, :, ::step]


def exact_prediction(
    matrix: np.ndarray, labels: np.ndarray, ridge: float, *, poses: int | None = None
) -> np.ndarray:
    """Predict a pose that was held out from all seeds of a class, for each class and each pose.

    With H the held-out points, ŷ_H = y_H - [(A⁻¹)_HH]⁻¹ (A⁻¹y)_H for A = K + rI. One Cholesky
    factor of A serves all H (Rasmussen and Williams 2006, section 5.4.2, for one point).

    Args:
        matrix: a Gram matrix of shape (m, N, m, N), m = classes · seeds, class by class.
        labels: +1 or -1 for each class and each column, of shape (classes, columns).
        ridge: absolute.
        poses: how many poses to hold out in turn, from the unrotated one on. Quarter turns are
            exact and change nothing, so if not given there are as many as rotations below the first
            of them.

    Returns:
        Shape (poses, classes, seeds, columns).

    Raises:
        ValueError: if the matrix is singular to precision.
    """
    m, order = matrix.shape[:2]
    n_classes, columns = labels.shape
    seeds, n = m // n_classes, m * order
    poses = poses or order // gcd(order, 4)
    regularized = np.array(matrix).reshape(n, n)
    regularized[np.diag_indices(n)] += ridge
    every = np.repeat(labels, seeds * order, axis=0)
    try:
        # In place: the transpose is the same matrix in the order in which LAPACK writes.
        factor = linalg.cholesky(regularized.T, lower=True, overwrite_a=True, check_finite=False)
    except linalg.LinAlgError:
        raise ValueError(
            f"Expected a positive definite Gram matrix. Got one that is singular to precision with "
            f"a ridge of {ridge:g}. Try a larger ridge, and look for images that occur twice."
        ) from None
    weights = linalg.cho_solve((factor, True), every, check_finite=False)
    # One step of refinement: such labels are nearly an eigenvector of a large eigenvalue, which
    # costs digits (see `symtheory.regression`).
    rest = every - matrix.reshape(n, n) @ weights - ridge * weights
    weights += linalg.cho_solve((factor, True), rest, check_finite=False)

    places = np.arange(n).reshape(m, order)[:, :poses].T  # (poses, m)
    units = np.zeros((n, places.size), order="F")
    units[places.ravel(), np.arange(places.size)] = 1
    half = linalg.solve_triangular(factor, units, lower=True, overwrite_b=True, check_finite=False)
    half = half.T.reshape(poses, n_classes, seeds, n)
    among = half @ np.swapaxes(half, -1, -2)  # (A⁻¹)_HH
    right = weights[places].reshape(poses, n_classes, seeds, columns)
    return labels[:, None] - np.linalg.solve(among, right)


def predicted(rows: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    """The same by the theory, from first rows: exact where the Gram matrix is invariant.

    Args:
        rows: of shape (m, m, N), from `symtheory.spectral.average_rows`.
        labels: as `exact_prediction`.
        ridge: absolute.

    Returns:
        Shape (classes, seeds, columns).
    """
    n_classes = len(labels)
    seeds = len(rows) // n_classes
    held_out = np.arange(len(rows)).reshape(n_classes, seeds)
    every = np.repeat(labels, seeds, axis=0)
    group = cyclic_group(rows.shape[-1])
    return np.stack(
        [
            spectral.held_out_prediction(
                spectral.FirstRows(rows),
                group,
                held_out=[(int(i), 0) for i in own],
                ridge=ridge,
                labels=every,
            )
            for own in held_out
        ]
    )


def pair_errors(rows: np.ndarray, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """The errors of all pairs of orbits, as if there were no others.

    Args:
        rows: of shape (m, m, N), from `symtheory.spectral.average_rows`.
        ridge: absolute, that of the whole problem.

    Returns:
        By the paper's circulant formula, of shape (m, m), symmetric: one error for both orbits of a
        pair, the earlier one interleaved first. And by the general formula, of shape (m, m): entry
        (i, j) is the error at a missing pose of orbit i. NaN on the diagonals.
    """
    m, order = rows.shape[1:]
    first, second = np.triu_indices(m, k=1)
    pairs = np.stack([first, second], axis=1)
    chosen = spectral.FirstRows(rows[pairs[:, :, None], pairs[:, None, :]])  # (pairs, 2, 2, N)
    circulant, general = np.full((m, m), np.nan), np.full((m, m), np.nan)
    circulant[first, second] = spectral.circulant_spectral_error(chosen, ridge=ridge)
    circulant[second, first] = circulant[first, second]
    both = np.asarray(spectral.spectral_error(chosen, cyclic_group(order), ridge=ridge))
    general[first, second], general[second, first] = both.T
    return circulant, general


@partial(jax.jit, static_argnames=("kernel",))
def _within(x: np.ndarray, kernel: Kernel) -> Array:
    return kernel(x)


@partial(jax.jit, static_argnames=("kernel",))
def _between(x: np.ndarray, y: np.ndarray, kernel: Kernel) -> Array:
    return kernel(x, y)
