"""Null spaces of linear constraints on matrices, such as those that an invariant sets."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from jaxtyping import Inexact
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_complex_values, as_number
from symtheory.lie.checks import as_rows

__all__ = ["invariance_constraints", "null_space"]


def invariance_constraints(points: ArrayLike, gradients: ArrayLike) -> Inexact[np.ndarray, "m n n"]:
    """What a function demands of a generator G that leaves it unchanged: ∇φ(x)·(Gx) = 0.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(20, 3))
    >>> null_space(invariance_constraints(x, 2 * x)).shape  # of |x|²: rotations
    (3, 3, 3)

    Args:
        points: x, of shape (m, n); for a function of several vectors, (m, vectors, n).
        gradients: ∇φ(x), of the same shape. Complex ones as `jax.grad` has them, so that φ changes
            by Re Σ gradient · change.

    Returns:
        Of shape (m, n, n): each is to have a vanishing (real part of its) sum of products with G.
        (Forestano et al. 2023, arXiv 2301.05638, §3.)

    Raises:
        ValueError: If the shapes differ.
    """
    x = as_complex_values(points, "points")
    slope = as_complex_values(gradients, "gradients")
    if x.shape != slope.shape or x.ndim not in (2, 3) or not x.size:
        raise ValueError(
            "Expected points and gradients of one shape, (m, n) or (m, vectors, n). "
            f"Got {x.shape} and {slope.shape}. Try jax.vmap(jax.grad(function))(points)."
        )
    n = x.shape[-1]
    return np.einsum("mvi,mvj->mij", slope.reshape(len(x), -1, n), x.reshape(len(x), -1, n))


def null_space(constraints: ArrayLike, *, tolerance: float = 1e-8) -> NDArray[np.inexact]:
    """All arrays X that meet linear constraints, Re Σ C·X = 0 for each C.

    Args:
        constraints: The arrays C, of shape (m, *shape). If they are complex, so is X.
        tolerance: Singular values up to this times the largest count as zero.

    Returns:
        An orthonormal basis over the reals, of shape (d, *shape).

    Raises:
        ValueError: If there is nothing to solve for.
    """
    given = as_complex_values(constraints, "constraints")
    tolerance = float(as_number(tolerance, "tolerance", above=0))
    if given.ndim < 2 or not given.size:
        raise ValueError(
            f"Expected constraints of shape (m, *shape). Got shape {given.shape}. "
            "Try one array for each constraint."
        )
    rows = as_rows(np.conj(given))
    # Far more constraints than entries are common, and say the same as a triangle of them.
    triangle = np.linalg.qr(rows, mode="r") if len(rows) > rows.shape[1] else rows
    basis = scipy.linalg.null_space(triangle, rcond=tolerance).T
    if np.iscomplexobj(given):
        half = basis.shape[1] // 2
        basis = basis[:, :half] + 1j * basis[:, half:]
    return basis.reshape(-1, *given.shape[1:])
