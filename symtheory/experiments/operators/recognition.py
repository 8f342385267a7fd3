"""Pairs to learn a turn from, and what an image is taken for once it can be turned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import jax
import numpy as np
from jax import Array
from scipy import linalg

from symtheory.kernels import Kernel

__all__ = ["SOURCES", "certified", "known_pairs", "nearest", "regression"]

# What T is learned from: pairs of the other classes; of all that was seen; the same, each image
# with the partner of another image of its class, or of any image.
SOURCES = ("others", "seen", "classmates", "shuffled")


def known_pairs(
    poses: np.ndarray, missing: int, *, seed: int | Sequence[int] = 0
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The pairs that T is learned from, by source: an image, and the next pose of the same seed.

    Args:
        poses: of shape (classes, seeds, N, d).
        missing: the class that lacks pose 0, so that two pairs of each of its seeds are not known.
        seed: of the wrong partners, a number or several.

    Returns:
        For each of `SOURCES` inputs and outputs, of shape (pairs, d). ``others`` alone has no pair
        of the class that lacks the pose. The partners of ``classmates`` are permuted at random
        among the seeds of a class in a pose (with a single seed they are the right ones), those of
        ``shuffled`` among all.
    """
    known = np.ones(poses.shape[:3], dtype=bool)
    known[missing, :, [0, -1]] = False
    following = np.roll(poses, -1, axis=2)
    inputs, outputs = poses[known], following[known]
    own = np.nonzero(known)[0] == missing
    random = np.random.default_rng(seed)
    exchanged = random.permuted(
        np.broadcast_to(np.arange(poses.shape[1])[:, None], poses.shape[:3]), axis=1
    )
    classmates = np.take_along_axis(following, exchanged[..., None], axis=1)
    return {
        "others": (inputs[~own], outputs[~own]),
        "seen": (inputs, outputs),
        "classmates": (inputs, classmates[known]),
        "shuffled": (inputs, outputs[random.permutation(len(outputs))]),
    }


def nearest(versions: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The squared distance of each point from the nearest of several versions of an image.

    Args:
        versions: of shape (versions, n, d), of n images.
        points: of shape (points, d).

    Returns:
        Shape (n, points).
    """
    own, theirs = np.square(versions).sum(axis=-1), np.square(points).sum(axis=-1)
    squares = own[..., None] + theirs - 2 * versions @ points.T
    return np.asarray(np.maximum(squares.min(axis=0), 0))


def certified(powers: np.ndarray, true: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether the nearest training image is sure to be of the right class, by how good T is.

    With e_j = ‖Tʲx - g_j x‖ and m_j the distance of the true turn g_j x from the nearest image of
    another class, Tʲx is no nearer than m_j - e_j to any of those, and at e_j from the seed's own
    pose g_j x, which was seen for j > 0. The least e_j need only be below the least m_j - e_j.

    Args:
        powers: Tʲx, of shape (N, n, d).
        true: g_j x, of the same shape.
        others: the images of other classes, of shape (points, d).

    Returns:
        Booleans of shape (n,).
    """
    error = np.linalg.norm(powers - true, axis=-1)
    margin = np.sqrt([nearest(one[None], others).min(axis=-1) for one in true])
    return np.asarray(error[1:].min(axis=0) < (margin - error).min(axis=0))


def regression(
    poses: np.ndarray, kernel: Kernel, ridge: float
) -> Callable[[np.ndarray, int], np.ndarray]:
    """Each class against the rest by kernel regression, without the pose 0 of one class.

    With A = K + rI over all points and H the held-out ones, the weights of the others are those of
    A⁻¹y - A⁻¹_{·H} [(A⁻¹)_HH]⁻¹ (A⁻¹y)_H, which vanishes on H: one factor of A serves all classes.

    Args:
        poses: of shape (classes, seeds, N, d).
        kernel: any.
        ridge: as a fraction of the trace of K.

    Returns:
        A function of points, (n, d), and of the class that lacks pose 0, to what is said there,
        (n, classes).
    """
    n_classes, n_seeds, order, size = poses.shape
    points = poses.reshape(-1, size)
    matrix = np.array(_between(points, points, kernel))
    matrix[np.diag_indices_from(matrix)] += ridge * np.trace(matrix)
    factor = linalg.cho_factor(matrix, overwrite_a=True, check_finite=False)
    labels = np.repeat(2.0 * np.eye(n_classes) - 1, n_seeds * order, axis=0)
    whole = linalg.cho_solve(factor, labels, check_finite=False)
    upright = np.arange(0, len(points), order)
    units = np.zeros((len(points), len(upright)))
    units[upright, np.arange(len(upright))] = 1
    columns = linalg.cho_solve(factor, units, overwrite_b=True, check_finite=False)

    def predict(asked: np.ndarray, missing: int) -> np.ndarray:
        own = slice(missing * n_seeds, (missing + 1) * n_seeds)
        held = columns[:, own]
        weights = whole - held @ np.linalg.solve(held[upright[own]], whole[upright[own]])
        return np.asarray(_between(asked, points, kernel)) @ weights

    return predict


@partial(jax.jit, static_argnames=("kernel",))
def _between(x: np.ndarray, y: np.ndarray, kernel: Kernel) -> Array:
    return kernel(x, y)
