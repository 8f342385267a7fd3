"""Pairs of orbits of C_N in NumPy: the errors of `regression` and of `spectral`, not compiled.

A run over many pairs at many orders spends more time in compiling these few lines, for each order,
than in LAPACK. What they compute, and why, is said there; the tests compare them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = [
    "Circulant",
    "averaged_rows",
    "circulant",
    "defects",
    "exact_errors",
    "general_errors",
]


class Circulant(NamedTuple):
    """What the paper reads off the interleaved circulant matrix; arrays of shape (pairs,).

    Attributes:
        last_eigenvalue: λ_N, ridge included.
        mean_inverse: ⟨λ⁻¹⟩.
        error: λ_N⁻¹ / ⟨λ⁻¹⟩.
    """

    last_eigenvalue: np.ndarray
    mean_inverse: np.ndarray
    error: np.ndarray


def exact_errors(matrices: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """`regression.leave_one_out_error` for labels +1 and -1 of the two orbits.

    Args:
        matrices: Gram matrices, of shape (pairs, 2N, 2N), seed-major.
        ridge: absolute, of shape (pairs,).

    Returns:
        1 - yŷ, of shape (pairs, 2, N). NaN where a matrix is not positive definite.
    """
    size = matrices.shape[-1]
    labels = np.repeat([1.0, -1.0], size // 2)[:, None]
    regularized = matrices + ridge[:, None, None] * np.eye(size)
    good = _positive_definite(regularized)
    regularized[~good] = np.eye(size)
    inverse = np.linalg.inv(regularized)
    weights = inverse @ labels
    # One step of refinement: such labels are nearly an eigenvector of a large eigenvalue, which
    # costs digits (see `symtheory.regression`).
    weights += inverse @ (labels - regularized @ weights)
    errors = (labels * weights)[..., 0] / np.diagonal(inverse, axis1=-2, axis2=-1)
    errors[~good] = np.nan
    return errors.reshape(-1, 2, size // 2)


def averaged_rows(matrices: np.ndarray) -> np.ndarray:
    """`spectral.average_rows`: from (pairs, 2N, 2N) to first rows κ_ij(h), (pairs, 2, 2, N)."""
    order = matrices.shape[-1] // 2
    g, h = np.arange(order)[:, None], np.arange(order)
    blocks = matrices.reshape(-1, 2, order, 2, order)
    return np.moveaxis(blocks[:, :, g, :, (g + h) % order].mean(axis=0), 0, -1)


def general_errors(rows: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """`spectral.spectral_error` from first rows (pairs, 2, 2, N): shape (pairs, 2).

    NaN where a block is singular.
    """
    blocks = np.moveaxis(np.fft.fft(rows, axis=-1), -1, 1)  # Λ_k, (pairs, N, 2, 2)
    blocks = blocks + ridge[:, None, None, None] * np.eye(2)
    good = np.linalg.det(blocks).real > 0
    inverse = np.linalg.inv(np.where(good[..., None, None], blocks, np.nan))
    signs = np.array([1.0, -1.0])
    noise = np.diagonal(inverse, axis1=-2, axis2=-1).real.mean(axis=1)
    return np.asarray(signs * (inverse[:, 0].real @ signs) / noise)


def circulant(rows: np.ndarray, ridge: np.ndarray) -> Circulant:
    """`spectral.spectrum` from first rows (pairs, 2, 2, N), interleaved; NaN where singular."""
    order = rows.shape[-1]
    # From A_g it is 2h steps to A_{g+h} and 2h + 1 to B_{g+h}; from B_g it is 2h + 1 to A_{g+h+1}.
    same = (rows[:, 0, 0] + rows[:, 1, 1]) / 2
    other = (rows[:, 0, 1] + np.roll(rows[:, 1, 0], -1, axis=-1)) / 2
    row = np.stack([same, other], axis=-1).reshape(-1, 2 * order)
    eigenvalues = np.fft.fft(row, axis=-1).real + ridge[:, None]
    eigenvalues = np.where(eigenvalues > 0, eigenvalues, np.nan)
    last, mean_inverse = eigenvalues[:, order], np.mean(1 / eigenvalues, axis=-1)
    return Circulant(last, mean_inverse, 1 / (last * mean_inverse))


def defects(matrices: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`spectral.symmetry_defect` of matrices and their averaged rows: shape (pairs,)."""
    order = rows.shape[-1]
    g, h = np.arange(order)[:, None], np.arange(order)
    average = np.moveaxis(rows[..., (h - g) % order], -2, 2).reshape(matrices.shape)
    both = (np.linalg.norm(x, axis=(-2, -1)) for x in (matrices - average, matrices))
    return np.asarray(next(both) / next(both))


def _positive_definite(matrices: np.ndarray) -> np.ndarray:
    """Which of some matrices are, to precision."""
    try:
        np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        if len(matrices) == 1:
            return np.array([False])
        return np.concatenate([_positive_definite(one[None]) for one in matrices])
    return np.ones(len(matrices), dtype=bool)
