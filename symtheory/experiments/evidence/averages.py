"""Kernels averaged over the transforms of points on orbits, and regression with them."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from symtheory.experiments.evidence.settings import Evidence
from symtheory.groups import FiniteGroup
from symtheory.learning import learn_average
from symtheory.ntk import MLPKernel
from symtheory.spectral import average_rows

__all__ = [
    "at_start",
    "averaged",
    "blocks_of",
    "coarser",
    "gram_of",
    "learned",
    "one_hot",
    "said",
    "with_each",
]


def averaged(gram: np.ndarray, group: FiniteGroup, weights: np.ndarray) -> np.ndarray:
    """A K Aᵀ for the average (Af)(u) = Σ_g a_g f(gu), of a Gram matrix (m, |G|, m', |G|)."""
    average = weights[group.table[:, group.inverse]].T  # entry (u, w) is a(wu⁻¹)
    left = np.moveaxis(np.tensordot(average, gram, axes=(1, 1)), 0, 1)
    return left @ average.T


def said(
    gram: np.ndarray, labels: np.ndarray, seen: np.ndarray, ridge: float, cross: np.ndarray
) -> np.ndarray:
    """Kernel regression on the points that were seen.

    Args:
        gram: of shape (m, N, m, N).
        labels: of shape (m, N, columns).
        seen: a truth value for each point, of shape (m, N).
        ridge: absolute.
        cross: the kernel between points that are asked about and all these, (asked, m, N).

    Returns:
        Shape (asked, columns).
    """
    chosen = gram[seen][:, seen]
    chosen[np.diag_indices(len(chosen))] += ridge
    return cross[:, seen] @ linalg.solve(chosen, labels[seen], assume_a="pos")


def one_hot(classes: np.ndarray) -> np.ndarray:
    """A column for each class: +1 on it, -1 elsewhere."""
    return 2.0 * (classes[:, None] == np.unique(classes)) - 1


def learned(
    gram: np.ndarray, group: FiniteGroup, labels: np.ndarray, settings: Evidence
) -> np.ndarray:
    """Weights from complete orbits."""
    size = gram.shape[0] * group.order
    rows = average_rows(gram.reshape(size, size), group)
    return np.asarray(learn_average(rows, group, labels, starts=settings.starts).weights)


def with_each(
    gram: np.ndarray,
    group: FiniteGroup,
    weights: np.ndarray,
    labels: np.ndarray,
    mine: np.ndarray,
    ridge: float,
) -> list[np.ndarray]:
    """Answers at the missing pose: as it is, by the learned average, by the uniform one.

    Args:
        gram: of shape (m, |G|, m, |G|).
        group: the one that is averaged over.
        weights: of the learned average, (|G|,).
        labels: of shape (m, |G|, columns).
        mine: which orbits lack their first pose, (m,).
        ridge: as a fraction of the trace of the Gram matrix.

    Returns:
        Three arrays of shape (orbits that lack a pose, columns).
    """
    order = group.order
    seen = ~at_start(mine, order)
    absolute = ridge * float(np.einsum("igig->", gram))
    kinds = np.eye(order)[0], weights, np.full(order, 1 / order)
    kernels = (averaged(gram, group, a) for a in kinds)
    return [said(kernel, labels, seen, absolute, kernel[mine, 0]) for kernel in kernels]


def gram_of(points: np.ndarray) -> np.ndarray:
    """Of shape (m, N, m, N), from points (m, N, pixels)."""
    m, order, size = points.shape
    matrix = np.asarray(MLPKernel()(points.reshape(m * order, size)))
    return matrix.reshape(m, order, m, order)


def blocks_of(gram: np.ndarray) -> np.ndarray:
    """k(tx, sx') as `learn_among` takes them."""
    return np.ascontiguousarray(gram.transpose(1, 3, 0, 2))


def coarser(values: np.ndarray, order: int) -> np.ndarray:
    """Fewer of the rotations, of poses or of a Gram matrix."""
    step = values.shape[1] // order
    return values[:, ::step, :, ::step] if values.ndim == 4 else values[:, ::step]


def at_start(chosen: np.ndarray, order: int) -> np.ndarray:
    """The unrotated images of some orbits, of shape (m, N)."""
    return chosen[:, None] & (np.arange(order) == 0)
