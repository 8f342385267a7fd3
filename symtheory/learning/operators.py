r"""A transformation learned as one linear map, from pairs of points that it relates.

With pairs (x_a, y_a), y_a = g x_a, in the rows of X and Y, and a ridge ρ > 0, the minimum of
Σ_a ‖T x_a - y_a‖² + ρ ‖T‖² is at

    T = Yᵀ (X Xᵀ + ρ)⁻¹ X = Yᵀ X (Xᵀ X + ρ)⁻¹,

the first for few pairs of many pixels, the second for many pairs of few. As ρ → 0 it tends to
T = Yᵀ (Xᵀ)⁺: where one linear map A relates all pairs, T = A P with the projection P to the span of
the x_a, which is exact on that span and 0 beside it.
"""

from __future__ import annotations

import numpy as np
from jax import Array
from numpy.typing import ArrayLike
from scipy import linalg

from symtheory._checks import as_integer, as_number, as_real_values

__all__ = ["learn_operator", "operator_powers"]

# Above this fraction of Σ‖x_a‖² a ridge keeps X Xᵀ + ρ well conditioned, and its Cholesky factor
# will do, ten times faster than singular values of X.
CLEAR_RIDGE = 1e-8


def learn_operator(
    inputs: ArrayLike | Array, outputs: ArrayLike | Array, *, ridge: float
) -> np.ndarray:
    """The linear map that takes inputs to outputs, by ridge regression on all coordinates at once.

    Args:
        inputs: points x_a, one a row, of shape (pairs, d).
        outputs: what each is taken to, of shape (pairs, d'), in the same order.
        ridge: ρ ≥ 0, absolute. At 0, of all maps with the least squared error the one of least
            norm; directions whose singular value is lost in rounding count as not seen.

    Returns:
        T, of shape (d', d), float64: it takes rows of points to `points @ T.T`. With
        `learn_operator(x, x, ridge=0)`, the projection to the span of what was seen.

    Raises:
        ValueError: for arrays of other shapes, without pairs or coordinates, with entries that are
            not finite or so large that their squares are not, for a ridge that is negative, or
            so small beside tiny inputs that T overflows.
    """
    x, y = as_real_values(inputs, "inputs"), as_real_values(outputs, "outputs")
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or not x.size or not y.size:
        raise ValueError(
            "Expected inputs of shape (pairs, d) and outputs of shape (pairs, d'), one pair a row, "
            f"at least one. Got shapes {x.shape} and {y.shape}. "
            "Try reshaping images to (len(images), -1)."
        )
    rho = float(as_number(ridge, "ridge", minimum=0))
    with np.errstate(over="ignore", invalid="ignore"):
        squares = float(np.square(x).sum())
        if not np.isfinite(squares + rho):
            operator = np.full((1, 1), np.nan)
        elif rho > CLEAR_RIDGE * squares:
            operator = _by_cholesky(x, y, rho)
        else:
            operator = _by_singular_values(x, y, rho)
    if not np.isfinite(operator).all():
        raise ValueError(
            f"Expected points and a ridge whose operator is finite. Got inputs up to "
            f"{np.abs(x).max():.0e}, outputs up to {np.abs(y).max():.0e}, ridge {rho:.0e}. "
            "Try points of norm 1."
        )
    return operator


def operator_powers(
    operator: ArrayLike | Array, points: ArrayLike | Array, count: int
) -> np.ndarray:
    """What the powers of an operator make of points: x, Tx, T²x, ….

    Args:
        operator: T, of shape (d, d).
        points: of shape (n, d), one a row.
        count: how many powers, from the zeroth on; the order of the group for all of a cyclic one.

    Returns:
        Shape (count, n, d): entry (j, i) is Tʲx_i.

    Raises:
        ValueError: for arrays of other shapes or with entries that are not finite, for a count
            below 1, or if powers overflow.
    """
    matrix, first = as_real_values(operator, "operator"), as_real_values(points, "points")
    steps = as_integer(count, "count", minimum=1)
    if matrix.ndim != 2 or first.ndim != 2 or not matrix.shape == 2 * first.shape[1:]:
        raise ValueError(
            "Expected an operator of shape (d, d) and points of shape (n, d). "
            f"Got shapes {matrix.shape} and {first.shape}. "
            "Try reshaping images to (len(images), -1)."
        )
    with np.errstate(over="ignore", invalid="ignore"):
        turned = [first]
        for _ in range(steps - 1):
            turned.append(turned[-1] @ matrix.T)
    if not np.isfinite(turned[-1]).all():
        raise ValueError(
            f"Expected powers that stay finite. Got an operator of norm "
            f"{np.linalg.norm(matrix, 2):.1e}, taken to the power {steps - 1}. "
            "Try a larger ridge where it is learned, or a smaller count."
        )
    return np.stack(turned)


def _by_cholesky(x: np.ndarray, y: np.ndarray, rho: float) -> np.ndarray:
    """From the smaller of the two Gram matrices."""
    few = len(x) < x.shape[1]
    matrix = x @ x.T if few else x.T @ x
    matrix[np.diag_indices_from(matrix)] += rho
    factor = linalg.cho_factor(matrix, overwrite_a=True, check_finite=False)
    if few:
        return np.asarray(y.T @ linalg.cho_solve(factor, x, check_finite=False))
    return np.asarray(linalg.cho_solve(factor, x.T @ y, check_finite=False)).T


def _by_singular_values(x: np.ndarray, y: np.ndarray, rho: float) -> np.ndarray:
    """With X = U s Vᵀ, T = Yᵀ U s/(s² + ρ) Vᵀ, over the directions that were seen."""
    left, s, right = linalg.svd(x, full_matrices=False, check_finite=False)
    seen = s > max(x.shape) * np.finfo(float).eps * s[0]
    s = s[seen]
    return np.asarray((y.T @ left[:, seen]) / (s + rho / s) @ right[seen])
